package io.weir.datapath.bridge;

import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Answers ARP requests and neighbour solicitations itself where it knows the answer, so that they do not disturb the ports
 * that have neighbour suppression. Learns who is who from ARP and neighbour discovery on all ports.
 *
 * <p>A flooded request is answered when the neighbour it asks for is known, its MAC address is learned on a port that the
 * request would have reached, and that port has suppression (the condition of the Linux bridge's {@code neigh_suppress}). The
 * request then no longer goes to any port with suppression, but still to the others; with none left it is consumed.
 *
 * <p>Never answered and never held back: duplicate address detection (a solicitation from {@code ::}, an ARP probe from
 * 0.0.0.0) and gratuitous ARP, because their meaning is that everybody hears them; and unicast requests, because they ask
 * whether the neighbour itself is still there.
 *
 * <p>Stands behind the firewall, which leaves in the set the ports that the asker may talk to: what it must not hear from the
 * neighbour itself, at that security level or at all, it does not hear from the switch.
 *
 * <p>An IPv6 neighbour is learned from its advertisements only, since only they tell whether it is a router; an answer that
 * denies it would cost the asker its default route. A solicitation from another MAC address makes the binding doubtful.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class NeighbourStage implements Stage {
    private static final int ARP_REQUEST = 1;

    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int HOP_LIMIT = 255;
    private static final int ND_LENGTH = 24;
    private static final int ROUTER_ADVERTISEMENT_LENGTH = 16;
    private static final int TARGET_OPTION = 2;

    private final CurrentPorts ports;
    private final MacTable macs;
    private final NeighbourTable neighbours;
    private final ReplySink sink;
    private final NeighbourReplies replies = new NeighbourReplies();
    private final VirtioNetHeader offload = new VirtioNetHeader();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    public NeighbourStage(CurrentPorts ports, MacTable macs, NeighbourTable neighbours, ReplySink sink) {
        this.ports = ports;
        this.macs = macs;
        this.neighbours = neighbours;
        this.sink = sink;
    }

    @Override
    public String name() {
        return "neighbour-suppression";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of();
    }

    @Override
    public void process(PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.is(i, PacketBatch.IS_ARP | PacketBatch.IS_ICMPV6_ND) || !batch.forwarded(i)) {
                continue;
            }
            batch.wrap(i, frame);
            if (batch.is(i, PacketBatch.IS_ARP)) {
                arp(batch, i, batch.networkOffset(i));
            } else if (genuine(batch, i)) {
                discovery(batch, i, batch.networkOffset(i), batch.transportOffset(i));
            }
        }
    }

    // ARP

    private void arp(PacketBatch batch, int i, int arp) {
        int sender = frame.getInt(arp + 14, BIG_ENDIAN);
        int target = frame.getInt(arp + 24, BIG_ENDIAN);
        long senderMac = PacketBatch.mac(frame, arp + 8);
        boolean probe = sender == 0;
        boolean own = senderMac == batch.sourceMac(i);
        if (own && !probe && !InternetAddresses.isMulticast4(sender) && sender != -1) {
            long low = InternetAddresses.ipv4Low(sender);
            neighbours.see(
                    batch.vlan(i), InternetAddresses.IPV4_HIGH, low, senderMac, NeighbourTable.HOST, batch.nowNs());
        }
        boolean request = frame.getShort(arp + 6, BIG_ENDIAN) == ARP_REQUEST;
        if (!request || !own || probe || sender == target || !isFlooded(batch, i)) {
            return;
        }
        long found = answer(batch, i, InternetAddresses.IPV4_HIGH, InternetAddresses.ipv4Low(target));
        long room = found == NeighbourTable.UNKNOWN ? 0 : sink.take();
        if (room != 0) {
            answered(batch, i, room, replies.arpReply(room, frame, arp, NeighbourTable.mac(found)));
        }
    }

    // neighbour discovery

    /** Neighbour discovery from off the link, or damaged, means nothing: RFC 4861 sections 6.1.2, 7.1.1 and 7.1.2. */
    private boolean genuine(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        int icmp = batch.transportOffset(i);
        int length = network + batch.packetLength(i) - icmp;
        boolean whole =
                icmp >= network + 40 && length >= ROUTER_ADVERTISEMENT_LENGTH && icmp + length <= batch.length(i);
        if (!whole || (frame.getByte(network + 7) & 0xFF) != HOP_LIMIT || frame.getByte(icmp + 1) != 0) {
            return false;
        }
        if (offload.wrapBefore(batch.address(i)).needsChecksum()) {
            return true;
        }
        long sum = InternetChecksum.pseudoHeader6(frame, network, IpProtocol.ICMPV6, length)
                + InternetChecksum.sum(frame, icmp, length);
        return InternetChecksum.finish(sum) == 0;
    }

    private void discovery(PacketBatch batch, int i, int network, int icmp) {
        int type = frame.getByte(icmp) & 0xFF;
        int end = network + batch.packetLength(i);
        if (type == ROUTER_ADVERTISEMENT) {
            see(batch, i, network + 8, NeighbourTable.ROUTER);
        } else if (end - icmp < ND_LENGTH) {
            return;
        } else if (type == ADVERTISEMENT) {
            advertisement(batch, i, icmp, end);
        } else if (type == SOLICITATION) {
            solicitation(batch, i, network, icmp);
        }
    }

    private void advertisement(PacketBatch batch, int i, int icmp, int end) {
        if (targetMac(icmp + ND_LENGTH, end) == batch.sourceMac(i)) {
            boolean router = frame.getByte(icmp + 4) < 0;
            see(batch, i, icmp + 8, router ? NeighbourTable.ROUTER : NeighbourTable.HOST);
        }
    }

    /** The MAC address of the target link-layer option, or 0. */
    private long targetMac(int from, int end) {
        int option = from;
        while (end - option >= 8) {
            int length = (frame.getByte(option + 1) & 0xFF) * 8;
            if (length == 0) {
                return 0;
            }
            if (frame.getByte(option) == TARGET_OPTION) {
                return PacketBatch.mac(frame, option + 2);
            }
            option += length;
        }
        return 0;
    }

    private void see(PacketBatch batch, int i, int at, int kind) {
        long high = high(at);
        if (!InternetAddresses.isMulticast6(high) && (high | low(at)) != 0) {
            neighbours.see(batch.vlan(i), high, low(at), batch.sourceMac(i), kind, batch.nowNs());
        }
    }

    private void solicitation(PacketBatch batch, int i, int network, int icmp) {
        long senderHigh = high(network + 8);
        long senderLow = low(network + 8);
        if ((senderHigh | senderLow) == 0) {
            return;
        }
        doubt(batch, i, senderHigh, senderLow);
        boolean own = senderHigh == high(icmp + 8) && senderLow == low(icmp + 8);
        if (own || !isFlooded(batch, i)) {
            return;
        }
        long found = answer(batch, i, high(icmp + 8), low(icmp + 8));
        long room = found == NeighbourTable.UNKNOWN ? 0 : sink.take();
        if (room != 0) {
            long mac = NeighbourTable.mac(found);
            boolean router = NeighbourTable.kind(found) == NeighbourTable.ROUTER;
            answered(batch, i, room, replies.advertisement(room, frame, network, icmp, mac, router));
        }
    }

    private void doubt(PacketBatch batch, int i, long high, long low) {
        long known = neighbours.find(batch.vlan(i), high, low, batch.nowNs());
        if (known != NeighbourTable.UNKNOWN && NeighbourTable.mac(known) != batch.sourceMac(i)) {
            neighbours.forget(batch.vlan(i), high, low);
        }
    }

    // both

    private static boolean isFlooded(PacketBatch batch, int i) {
        return GroupAddresses.isGroup(batch.destinationMac(i)) && batch.egressPort(i) == PacketBatch.EGRESS_SET;
    }

    /** The neighbour if the switch may answer for it, else {@link NeighbourTable#UNKNOWN}. */
    private long answer(PacketBatch batch, int i, long high, long low) {
        long found = neighbours.find(batch.vlan(i), high, low, batch.nowNs());
        if (found == NeighbourTable.UNKNOWN) {
            return found;
        }
        int port = macs.lookup(batch.vlan(i), NeighbourTable.mac(found), batch.nowNs());
        boolean reached =
                port >= 0 && port != batch.ingressPort() && batch.egressSet(i).contains(port);
        boolean suppressed = reached && ports.table().has(port, PortTable.SUPPRESS_NEIGHBOURS);
        return suppressed ? found : NeighbourTable.UNKNOWN;
    }

    private void answered(PacketBatch batch, int i, long room, int length) {
        sink.send(room, length, batch.ingressPort(), batch.vlan(i), batch.label(i));
        PortTable table = ports.table();
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (table.has(port, PortTable.SUPPRESS_NEIGHBOURS)) {
                set.remove(port);
            }
        }
        if (set.isEmpty()) {
            batch.consume(i);
        }
    }

    private long high(int offset) {
        return frame.getLong(offset, BIG_ENDIAN);
    }

    private long low(int offset) {
        return frame.getLong(offset + Long.BYTES, BIG_ENDIAN);
    }
}
