package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.i64;
import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * Where the messages go that hosts need before they can talk at all: ARP, neighbour discovery and group membership to ports
 * whose components could talk to the sender, DHCP to the ports that may speak the other side of it.
 *
 * <p>An end of which the message says no IP address, or only a link-local one, stands in the key with the address zero: any
 * component behind the port with that MAC address and VLAN is meant.
 *
 * <p>Threading: belongs to one worker.
 */
final class ControlReach {
    private static final int NEIGHBOUR_UNREACHABLE = DropReason.NEIGHBOUR_UNREACHABLE.code();
    private static final int LABEL_DENIED = DropReason.LABEL_DENIED.code();
    private static final int ARP_SENDER_IP_OFFSET = 14;
    private static final int ARP_TARGET_IP_OFFSET = 24;
    private static final int ND_TARGET_OFFSET = 8;
    private static final int NO_LEVEL = -1;

    private final CurrentPolicy current;
    private final Verdict verdict = new Verdict();
    private int level;

    ControlReach(CurrentPolicy current) {
        this.current = current;
    }

    /** Takes ports out of the packet's way that it may not reach; code of the reason to drop it when none is left, else 0. */
    int neighbour(PacketBatch batch, int i, UnsafeBuffer frame, Policy policy, FlowKey ends) {
        FlowReader.link(batch, i, ends);
        FlowReader.notIp(ends);
        if (batch.is(i, PacketBatch.IS_ARP)) {
            arp(batch, i, frame, ends);
        } else if (batch.is(i, PacketBatch.IS_ICMPV6_ND)) {
            discovery(batch, i, frame, ends);
        } else {
            groupMembership(batch, i, frame, ends);
        }
        int ingress = batch.ingressPort();
        int egress = batch.egressPort(i);
        if (egress >= 0) {
            boolean heard = mayHear(policy, ends, ingress, egress, batch.nowNs());
            level = policy.level(ends);
            return heard ? DropReason.NONE : refusal(policy, ends, ingress, egress, batch.nowNs());
        }
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (!mayHear(policy, ends, ingress, port, batch.nowNs())) {
                set.remove(port);
            }
        }
        if (set.isEmpty()) {
            return NEIGHBOUR_UNREACHABLE;
        }
        keepOneLevel(set, ingress, Dhcp.NONE, policy, ends, batch.nowNs());
        return DropReason.NONE;
    }

    /** The level of the message that {@link #neighbour} or {@link #dhcp} has let pass. */
    int level() {
        return level;
    }

    /**
     * A frame has one level: that at which the ports hear it for which it is meant most of all, and where none is, that of all. Of
     * several it is the sender's own if any of them hears it at that, else the first port's. Ports under policy that would hear it at
     * another level only are taken out of the set.
     *
     * @param dhcp its kind, {@link Dhcp#NONE} for what is no DHCP
     */
    private void keepOneLevel(PortSet set, int ingress, int dhcp, Policy policy, FlowKey ends, long nowNs) {
        int own = ownLevel(ends, policy, nowNs);
        level = levelOf(set, own, /* all= */ false, dhcp, policy, ends);
        if (level == NO_LEVEL) {
            level = levelOf(set, own, /* all= */ true, dhcp, policy, ends);
        }
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            boolean judged = current.judged(ingress) || current.judged(port);
            if (judged && levelAt(port, policy, ends) != level) {
                set.remove(port);
            }
        }
    }

    /** The own level if a port of all, or of those it is meant for, hears it at that, else the first one's, or {@link #NO_LEVEL}. */
    private int levelOf(PortSet set, int own, boolean all, int dhcp, Policy policy, FlowKey ends) {
        int found = NO_LEVEL;
        for (int port = set.next(0); port >= 0 && found != own; port = set.next(port + 1)) {
            int heard = levelAt(port, policy, ends);
            if (all || isTarget(port, dhcp, policy, ends)) {
                found = found == NO_LEVEL || heard == own ? heard : found;
            }
        }
        return found;
    }

    /** Whether the address that is asked for is bound to the port, or of what a DHCP server says, whether a client is there. */
    private boolean isTarget(int port, int dhcp, Policy policy, FlowKey ends) {
        return dhcp == Dhcp.FROM_SERVER
                ? current.dhcp(port) == PolicySettings.Dhcp.CLIENT
                : policy.bindsDestination(ends);
    }

    /** The level of the flow whoever receives it: what it proves, else the lowest of its sender. */
    private int ownLevel(FlowKey ends, Policy policy, long nowNs) {
        policy.evaluate(ends, nowNs, verdict);
        return Sessions.level(ends, verdict);
    }

    private int levelAt(int egress, Policy policy, FlowKey ends) {
        current.egress(ends, egress);
        return policy.level(ends);
    }

    /** In audit mode everything is heard, but for what its security level forbids: the policy knows the modes of both ports. */
    private boolean mayHear(Policy policy, FlowKey ends, int ingress, int egress, long nowNs) {
        current.egress(ends, egress);
        return (!current.judged(ingress) && !current.judged(egress)) || policy.couldTalk(ends, nowNs);
    }

    /** Why a message is not heard. In audit mode that is because of labels, which the reason must say, or it would pass. */
    private int refusal(Policy policy, FlowKey ends, int ingress, int egress, long nowNs) {
        if (current.enforced(ingress) || current.enforced(egress)) {
            return NEIGHBOUR_UNREACHABLE;
        }
        policy.evaluate(ends, nowNs, verdict);
        return Judge.isOfLabels(verdict.reason()) ? verdict.reason() : LABEL_DENIED;
    }

    /** A probe's own address is the one it asks for, and an announcement asks for nobody's. */
    static void arp(PacketBatch batch, int i, UnsafeBuffer frame, FlowKey ends) {
        int arp = batch.networkOffset(i);
        int sender = i32(frame, arp + ARP_SENDER_IP_OFFSET);
        int target = i32(frame, arp + ARP_TARGET_IP_OFFSET);
        ends.source(InternetAddresses.IPV4_HIGH, InternetAddresses.ipv4Low(sender == 0 ? target : sender));
        if (sender != 0 && sender != target) {
            ends.destination(InternetAddresses.IPV4_HIGH, InternetAddresses.ipv4Low(target));
        }
    }

    private static void discovery(PacketBatch batch, int i, UnsafeBuffer frame, FlowKey ends) {
        int message = batch.transportOffset(i);
        int source = batch.networkOffset(i) + Ipv6Header.SOURCE_OFFSET;
        int target = message + ND_TARGET_OFFSET;
        int type = u8(frame, message);
        if (type == NeighbourMessage.NEIGHBOUR_ADVERTISEMENT) {
            source(frame, target, ends);
            destination(frame, batch.networkOffset(i) + Ipv6Header.DESTINATION_OFFSET, ends);
        } else if (type == NeighbourMessage.NEIGHBOUR_SOLICITATION) {
            boolean detection = (i64(frame, source) | i64(frame, source + Long.BYTES)) == 0;
            source(frame, detection ? target : source, ends);
            if (!detection) {
                destination(frame, target, ends);
            }
        } else {
            source(frame, source, ends);
            destination(frame, batch.networkOffset(i) + Ipv6Header.DESTINATION_OFFSET, ends);
        }
    }

    private static void groupMembership(PacketBatch batch, int i, UnsafeBuffer frame, FlowKey ends) {
        if (batch.is(i, PacketBatch.IS_IPV4)) {
            ends.source(InternetAddresses.IPV4_HIGH, FlowReader.ipv4(frame, batch.networkOffset(i) + 12));
        } else {
            source(frame, batch.networkOffset(i) + Ipv6Header.SOURCE_OFFSET, ends);
        }
    }

    private static void source(UnsafeBuffer frame, int at, FlowKey ends) {
        long high = i64(frame, at);
        if (!InternetAddresses.isLinkLocal6(high)) {
            ends.source(high, i64(frame, at + Long.BYTES));
        }
    }

    private static void destination(UnsafeBuffer frame, int at, FlowKey ends) {
        long high = i64(frame, at);
        if (!InternetAddresses.isLinkLocal6(high) && !InternetAddresses.isMulticast6(high)) {
            ends.destination(high, i64(frame, at + Long.BYTES));
        }
    }

    /**
     * Whether the packet is DHCP that its ingress port may send; {@link #dhcp} then says where it goes. Otherwise it is a flow
     * like any other.
     */
    boolean maySendDhcp(int ingress, int kind) {
        PolicySettings.Dhcp may = current.dhcp(ingress);
        return kind != Dhcp.NONE
                && (!current.judged(ingress)
                        || may == (kind == Dhcp.FROM_CLIENT ? PolicySettings.Dhcp.CLIENT : PolicySettings.Dhcp.SERVER));
    }

    /**
     * As {@link #neighbour}, for DHCP of that kind. What a port may speak of it says nothing of security levels: who have several
     * talk at one that both have, as of ARP.
     *
     * @param ends the flow that was read; without IP addresses afterwards if the sender has none to be known by
     */
    int dhcp(PacketBatch batch, int i, int kind, Policy policy, FlowKey ends) {
        if (hasNoAddress(ends)) {
            FlowReader.notIp(ends);
        }
        int ingress = batch.ingressPort();
        int egress = batch.egressPort(i);
        if (egress >= 0) {
            int refusal = refusalOfDhcp(policy, ends, ingress, egress, kind, batch.nowNs());
            level = policy.level(ends);
            return refusal;
        }
        int reason = NEIGHBOUR_UNREACHABLE;
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            int refusal = refusalOfDhcp(policy, ends, ingress, port, kind, batch.nowNs());
            if (refusal != DropReason.NONE) {
                reason = refusal;
                set.remove(port);
            }
        }
        if (set.isEmpty()) {
            return reason;
        }
        keepOneLevel(set, ingress, kind, policy, ends, batch.nowNs());
        return DropReason.NONE;
    }

    /** Who is not configured yet, or knows the link only, is told by MAC address and VLAN, as of frames that are not IP. */
    private static boolean hasNoAddress(FlowKey ends) {
        boolean unspecified4 =
                ends.sourceHigh() == InternetAddresses.IPV4_HIGH && ends.sourceLow() == InternetAddresses.ipv4Low(0);
        return unspecified4
                || (ends.sourceHigh() | ends.sourceLow()) == 0
                || InternetAddresses.isLinkLocal6(ends.sourceHigh());
    }

    private int refusalOfDhcp(Policy policy, FlowKey ends, int ingress, int egress, int kind, long nowNs) {
        current.egress(ends, egress);
        if (current.judged(ingress) || current.judged(egress)) {
            int proven = ends.label();
            policy.evaluate(ends.label(policy.level(ends)), nowNs, verdict);
            ends.label(proven);
            if (Judge.isOfLabels(verdict.reason())) {
                return verdict.reason();
            }
        }
        return mayHearDhcp(egress, kind) ? DropReason.NONE : NEIGHBOUR_UNREACHABLE;
    }

    /** A server's word may go to a relay too, which is a server to the switch. */
    private boolean mayHearDhcp(int port, int kind) {
        PolicySettings.Dhcp may = current.dhcp(port);
        return !current.enforced(port)
                || may == PolicySettings.Dhcp.SERVER
                || (kind == Dhcp.FROM_SERVER && may == PolicySettings.Dhcp.CLIENT);
    }
}
