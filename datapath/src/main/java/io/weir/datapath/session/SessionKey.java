package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * What the packets of both directions of a session have in common: VLAN, protocol, and the two ends in a fixed order, the
 * numerically lower one first. Filled from a packet, it also knows whether that packet's source is the second one.
 *
 * <p>An ICMP query and its answer make a session: its ports are the identifier and the type and code of the query, and the
 * key says which end asks, so that a query in the other direction is another session. Other ICMP messages have no answer.
 *
 * <p>Addresses are two longs in network order, an IPv4 address as {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2). An IPv6
 * packet with such an address makes a key of its own, for a bit says the version.
 *
 * <p>Threading: owned by one thread, and filled again per packet.
 */
public final class SessionKey {
    /** High half of an IPv4 address's low long. */
    public static final long IPV4_PREFIX = 0xFFFF_0000_0000L;

    // Fields of the scope.
    static final int VLAN_SHIFT = 48;
    static final int PROTOCOL_SHIFT = 32;
    static final int FIRST_PORT_SHIFT = 16;
    static final long IS_IPV6 = 1L << 46;
    static final long SECOND_ASKS = 1L << 47;
    /** In a table only: the session is not the head of those between its ends, see {@link SessionLookup}. */
    static final long IS_PEER = 1L << 45;

    private static final int IDENTIFIER_OFFSET = 4;

    private long firstHigh;
    private long firstLow;
    private long secondHigh;
    private long secondLow;
    private long scope; // VLAN, who asks, version, protocol, ports of the first and second end
    private boolean swapped;
    private boolean answer;
    private int level;
    private boolean back;

    /**
     * Fills the key from a packet that the parse stage has accepted and a VLAN was given.
     *
     * @param frame is wrapped around the frame where it is needed
     * @return false when the packet is not IP or a later fragment, which have no key
     */
    public boolean packet(PacketBatch batch, int i, UnsafeBuffer frame) {
        int transport = batch.transportOffset(i);
        int protocol = batch.ipProtocol(i);
        boolean ipv6 = batch.is(i, PacketBatch.IS_IPV6);
        if (batch.is(i, PacketBatch.IS_IPV4) && transport != 0 && hasPorts(protocol)) {
            ipv4(batch, i, protocol, transport);
            return true;
        }
        if (batch.is(i, PacketBatch.IS_LATER_FRAGMENT) || !batch.is(i, PacketBatch.IS_IPV4 | PacketBatch.IS_IPV6)) {
            return false;
        }
        batch.wrap(i, frame);
        fill(frame, batch.networkOffset(i), ipv6, batch.vlan(i), protocol, transport == 0 ? -1 : transport);
        level = batch.label(i);
        return true;
    }

    /** As {@link #ends} and {@link #transport}, for the packets that most are. */
    private void ipv4(PacketBatch batch, int i, int protocol, int transport) {
        int network = batch.networkOffset(i);
        long source = batch.word(i, network + Ipv4Header.SOURCE_OFFSET) & 0xFFFF_FFFFL;
        long destination = batch.word(i, network + Ipv4Header.DESTINATION_OFFSET) & 0xFFFF_FFFFL;
        int ports = batch.word(i, transport);
        swapped = (source << 16 | ports >>> 16) > (destination << 16 | (ports & 0xFFFF));
        answer = false;
        level = batch.label(i);
        back = false;
        firstHigh = 0;
        secondHigh = 0;
        firstLow = IPV4_PREFIX | Math.min(source, destination);
        secondLow = IPV4_PREFIX | Math.max(source, destination);
        scope = (long) batch.vlan(i) << VLAN_SHIFT
                | (long) protocol << PROTOCOL_SHIFT
                | Integer.toUnsignedLong(swapped ? Integer.rotateLeft(ports, 16) : ports);
    }

