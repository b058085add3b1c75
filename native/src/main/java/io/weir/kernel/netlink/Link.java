package io.weir.kernel.netlink;

import java.nio.ByteBuffer;

/**
 * A network interface as the kernel describes it.
 *
 * <p>Threading: immutable.
 *
 * @param kind for example {@code veth}, {@code tun}, {@code bridge}; empty for a hardware device and for loopback
 * @param mac as {@code 52:54:00:aa:01:02}, empty without
 * @param flags IFF_ bits
 * @param masterIndex the bridge or bond it belongs to, 0 without
 * @param peerIndex the other end of a veth pair or the lower device, 0 without; perhaps of another namespace
 * @param promiscuity how many users made it promiscuous
 * @param rxQueues receive queues
 * @param addressGenerationMode how IPv6 makes its link-local address: {@link #ADDRESS_GENERATION_NONE} for not at all,
 *     -1 when the interface has no IPv6
 */
public record Link(
        int index,
        String name,
        String kind,
        int mtu,
        String mac,
        int flags,
        int masterIndex,
        int peerIndex,
        int promiscuity,
        int rxQueues,
        int addressGenerationMode) {
    public static final int ADDRESS_GENERATION_EUI64 = 0;
    public static final int ADDRESS_GENERATION_NONE = 1;

    static final int HEADER_LENGTH = 16;
    static final int FLAG_UP = 0x1;
    static final int FLAG_RUNNING = 0x40;
    static final int FLAG_NO_ARP = 0x80;
    static final int AF_INET6 = 10;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_AF_SPEC = 26;
    static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_PROMISCUITY = 30;
    static final int IFLA_NUM_RX_QUEUES = 32;

    /** From a link message: ifinfomsg {u8 family, u8 pad, u16 type, i32 index, u32 flags, u32 change}, attributes. */
    static Link decode(ByteBuffer body) {
        Attributes attributes = new Attributes(body.slice(HEADER_LENGTH, body.limit() - HEADER_LENGTH));
        return new Link(
                body.getInt(4),
                attributes.text(IFLA_IFNAME),
                attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND),
                attributes.int32(IFLA_MTU, 0),
                attributes.mac(IFLA_ADDRESS),
                body.getInt(8),
                attributes.int32(IFLA_MASTER, 0),
                attributes.int32(IFLA_LINK, 0),
                attributes.int32(IFLA_PROMISCUITY, 0),
                attributes.int32(IFLA_NUM_RX_QUEUES, 1),
                attributes.nested(IFLA_AF_SPEC).nested(AF_INET6).int8(IFLA_INET6_ADDR_GEN_MODE, -1));
    }

    /** Whether an operator took it up. */
    public boolean up() {
        return (flags & FLAG_UP) != 0;
    }

    /** Whether it can carry frames: up, and its other end is there. */
    public boolean running() {
        return (flags & FLAG_RUNNING) != 0;
    }

    /** Whether the host resolves and answers ARP on it. */
    public boolean arp() {
        return (flags & FLAG_NO_ARP) == 0;
    }
}
