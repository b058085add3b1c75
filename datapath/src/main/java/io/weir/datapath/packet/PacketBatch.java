package io.weir.datapath.packet;

import java.nio.ByteOrder;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Up to {@link #CAPACITY} frames that arrived on one port, with their metadata in one array per field.
 *
 * <p>A frame is {@code length} bytes from {@code address} on, in off-heap memory. In front of it stand its ten bytes of
 * {@link VirtioNetHeader} (all zero where the port has no offload), and in front of those at least
 * {@link PacketPool#HEADROOM} writable bytes, so that a VLAN tag can be pushed and a label written in place.
 *
 * <p>Each packet ends in one of three ways: forwarded (the state it starts in), consumed by the switch itself, or dropped
 * for one reason. The first stage to decide wins.
 *
 * <p>Threading: owned by one worker.
 */
public final class PacketBatch {
    /** Packets in a batch: large enough to spread a stage's cost, small enough that 64 headers stay in the L1 cache. */
    public static final int CAPACITY = 64;

    /** {@link #egressPort}: no port chosen yet. */
    public static final int EGRESS_UNDECIDED = -1;

    /** {@link #egressPort}: the ports of {@link #egressSet}. */
    public static final int EGRESS_SET = -2;

    // What the frame is, written by the parse stage. A packet has any number of these.
    public static final int IS_ARP = 1;
    public static final int IS_IPV4 = 1 << 1;
    public static final int IS_IPV6 = 1 << 2;
    public static final int IS_FRAGMENT = 1 << 3;
    /** A fragment that is not the first, so that it has no transport header. */
    public static final int IS_LATER_FRAGMENT = 1 << 4;

    public static final int IS_LLC = 1 << 5;
    public static final int IS_ICMPV6_ND = 1 << 6;
    /** IGMP, or an MLD message (RFC 2710, RFC 3810). */
    public static final int IS_GROUP_MEMBERSHIP = 1 << 7;
    /** Carries an outer VLAN tag in its bytes (of any of the known tag types). */
    public static final int IS_TAGGED = 1 << 8;
    /** Carries a second, inner VLAN tag. */
    public static final int IS_DOUBLE_TAGGED = 1 << 9;
    /** More fragments follow. */
    public static final int MORE_FRAGMENTS = 1 << 10;

    /** UDP whose header names a port of DHCP or DHCPv6, on either side: all that could be such a message. */
    public static final int IS_DHCP = 1 << 11;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final long[] address = new long[CAPACITY];
    private final int[] length = new int[CAPACITY];
    private final int[] slot = new int[CAPACITY];
    private final int[] dropReason = new int[CAPACITY];
    private final boolean[] consumed = new boolean[CAPACITY];
    private final boolean[] fromSwitch = new boolean[CAPACITY];

    private final long[] destinationMac = new long[CAPACITY];
    private final long[] sourceMac = new long[CAPACITY];
    private final int[] traits = new int[CAPACITY];
    private final int[] outerTag = new int[CAPACITY];
    private final int[] etherType = new int[CAPACITY];
    private final int[] networkOffset = new int[CAPACITY];
    private final int[] transportOffset = new int[CAPACITY];
    private final int[] ipProtocol = new int[CAPACITY];
    private final int[] packetLength = new int[CAPACITY];

    private final int[] label = new int[CAPACITY];
    private final int[] vlan = new int[CAPACITY];
    private final int[] egressPort = new int[CAPACITY];
    private final PortSet[] egressSet = new PortSet[CAPACITY];

    private int count;
    private int ingressPort;
    private long nowNs;

    public PacketBatch() {
        for (int i = 0; i < CAPACITY; i++) {
            egressSet[i] = new PortSet();
        }
    }

    /** Empties the batch for frames of one port. Metadata of the packets is reset as they are added. */
    public void reset(int ingressPort, long nowNs) {
        this.ingressPort = ingressPort;
        this.nowNs = nowNs;
        this.count = 0;
    }

    /**
     * Adds a frame; the caller has left room ({@code count() < CAPACITY}).
     *
     * @param slot what the port needs to give the memory back, opaque to everyone else
     */
    public void add(long address, int length, int slot) {
        int i = count++;
        this.address[i] = address;
        this.length[i] = length;
        this.slot[i] = slot;
        dropReason[i] = 0;
        consumed[i] = false;
        fromSwitch[i] = false;
        traits[i] = 0;
        label[i] = 0;
        vlan[i] = 0;
        egressPort[i] = EGRESS_UNDECIDED;
    }

    /** Packets in the batch, 0 to {@link #CAPACITY}. */
    public int count() {
        return count;
    }

    /** Number of the port that all packets of the batch arrived on. */
    public int ingressPort() {
        return ingressPort;
    }

    /** The duty cycle's time on the monotonic clock, in ns. */
    public long nowNs() {
        return nowNs;
    }

    /** Off-heap address of the frame's first byte, that of the destination MAC address. */
    public long address(int i) {
        return address[i];
    }

    /** Frame length in bytes, from the destination MAC address on, without frame check sequence. */
    public int length(int i) {
        return length[i];
    }

    /** Moves the frame's begin and length after a tag was pushed or popped in place. */
    public void reframe(int i, long address, int length) {
        this.address[i] = address;
        this.length[i] = length;
    }

    public int slot(int i) {
        return slot[i];
    }

    /** Whether the packet is still on its way: neither dropped nor consumed. */
    public boolean forwarded(int i) {
        return dropReason[i] == 0 && !consumed[i];
    }

    /** Drops the packet for a reason code, unless its fate is decided. */
    public void drop(int i, int reasonCode) {
        if (forwarded(i)) {
            dropReason[i] = reasonCode;
        }
    }

    /** The reason code, or 0 when the packet is not dropped. */
    public int dropReason(int i) {
        return dropReason[i];
    }

    /** The switch takes the packet for itself. */
    public void consume(int i) {
        if (forwarded(i)) {
            consumed[i] = true;
        }
    }

    public boolean consumed(int i) {
        return consumed[i];
    }

    /** A port of the switch has made the frame itself: its source address is behind no port, and not to be learned or guarded. */
    public void markFromSwitch(int i) {
        fromSwitch[i] = true;
    }

    public boolean fromSwitch(int i) {
        return fromSwitch[i];
    }

    /** Lets the view see exactly the frame's bytes. */
    public void wrap(int i, UnsafeBuffer view) {
        view.wrap(address[i], length[i]);
    }

    /** 32 bits of the frame in network order, which nothing checks: where the parse stage has found a whole header. */
    public int word(int i, int offset) {
        int bits = UnsafeApi.getInt(address[i] + offset);
        return LITTLE_ENDIAN ? Integer.reverseBytes(bits) : bits;
    }

    /** Destination MAC address in the low 48 bits. */
    public long destinationMac(int i) {
        return destinationMac[i];
    }

    /** Source MAC address in the low 48 bits. */
    public long sourceMac(int i) {
        return sourceMac[i];
    }

    /** Written by the parse stage. */
    public void macs(int i, long destination, long source) {
        destinationMac[i] = destination;
        sourceMac[i] = source;
    }

    /** The {@code IS_...} bits. */
    public int traits(int i) {
        return traits[i];
    }

    /** Whether any of the given {@code IS_...} bits is set. */
    public boolean is(int i, int traitMask) {
        return (traits[i] & traitMask) != 0;
    }

    public void traits(int i, int bits) {
        traits[i] = bits;
    }

    /** The outer VLAN tag as it stands in the frame: tag type in the upper 16 bits, TCI in the lower; 0 when untagged. */
    public int outerTag(int i) {
        return outerTag[i];
    }

    public void outerTag(int i, int typeAndTci) {
        outerTag[i] = typeAndTci;
    }

    /** EtherType behind all VLAN tags (and behind SNAP); for plain LLC the 802.3 length. */
    public int etherType(int i) {
        return etherType[i];
    }

    public void etherType(int i, int type) {
        etherType[i] = type;
    }

    /** Bytes from the frame's begin to the header of the network layer. */
    public int networkOffset(int i) {
        return networkOffset[i];
    }

    public void networkOffset(int i, int offset) {
        networkOffset[i] = offset;
    }

    /** Bytes from the frame's begin to the transport header; 0 when there is none (fragments, unknown protocols). */
    public int transportOffset(int i) {
        return transportOffset[i];
    }

    public void transportOffset(int i, int offset) {
        transportOffset[i] = offset;
    }

    /** IP protocol (RFC 5237) behind all extension headers; -1 when the packet is not IP. */
    public int ipProtocol(int i) {
        return ipProtocol[i];
    }

    public void ipProtocol(int i, int protocol) {
        ipProtocol[i] = protocol;
    }

    /** Length of the IP packet in bytes by its own header (padding excluded); 0 when the packet is not IP. */
    public int packetLength(int i) {
        return packetLength[i];
    }

    public void packetLength(int i, int bytes) {
        packetLength[i] = bytes;
    }

    /**
     * Number of the security level that the packet carries: of the SA it arrived on, or of its wire label, and once it is judged that
     * of its flow. 0 while there is none.
     */
    public int label(int i) {
        return label[i];
    }

    public void label(int i, int level) {
        label[i] = level;
    }

    /** The VLAN the frame was classified to, 1 to 4094; 0 before that. */
    public int vlan(int i) {
        return vlan[i];
    }

    public void vlan(int i, int vid) {
        vlan[i] = vid;
    }

    /** The one port to leave by, or {@link #EGRESS_SET}, or {@link #EGRESS_UNDECIDED}. */
    public int egressPort(int i) {
        return egressPort[i];
    }

    public void egressPort(int i, int port) {
        egressPort[i] = port;
    }

    /** The ports to leave by when {@link #egressPort} is {@link #EGRESS_SET}; the stage that floods fills it. */
    public PortSet egressSet(int i) {
        return egressSet[i];
    }

    /** Six bytes as the low 48 bits of a long, in network order. */
    public static long mac(UnsafeBuffer view, int offset) {
        return (view.getShort(offset, BIG_ENDIAN) & 0xFFFFL) << 32
                | (view.getInt(offset + 2, BIG_ENDIAN) & 0xFFFF_FFFFL);
    }
}