    /** Fills the key from an IP header and, unless {@code transport} is negative, the first eight bytes behind it. */
    void fill(UnsafeBuffer frame, int network, boolean ipv6, int vlan, int protocol, int transport) {
        int sourcePort = 0;
        int destinationPort = 0;
        boolean icmp = transport >= 0 && protocol == (ipv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
        if (icmp) {
            sourcePort = u16(frame, transport + IDENTIFIER_OFFSET);
            destinationPort = u16(frame, transport);
        } else if (transport >= 0 && hasPorts(protocol)) {
            sourcePort = u16(frame, transport);
            destinationPort = u16(frame, transport + 2);
        }
        if (ipv6) {
            int source = network + Ipv6Header.SOURCE_OFFSET;
            int destination = network + Ipv6Header.DESTINATION_OFFSET;
            ends(
                    true,
                    i64(frame, source),
                    i64(frame, source + 8),
                    i64(frame, destination),
                    i64(frame, destination + 8));
        } else {
            long source = IPV4_PREFIX | u32(frame, network + Ipv4Header.SOURCE_OFFSET);
            ends(false, 0, source, 0, IPV4_PREFIX | u32(frame, network + Ipv4Header.DESTINATION_OFFSET));
        }
        if (icmp) {
            icmp(vlan, protocol, destinationPort, sourcePort);
        } else {
            transport(vlan, protocol, sourcePort, destinationPort);
        }
    }

    /**
     * Addresses of a packet; one of {@link #transport} or {@link #icmp} must follow.
     *
     * @param ipv6 whether the packet is IPv6; if not, the addresses are IPv4-mapped
     */
    public SessionKey ends(boolean ipv6, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        int order = Long.compareUnsigned(sourceHigh, destinationHigh);
        swapped = order > 0 || (order == 0 && Long.compareUnsigned(sourceLow, destinationLow) > 0);
        firstHigh = swapped ? destinationHigh : sourceHigh;
        firstLow = swapped ? destinationLow : sourceLow;
        secondHigh = swapped ? sourceHigh : destinationHigh;
        secondLow = swapped ? sourceLow : destinationLow;
        scope = ipv6 ? IS_IPV6 : 0;
        answer = false;
        level = 0;
        back = false;
        return this;
    }

    /** Number of the security level that the packet proves, 0 for none, behind {@link #ends}. */
    public SessionKey level(int number) {
        level = number;
        return this;
    }

    /** The key is that of a packet which another quotes that goes the other way, behind {@link #ends}. */
    SessionKey quoted() {
        back = true;
        return this;
    }

    /** VLAN, protocol and ports (0 for protocols without) of a packet, behind {@link #ends}. */
    public SessionKey transport(int vlan, int protocol, int sourcePort, int destinationPort) {
        boolean sameEnds = firstHigh == secondHigh && firstLow == secondLow;
        swapped |= sameEnds && sourcePort > destinationPort;
        int firstPort = swapped ? destinationPort : sourcePort;
        int secondPort = swapped ? sourcePort : destinationPort;
        return scope(vlan, protocol, firstPort, secondPort);
    }

    /**
     * VLAN, and type, code and identifier of an ICMP or ICMPv6 message, behind {@link #ends}. Errors make a key too, but a
     * session is found by what they quote: {@link IcmpQuote}.
     *
     * @param typeAndCode {@code type << 8 | code}
     * @param identifier of an echo or another query; of other messages it is not looked at
     */
    public SessionKey icmp(int vlan, int protocol, int typeAndCode, int identifier) {
        int query = query(protocol, typeAndCode >>> 8);
        answer = query >= 0 && query != typeAndCode >>> 8;
        int kind = query >= 0 ? query << 8 : typeAndCode;
        scope |= swapped != answer ? SECOND_ASKS : 0;
        return scope(vlan, protocol, query >= 0 ? identifier : 0, kind);
    }

    private SessionKey scope(int vlan, int protocol, int firstPort, int secondPort) {
        scope |= (long) vlan << VLAN_SHIFT
                | (long) protocol << PROTOCOL_SHIFT
                | (long) firstPort << FIRST_PORT_SHIFT
                | secondPort;
        return this;
    }

    /** The type of the query that a message is or answers, or -1 for messages without answer. */
    private static int query(int protocol, int type) {
        if (protocol == IpProtocol.ICMPV6) {
            return type == Icmpv6Header.ECHO_REQUEST || type == Icmpv6Header.ECHO_REPLY
                    ? Icmpv6Header.ECHO_REQUEST
                    : -1;
        }
        return switch (type) {
            case IcmpHeader.ECHO_REQUEST, IcmpHeader.ECHO_REPLY -> IcmpHeader.ECHO_REQUEST;
            // Timestamp (RFC 792), information (RFC 792) and address mask: the answer's type is one above the query's.
            case 13, 14 -> 13;
            case 15, 16 -> 15;
            case 17, 18 -> 17;
            default -> -1;
        };
    }

    static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
    }

    /** Sets the key to one that lies in a table, as of a packet whose source is the second end when {@code swapped}. */
    void set(long firstHigh, long firstLow, long secondHigh, long secondLow, long scope, boolean swapped) {
        this.firstHigh = firstHigh;
        this.firstLow = firstLow;
        this.secondHigh = secondHigh;
        this.secondLow = secondLow;
        this.scope = scope;
        this.swapped = swapped;
        answer = false;
        level = 0;
        back = false;
    }

    /** Whether the packet's source is the second end. */
    public boolean swapped() {
        return swapped;
    }

    /** Whether the packet is the answer to an ICMP query, which begins no session. */
    public boolean answer() {
        return answer;
    }

    /** Number of the security level that the packet proves, 0 for none. */
    public int level() {
        return level;
    }

    /** Whether the packet that asks goes the other way than the key says. */
    boolean back() {
        return back;
    }

    /** IP protocol. */
    public int protocol() {
        return (int) (scope >>> PROTOCOL_SHIFT) & 0xFF;
    }

    public int vlan() {
        return (int) (scope >>> VLAN_SHIFT);
    }

    long firstHigh() {
        return firstHigh;
    }

    long firstLow() {
        return firstLow;
    }

    long secondHigh() {
        return secondHigh;
    }

    long secondLow() {
        return secondLow;
    }

    long scope() {
        return scope;
    }
}
