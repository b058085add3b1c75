package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.GroupAddresses;
import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.bridge.TokenBuckets;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * ICMP errors to local senders whose packets cannot pass the tunnel: "fragmentation needed" (RFC 1191 section 4) and "packet too
 * big" (RFC 4443 section 3.2), as RFC 4301 section 8.2.1 demands, and "time exceeded". As packets they come from the host that the
 * packet was meant for, as an address of the switch's own does not exist; as frames from the tunnel's own MAC address, so that no
 * switch learns here where that host is, which a frame that was only flooded to the tunnel does not tell. No source guard knows
 * that address, so they enter as frames of the switch's own; the firewall passes those only whose quoted packet belongs to a
 * session through the tunnel.
 *
 * <p>Never an answer to an ICMP error, to a later fragment, to or from an address that is no single host's (RFC 1122 section 3.2.2,
 * RFC 4443 section 2.4); and no more than a thousand a second for the levels of one share.
 *
 * <p>Threading: one worker.
 */
final class IcmpErrors {
    static final int PER_SECOND = 1_000;

    private static final int FRAGMENTATION_NEEDED = 3 << 8 | 4;
    private static final int TIME_EXCEEDED = 11 << 8;
    private static final int PACKET_TOO_BIG_6 = 2 << 8;
    private static final int TIME_EXCEEDED_6 = 3 << 8;
    private static final int MTU_MIN_4 = 68;
    private static final int MTU_MIN_6 = 1280;
    private static final int ICMP_LENGTH = 8;
    private static final int ICMP_CHECKSUM_OFFSET = 2;
    private static final int HOP_LIMIT = 64;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int LOOPBACK_NETWORK = 127;
    private static final int MACS_LENGTH = 12;
    private static final int MAC_LENGTH = 6;

    // RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4: as much of the packet as fits these.
    private static final int MOST_4 = 576;
    private static final int MOST_6 = 1280;

    // Types of ICMP messages that are errors: unreachable, quench, redirect, time exceeded, parameter problem.
    private static final int ERRORS_4 = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12;
    private static final int FIRST_INFORMATIONAL_6 = 128;

