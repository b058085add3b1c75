package io.weir.datapath.bridge;

/**
 * Group MAC addresses with a meaning of their own, as the low 48 bits of a long.
 *
 * <p>Threading: stateless.
 */
public final class GroupAddresses {
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    /** IEEE 802.1Q-2022 table 8-1: addresses that a bridge does not forward, the last four bits free. */
    public static final long LINK_LOCAL = 0x0180_C200_0000L;

    /** Offset of the provider bridges' spanning-tree address in {@link #LINK_LOCAL}; that of customer bridges is 0. */
    public static final int PROVIDER_BRIDGES = 8;

    /** Cisco's per-VLAN spanning tree, which a bridge that does not speak it floods like any group address. */
    public static final long PVST = 0x0100_0CCC_CCCDL;

    /** The individual/group bit of the first byte. */
    public static final long GROUP_BIT = 0x0100_0000_0000L;

    private GroupAddresses() {}

    public static boolean isGroup(long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    public static boolean isLinkLocal(long mac) {
        return (mac & ~0xFL) == LINK_LOCAL;
    }

    /** Whether frames to the address carry spanning-tree BPDUs. */
    public static boolean isSpanningTree(long mac) {
        return mac == LINK_LOCAL || mac == LINK_LOCAL + PROVIDER_BRIDGES || mac == PVST;
    }
}
