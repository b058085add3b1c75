package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.GroupAddresses;
import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.bridge.TokenBuckets;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.ArpPacket;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * How a tunnel of IP packets stands in the local network: as a gateway that has all remote addresses of the selectors. It answers who
 * asks for one of them, learns at which MAC addresses the local ones are, and asks for those that it does not know.
 *
 * <p>It believes only what a host of its own VLAN, where frames have no tag, says to the gateway itself: what is merely flooded to the
 * tunnel, and what answers a question that nobody asked, moves no host.
 *
 * <p>It asks in the name of the remote host whose packet waits for the answer, as it has no address of its own.
 *
 * <p>Threading: one worker.
 */
final class Neighbourhood {
    static final int QUESTIONS_PER_SECOND = 100;
    static final int ANSWERS_PER_SECOND = 1_000;

    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int HOP_LIMIT = 255;
    private static final int SOURCE_MAC_OFFSET = 6;

    private final long mac;
    private final Selectors selectors;
    private final LocalHosts hosts;
    private final OwnFrames frames;
    private final WaitingPackets waiting;
    private final TunnelCounters counters;
    private final TokenBuckets questions = new TokenBuckets(LevelShares.COUNT);
    private final TokenBuckets answers = new TokenBuckets(LevelShares.COUNT);
    private final NeighbourFrames writer = new NeighbourFrames();
    private final ArpPacket arp = new ArpPacket();
    private final NeighbourMessage message = new NeighbourMessage();
    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);

    /** @param mac of the gateway, in the low 48 bits */
    Neighbourhood(long mac, Selectors selectors, LocalHosts hosts, OwnFrames frames, TunnelCounters counters) {
        this.mac = mac;
        this.selectors = selectors;
        this.hosts = hosts;
        this.frames = frames;
        this.waiting = new WaitingPackets(frames);
        this.counters = counters;
    }

    /** A local host has sent that frame from that address; it is learned when the frame is for the gateway. */
    void see(InnerFrame frame, long high, long low, int level, long nowNs) {
        int version = frame.version() == 6 ? 6 : 4;
        if (mayLearn(frame) && selectors.isLocal(version, high, low)) {
            learn(version, high, low, u48(frame.view(), SOURCE_MAC_OFFSET), level, nowNs);
        }
    }

    /** A local host says that it has that address. */
    private void answered(InnerFrame frame, long high, long low, int level, long nowNs) {
        int version = frame.version() == 6 ? 6 : 4;
        if (mayLearn(frame) && hosts.asked(version, high, low, nowNs)) {
            learn(version, high, low, u48(frame.view(), SOURCE_MAC_OFFSET), level, nowNs);
        }
    }

    private void learn(int version, long high, long low, long hostMac, int level, long nowNs) {
        hosts.see(version, high, low, hostMac, level, nowNs);
        waiting.resolved(version, high, low, hostMac, nowNs);
    }

    /** Packets whose host has not answered yet. */
    WaitingPackets waiting() {
        return waiting;
    }

    private boolean mayLearn(InnerFrame frame) {
        UnsafeBuffer view = frame.view();
        return u48(view, 0) == mac
                && frame.networkOffset() == EthernetHeader.LENGTH
                && !GroupAddresses.isGroup(u48(view, SOURCE_MAC_OFFSET));
    }

    /** Takes an ARP packet that came to the gateway; true when it was for it. */
    boolean arp(InnerFrame frame, int level, long nowNs) {
        UnsafeBuffer view = frame.view();
        int at = frame.networkOffset();
        if (ArpPacket.check(view, at, view.capacity()) != DropReason.NONE) {
            return false;
        }
        arp.wrap(view, at, ArpPacket.LENGTH);
        long hostMac = arp.senderMac();
        if (hostMac != u48(view, SOURCE_MAC_OFFSET) || arp.senderIp() == 0) {
            return false;
        }
        long sender = InternetAddresses.ipv4Low(arp.senderIp());
        long target = InternetAddresses.ipv4Low(arp.targetIp());
        if (arp.operation() == ArpPacket.REPLY) {
            answered(frame, InternetAddresses.IPV4_HIGH, sender, level, nowNs);
            return arp.targetMac() == mac;
        }
        boolean asked = arp.operation() == ArpPacket.REQUEST
                && selectors.match(4, InternetAddresses.IPV4_HIGH, sender, InternetAddresses.IPV4_HIGH, target);
        if (asked) {
            see(frame, InternetAddresses.IPV4_HIGH, sender, level, nowNs);
        }
        if (asked && mayAnswer(level, nowNs)) {
            add(writer.arpReply(out, mac, arp.targetIp(), hostMac, arp.senderIp()), level);
        }
        return asked;
    }

    /**
     * Takes a neighbour-discovery message that came to the gateway; true when it was for it. Messages from off the link, or damaged,
     * mean nothing (RFC 4861 sections 7.1.1 and 7.1.2).
     */
    boolean discovery(InnerFrame frame, int level, long nowNs) {
        UnsafeBuffer view = frame.view();
        int network = frame.networkOffset();
        int at = network + Ipv6Header.LENGTH;
        int end = network + frame.packetLength();
        if (NeighbourMessage.check(view, at, end) != DropReason.NONE || !genuine(view, network, at, end)) {
            return false;
        }
        message.wrap(view, at, end - at);
        if (message.type() == NeighbourMessage.NEIGHBOUR_SOLICITATION) {
            return solicited(frame, level, nowNs);
        }
        boolean advertised = message.type() == NeighbourMessage.NEIGHBOUR_ADVERTISEMENT;
        if (advertised) {
            answered(frame, message.targetHigh(), message.targetLow(), level, nowNs);
        }
        return advertised && u48(view, 0) == mac;
    }

    private static boolean genuine(UnsafeBuffer view, int network, int at, int end) {
        long sum = InternetChecksum.pseudoHeader6(view, network, IpProtocol.ICMPV6, end - at)
                + InternetChecksum.sum(view, at, end - at);
        return u8(view, network + HOP_LIMIT_OFFSET) == HOP_LIMIT
                && u8(view, at + 1) == 0
                && InternetChecksum.finish(sum) == 0;
    }

    private boolean solicited(InnerFrame frame, int level, long nowNs) {
        UnsafeBuffer view = frame.view();
        int source = frame.networkOffset() + Ipv6Header.SOURCE_OFFSET;
        long high = i64(view, source);
        long low = i64(view, source + Long.BYTES);
        long hostMac = u48(view, SOURCE_MAC_OFFSET);
        boolean single = (high | low) != 0 && !InternetAddresses.isMulticast6(high);
        boolean asked = single && selectors.isRemote(6, message.targetHigh(), message.targetLow());
        if (asked) {
            see(frame, high, low, level, nowNs);
        }
        if (asked && mayAnswer(level, nowNs)) {
            int length = writer.advertisement(out, mac, message.targetHigh(), message.targetLow(), hostMac, high, low);
            add(length, level);
        }
        return asked;
    }

    private boolean mayAnswer(int level, long nowNs) {
        return answers.take(LevelShares.of(level), ANSWERS_PER_SECOND, nowNs) && frames.take(out, level);
    }

    /**
     * MAC address of a local host, or {@link LocalHosts#UNKNOWN}. Asks for it when that is not known, or was not seen for long.
     *
     * @param version of IP
     * @param high half of the host's address, and {@code low}
     * @param askerHigh half of the address of who sends to it, and {@code askerLow}
     * @param level of the packet, and of the question
     */
    long resolve(int version, long high, long low, long askerHigh, long askerLow, int level, long nowNs) {
        long found = hosts.find(version, high, low, nowNs);
        if (hosts.ask(version, high, low, level, nowNs)
                && questions.take(LevelShares.of(level), QUESTIONS_PER_SECOND, nowNs)
                && frames.take(out, level)) {
            int length = version == 4
                    ? writer.arpRequest(out, mac, (int) askerLow, (int) low)
                    : writer.solicitation(out, mac, askerHigh, askerLow, high, low);
            add(length, level);
        }
        return found;
    }

    private void add(int length, int level) {
        frames.add(length, level);
        counters.add(TunnelCounters.NEIGHBOUR_MESSAGES, 1);
    }
}