    private final long mac;
    private final OwnFrames frames;
    private final TunnelCounters counters;
    private final TokenBuckets buckets = new TokenBuckets(LevelShares.COUNT);
    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();
    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);

    /** @param mac of the tunnel, in the low 48 bits */
    IcmpErrors(long mac, OwnFrames frames, TunnelCounters counters) {
        this.mac = mac;
        this.frames = frames;
        this.counters = counters;
    }

    /**
     * Tells the sender that its packet is too big.
     *
     * @param mtu bytes of a packet that would pass
     * @param level of the frame, and of the answer
     */
    void tooBig(InnerFrame frame, int mtu, int level, long nowNs) {
        if (frame.version() == 4) {
            send(frame, FRAGMENTATION_NEEDED, Math.max(mtu, MTU_MIN_4), level, nowNs);
        } else {
            send(frame, PACKET_TOO_BIG_6, Math.max(mtu, MTU_MIN_6), level, nowNs);
        }
    }

    /** Tells the sender that its packet has used up its hops (RFC 792, RFC 4443 section 3.3). */
    void timeExceeded(InnerFrame frame, int level, long nowNs) {
        send(frame, frame.version() == 4 ? TIME_EXCEEDED : TIME_EXCEEDED_6, 0, level, nowNs);
    }

    private void send(InnerFrame frame, int typeAndCode, int word, int level, long nowNs) {
        if (mayAnswer(frame) && buckets.take(LevelShares.of(level), PER_SECOND, nowNs) && frames.take(out, level)) {
            int length = frame.version() == 4 ? answer4(frame, typeAndCode, word) : answer6(frame, typeAndCode, word);
            frames.addFromSwitch(length, level);
            counters.add(TunnelCounters.ICMP_ERRORS, 1);
        }
    }

    private boolean mayAnswer(InnerFrame frame) {
        UnsafeBuffer view = frame.view();
        boolean group = GroupAddresses.isGroup(u48(view, 0)) || GroupAddresses.isGroup(u48(view, MAC_LENGTH));
        if (group || frame.version() == 0) {
            return false;
        }
        return frame.version() == 4
                ? mayAnswer4(view, frame.networkOffset())
                : mayAnswer6(view, frame.networkOffset(), frame.packetLength());
    }

    private static boolean mayAnswer4(UnsafeBuffer view, int network) {
        boolean later = (u16(view, network + Ipv4Header.FRAGMENT_OFFSET) & Ipv4Header.FRAGMENT_OFFSET_MASK) != 0;
        boolean icmp = u8(view, network + Ipv4Header.PROTOCOL_OFFSET) == IpProtocol.ICMP;
        int header = Ipv4Header.headerLength(view, network);
        int type = icmp && Ipv4Header.totalLength(view, network) > header ? u8(view, network + header) : 0;
        boolean error = type < Integer.SIZE && (ERRORS_4 & 1 << type) != 0;
        return !later
                && !error
                && isHost4(i32(view, network + Ipv4Header.SOURCE_OFFSET))
                && isHost4(i32(view, network + Ipv4Header.DESTINATION_OFFSET));
    }

    private static boolean isHost4(int address) {
        return address >>> 24 != 0 && address >>> 24 != LOOPBACK_NETWORK && address >>> 28 < 0xE;
    }

    private boolean mayAnswer6(UnsafeBuffer view, int network, int packetLength) {
        int source = network + Ipv6Header.SOURCE_OFFSET;
        long high = i64(view, source);
        boolean single = (high | i64(view, source + Long.BYTES)) != 0
                && !InternetAddresses.isMulticast6(high)
                && !InternetAddresses.isMulticast6(i64(view, network + Ipv6Header.DESTINATION_OFFSET));
        return single && mayAnswerTransport6(view, network, network + packetLength);
    }

    private boolean mayAnswerTransport6(UnsafeBuffer view, int network, int end) {
        int next = u8(view, network + Ipv6Header.NEXT_HEADER_OFFSET);
        int reason = chain.walk(view, next, network + Ipv6Header.LENGTH, end);
        if (reason != DropReason.NONE || chain.protocol() != IpProtocol.ICMPV6) {
            return reason == DropReason.NONE;
        }
        return chain.offset() < end && u8(view, chain.offset()) >= FIRST_INFORMATIONAL_6;
    }

    private int answer4(InnerFrame frame, int typeAndCode, int word) {
        UnsafeBuffer in = frame.view();
        int network = link(frame);
        int icmp = network + Ipv4Header.MIN_LENGTH;
        int quoted = Math.min(frame.packetLength(), MOST_4 - Ipv4Header.MIN_LENGTH - ICMP_LENGTH);
        put16(out, network, 0x4500);
        put16(out, network + Ipv4Header.TOTAL_LENGTH_OFFSET, Ipv4Header.MIN_LENGTH + ICMP_LENGTH + quoted);
        put32(out, network + Ipv4Header.IDENTIFICATION_OFFSET, DONT_FRAGMENT);
        put32(out, network + 8, (HOP_LIMIT << 8 | IpProtocol.ICMP) << 16);
        put32(out, network + Ipv4Header.SOURCE_OFFSET, i32(in, network + Ipv4Header.DESTINATION_OFFSET));
        put32(out, network + Ipv4Header.DESTINATION_OFFSET, i32(in, network + Ipv4Header.SOURCE_OFFSET));
        put16(out, network + Ipv4Header.CHECKSUM_OFFSET, InternetChecksum.of(out, network, Ipv4Header.MIN_LENGTH));
        return icmp(frame, icmp, typeAndCode, word, quoted, 0);
    }

    private int answer6(InnerFrame frame, int typeAndCode, int word) {
        UnsafeBuffer in = frame.view();
        int network = link(frame);
        int quoted = Math.min(frame.packetLength(), MOST_6 - Ipv6Header.LENGTH - ICMP_LENGTH);
        int length = ICMP_LENGTH + quoted;
        put32(out, network, 0x6000_0000);
        put32(out, network + Ipv6Header.PAYLOAD_LENGTH_OFFSET, length << 16 | IpProtocol.ICMPV6 << 8 | HOP_LIMIT);
        out.putBytes(network + Ipv6Header.SOURCE_OFFSET, in, network + Ipv6Header.DESTINATION_OFFSET, 16);
        out.putBytes(network + Ipv6Header.DESTINATION_OFFSET, in, network + Ipv6Header.SOURCE_OFFSET, 16);
        long pseudo = InternetChecksum.pseudoHeader6(out, network, IpProtocol.ICMPV6, length);
        return icmp(frame, network + Ipv6Header.LENGTH, typeAndCode, word, quoted, pseudo);
    }

    /** A link header to the frame's sender, with the frame's tags; returns where the network header goes. */
    private int link(InnerFrame frame) {
        UnsafeBuffer in = frame.view();
        out.putBytes(0, in, MAC_LENGTH, MAC_LENGTH);
        put48(out, MAC_LENGTH, mac);
        out.putBytes(MACS_LENGTH, in, MACS_LENGTH, frame.networkOffset() - MACS_LENGTH);
        return frame.networkOffset();
    }

    private int icmp(InnerFrame frame, int icmp, int typeAndCode, int word, int quoted, long pseudo) {
        put16(out, icmp, typeAndCode);
        put16(out, icmp + ICMP_CHECKSUM_OFFSET, 0);
        put32(out, icmp + 4, word);
        out.putBytes(icmp + ICMP_LENGTH, frame.view(), frame.networkOffset(), quoted);
        long sum = pseudo + InternetChecksum.sum(out, icmp, ICMP_LENGTH + quoted);
        put16(out, icmp + ICMP_CHECKSUM_OFFSET, InternetChecksum.finish(sum));
        return icmp + ICMP_LENGTH + quoted;
    }
}
