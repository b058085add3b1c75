package io.weir.datapath.port;

import java.util.BitSet;

/**
 * Which VLANs a port carries, and in which form (IEEE 802.1Q-2022 clause 6.9; 802.1ad for tunnels).
 *
 * @param mode how the port maps frames to VLANs
 * @param vlan the access VLAN, the service VLAN of a tunnel port, or a trunk's native VLAN (0: a trunk without one)
 * @param trunk VLANs that a trunk carries tagged; empty for other modes; never changed after construction
 * @param tagType EtherType of the tag that the port reads and writes: 0x8100 or 0x88a8
 */
public record VlanSettings(Mode mode, int vlan, BitSet trunk, int tagType) {
    public static final int TAG_CUSTOMER = 0x8100;
    public static final int TAG_SERVICE = 0x88A8;
    public static final int MIN_VLAN = 1;
    public static final int MAX_VLAN = 4094;

    /** How a port maps frames to VLANs. */
    public enum Mode {
        /** Untagged frames belong to one VLAN; tagged ones are refused, but for priority tags (VLAN 0). */
        ACCESS,
        /** Tagged frames belong to the VLAN of their tag, untagged ones to the native VLAN. */
        TRUNK,
        /** Frames belong to one service VLAN, whatever tags they carry: those are payload (QinQ, "dot1q-tunnel"). */
        TUNNEL
    }

    public VlanSettings {
        trunk = (BitSet) trunk.clone();
        boolean none = mode == Mode.TRUNK && vlan == 0;
        if (!none && (vlan < MIN_VLAN || vlan > MAX_VLAN)) {
            throw new IllegalArgumentException("vlan must be 1 to 4094: was " + vlan);
        }
        if (tagType != TAG_CUSTOMER && tagType != TAG_SERVICE) {
            throw new IllegalArgumentException(
                    "tag type must be 0x8100 or 0x88a8: was 0x" + Integer.toHexString(tagType));
        }
        if (trunk.length() > MAX_VLAN + 1 || trunk.get(0)) {
            throw new IllegalArgumentException("trunk VLANs must be 1 to 4094: were " + trunk);
        }
    }

    /** The VLAN a bridge uses when nobody speaks of VLANs. */
    public static final int DEFAULT_VLAN = 1;

    /** An access port of that VLAN. */
    public static VlanSettings access(int vlan) {
        return new VlanSettings(Mode.ACCESS, vlan, new BitSet(), TAG_CUSTOMER);
    }

    /** A trunk; {@code nativeVlan} 0 refuses untagged frames. */
    public static VlanSettings trunk(int nativeVlan, int... vlans) {
        BitSet set = new BitSet();
        for (int vlan : vlans) {
            set.set(vlan);
        }
        return new VlanSettings(Mode.TRUNK, nativeVlan, set, TAG_CUSTOMER);
    }

    /** A QinQ tunnel port. */
    public static VlanSettings tunnel(int serviceVlan) {
        return new VlanSettings(Mode.TUNNEL, serviceVlan, new BitSet(), TAG_SERVICE);
    }

    /** Whether frames of the VLAN may leave or enter by this port. */
    public boolean carries(int vid) {
        return vid == vlan || trunk.get(vid);
    }

    @Override
    public BitSet trunk() {
        return (BitSet) trunk.clone();
    }
}
