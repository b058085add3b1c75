package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.GroupAddresses;
import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.bridge.TokenBuckets;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.TcpHeader;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.i64;
import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * Decides whether and what a sender is told whose packet is rejected: a TCP reset, or ICMP or ICMPv6 "administratively
 * prohibited". Never an answer to a reset or an ICMP error, to a group or broadcast address, to a later fragment, or from an
 * address that is no single host's (RFC 1122 section 3.2.2, RFC 4443 section 2.4): no reject answers a reject. A port gets so
 * many a second and no more.
 *
 * <p>Threading: belongs to one worker.
 */
public final class Rejects {
    /** Answers that one port gets in a second. */
    static final int PER_SECOND = 1_000;

    private static final int LOOPBACK_NETWORK = 127;

    private final CurrentPorts ports;
    private final ReplySink sink;
    private final RejectReplies replies = new RejectReplies();
    private final TokenBuckets buckets = new TokenBuckets(PortSet.MAX_PORTS);

    public Rejects(CurrentPorts ports, ReplySink sink) {
        this.ports = ports;
        this.sink = sink;
    }

    /** Tells the packet's sender. */
    void reject(PacketBatch batch, int i, UnsafeBuffer frame, int level) {
        int port = batch.ingressPort();
        if (!mayAnswer(batch, i, frame) || !buckets.take(port, PER_SECOND, batch.nowNs())) {
            return;
        }
        long room = sink.take();
        if (room == 0) {
            return;
        }
        int length = isTcp(batch, i)
                ? replies.resetSender(room, batch, i, frame)
                : replies.prohibited(room, batch, i, frame);
        sink.send(room, length, port, batch.vlan(i), level);
    }

    /** Tells an IPv4 packet's sender which byte is wrong, counted from the IP header's begin: ICMP "parameter problem". */
    public void parameterProblem(PacketBatch batch, int i, UnsafeBuffer frame, int pointer, int level) {
        int port = batch.ingressPort();
        if (!mayAnswer(batch, i, frame) || !buckets.take(port, PER_SECOND, batch.nowNs())) {
            return;
        }
        long room = sink.take();
        if (room != 0) {
            sink.send(room, replies.parameterProblem(room, batch, i, frame, pointer), port, batch.vlan(i), level);
        }
    }

    /** Resets the TCP connection of the packet at the end that it does not reach. */
    void resetReceiver(PacketBatch batch, int i, UnsafeBuffer frame, int port, int level) {
        if (!isTcp(batch, i) || !mayAnswer(batch, i, frame) || !buckets.take(port, PER_SECOND, batch.nowNs())) {
            return;
        }
        long room = sink.take();
        if (room != 0) {
            sink.send(room, replies.resetReceiver(room, batch, i, frame), port, batch.vlan(i), level);
        }
    }

    /** Sends a reset of which nothing but a session tells: {@link RejectReplies#reset} has been set up for it. */
    void reset(RejectReplies.Reset reset, int port, int vlan, int level, long nowNs) {
        if (!buckets.take(port, PER_SECOND, nowNs)) {
            return;
        }
        long room = sink.take();
        if (room != 0) {
            sink.send(room, replies.reset(room, reset), port, vlan, level);
        }
    }

    private static boolean isTcp(PacketBatch batch, int i) {
        return batch.ipProtocol(i) == IpProtocol.TCP && batch.transportOffset(i) != 0;
    }

    private boolean mayAnswer(PacketBatch batch, int i, UnsafeBuffer frame) {
        boolean later = batch.is(i, PacketBatch.IS_LATER_FRAGMENT);
        // A tag that belongs to the payload would be missing from the answer.
        boolean tagged = batch.is(i, PacketBatch.IS_DOUBLE_TAGGED)
                || (batch.is(i, PacketBatch.IS_TAGGED)
                        && ports.table().vlan(batch.ingressPort()).mode() == VlanSettings.Mode.TUNNEL);
        if (later || tagged || GroupAddresses.isGroup(batch.destinationMac(i)) || !answerable(batch, i, frame)) {
            return false;
        }
        if (isTcp(batch, i)) {
            return (u8(frame, batch.transportOffset(i) + TcpHeader.FLAGS_OFFSET) & TcpHeader.RST) == 0;
        }
        return !FlowReader.isIcmpError(batch, i, frame);
    }

    /** Whether both addresses are those of a single host. */
    private static boolean answerable(PacketBatch batch, int i, UnsafeBuffer frame) {
        int network = batch.networkOffset(i);
        if (batch.is(i, PacketBatch.IS_IPV4)) {
            return isHost4(i32(frame, network + Ipv4Header.SOURCE_OFFSET))
                    && isHost4(i32(frame, network + Ipv4Header.DESTINATION_OFFSET));
        }
        int source = network + Ipv6Header.SOURCE_OFFSET;
        return batch.is(i, PacketBatch.IS_IPV6)
                && (i64(frame, source) | i64(frame, source + Long.BYTES)) != 0
                && !InternetAddresses.isMulticast6(i64(frame, source))
                && !InternetAddresses.isMulticast6(i64(frame, network + Ipv6Header.DESTINATION_OFFSET));
    }

    private static boolean isHost4(int address) {
        return address >>> 24 != 0 && address >>> 24 != LOOPBACK_NETWORK && address >>> 28 < 0xE;
    }
}
