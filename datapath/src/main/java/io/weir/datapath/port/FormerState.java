package io.weir.datapath.port;

import io.weir.kernel.netlink.Link;

/**
 * How an interface was before Weir took it over, in a form that fits the note of its ingress drop: so the interface is
 * restored also when the process that took it over was killed.
 *
 * <pre>
 *   bit 31: 1 | 22-21: disableIpv6 + 1 | 20-18: addressGenerationMode + 1 | 17: arp | 16: up | 15-0: mtu
 * </pre>
 *
 * <p>Threading: immutable.
 *
 * @param up whether it was administratively up
 * @param arp whether the host resolved addresses on it
 * @param addressGenerationMode as {@link Link#addressGenerationMode}, -1 without IPv6
 * @param disableIpv6 what IPv6 setting disable_ipv6 was, -1 when it is left alone
 * @param mtu largest packet in bytes, 0 to 65,535
 */
record FormerState(boolean up, boolean arp, int addressGenerationMode, int disableIpv6, int mtu) {
    /** IPv6 is left as it is. */
    static final int UNTOUCHED = -1;

    private static final int PRESENT = 1 << 31;
    private static final int MTU_MASK = 0xFFFF;
    private static final int UP = 1 << 16;
    private static final int ARP = 1 << 17;
    private static final int MODE_SHIFT = 18;
    private static final int MODE_MASK = 0x7;
    private static final int IPV6_SHIFT = 21;
    private static final int IPV6_MASK = 0x3;

    /** How the interface is now. */
    static FormerState of(Link link, int disableIpv6) {
        return new FormerState(
                link.up(), link.arp(), link.addressGenerationMode(), disableIpv6, Math.min(link.mtu(), MTU_MASK));
    }

    /** What a note says, or {@code otherwise} when it is none. */
    static FormerState ofNote(int note, FormerState otherwise) {
        if ((note & PRESENT) == 0) {
            return otherwise;
        }
        return new FormerState(
                (note & UP) != 0,
                (note & ARP) != 0,
                (note >>> MODE_SHIFT & MODE_MASK) - 1,
                (note >>> IPV6_SHIFT & IPV6_MASK) - 1,
                note & MTU_MASK);
    }

    int note() {
        return PRESENT
                | (disableIpv6 + 1 & IPV6_MASK) << IPV6_SHIFT
                | (addressGenerationMode + 1 & MODE_MASK) << MODE_SHIFT
                | (arp ? ARP : 0)
                | (up ? UP : 0)
                | mtu;
    }
}
