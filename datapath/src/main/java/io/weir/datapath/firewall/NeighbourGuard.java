package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.i64;
import static io.weir.datapath.wire.NetworkOrder.u48;
import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * What neighbour discovery (RFC 4861) may claim: a sender speaks for addresses that are bound to it or that it has claimed
 * first on this link, and for its own MAC address; router advertisements and redirects come from routers only.
 *
 * <p>Threading: belongs to one source guard.
 */
final class NeighbourGuard {
    private static final int SPOOFED_IP = DropReason.SPOOFED_IP.code();
    private static final int SPOOFED_ND = DropReason.SPOOFED_ND.code();
    private static final int ROUTER_REFUSED = DropReason.ROUTER_ADVERTISEMENT_REFUSED.code();

    private static final int TARGET_OFFSET = 8;
    private static final int OPTION_UNIT = 8;
    private static final int ROUTER_SOLICITATION_LENGTH = 8;
    private static final int ROUTER_ADVERTISEMENT_LENGTH = 16;
    private static final int NEIGHBOUR_LENGTH = 24;

    /** No sender's: whether a port is known to be a MAC address's shows in its not being everybody's. */
    private static final long NOBODYS_MAC = 0xFFFF_FFFF_FFFFL;

    private final CurrentPolicy current;
    private final LinkLocalClaims claims;

    NeighbourGuard(CurrentPolicy current, LinkLocalClaims claims) {
        this.current = current;
        this.claims = claims;
    }

    /** Code of the reason to drop the message, or 0; {@code sender} holds the ingress port. */
    int check(PacketBatch batch, int i, UnsafeBuffer frame, Policy policy, FlowKey sender) {
        int message = batch.transportOffset(i);
        int type = u8(frame, message);
        boolean fromRouter = type == NeighbourMessage.ROUTER_ADVERTISEMENT || type == NeighbourMessage.REDIRECT;
        if (fromRouter && !current.router(batch.ingressPort())) {
            return ROUTER_REFUSED;
        }
        FlowReader.link(batch, i, sender);
        int source = batch.networkOffset(i) + Ipv6Header.SOURCE_OFFSET;
        boolean unspecified = (i64(frame, source) | i64(frame, source + Long.BYTES)) == 0;
        int reason = unspecified ? DropReason.NONE : claim(batch, i, frame, source, policy, sender);
        // Duplicate address detection: the target is what the sender wants for itself (RFC 4862 section 5.4.2).
        boolean targetIsClaimed = type == NeighbourMessage.NEIGHBOUR_ADVERTISEMENT
                || (unspecified && type == NeighbourMessage.NEIGHBOUR_SOLICITATION);
        if (reason == DropReason.NONE && targetIsClaimed) {
            reason = claim(batch, i, frame, message + TARGET_OFFSET, policy, sender);
        } else if (reason == DropReason.NONE && unspecified) {
            FlowReader.notIp(sender);
            reason = policy.guard(sender);
        }
        return reason == DropReason.NONE ? linkAddress(batch, i, frame, type) : reason;
    }

    private int claim(PacketBatch batch, int i, UnsafeBuffer frame, int at, Policy policy, FlowKey sender) {
        long high = i64(frame, at);
        long low = i64(frame, at + Long.BYTES);
        if (InternetAddresses.isLinkLocal6(high)) {
            return linkLocal(batch, i, high, low, policy, sender);
        }
        FlowReader.link(batch, i, sender);
        sender.source(high, low).transport(0, 0, 0);
        int reason = policy.guard(sender);
        return reason == SPOOFED_IP ? SPOOFED_ND : reason;
    }

    /** Code of the reason why the sender of the packet may not be that link-local address, or 0. */
    int linkLocal(PacketBatch batch, int i, long high, long low, Policy policy, FlowKey sender) {
        FlowReader.link(batch, i, sender);
        FlowReader.notIp(sender);
        int reason = policy.guard(sender);
        if (reason != DropReason.NONE) {
            return reason;
        }
        int port = batch.ingressPort();
        long mac = batch.sourceMac(i);
        sender.link(NOBODYS_MAC, batch.destinationMac(i), batch.vlan(i), batch.etherType(i));
        boolean rightful = policy.guard(sender) != DropReason.NONE;
        FlowReader.link(batch, i, sender);
        boolean holds =
                claims.claim(batch.vlan(i), high, low, port, mac, current.router(port), rightful, batch.nowNs());
        return holds ? DropReason.NONE : SPOOFED_ND;
    }

    /** Notes the link-local addresses that a router claims whose port is under no policy, for nobody else to claim them. */
    void note(PacketBatch batch, int i, UnsafeBuffer frame) {
        note(batch, i, frame, batch.networkOffset(i) + Ipv6Header.SOURCE_OFFSET);
        if (u8(frame, batch.transportOffset(i)) == NeighbourMessage.NEIGHBOUR_ADVERTISEMENT) {
            note(batch, i, frame, batch.transportOffset(i) + TARGET_OFFSET);
        }
    }

    private void note(PacketBatch batch, int i, UnsafeBuffer frame, int at) {
        long high = i64(frame, at);
        if (InternetAddresses.isLinkLocal6(high)) {
            long low = i64(frame, at + Long.BYTES);
            claims.claim(batch.vlan(i), high, low, batch.ingressPort(), batch.sourceMac(i), true, true, batch.nowNs());
        }
    }

    /** A guest announces no other MAC address than the one it sends from. */
    private int linkAddress(PacketBatch batch, int i, UnsafeBuffer frame, int type) {
        if (current.role(batch.ingressPort()) != PortRole.VM || type == NeighbourMessage.REDIRECT) {
            return DropReason.NONE;
        }
        int end = batch.networkOffset(i) + batch.packetLength(i);
        int announced = type == NeighbourMessage.NEIGHBOUR_ADVERTISEMENT
                ? NeighbourMessage.OPTION_TARGET_LINK_ADDRESS
                : NeighbourMessage.OPTION_SOURCE_LINK_ADDRESS;
        int option = batch.transportOffset(i) + bodyLength(type);
        // The parse stage has checked that no option is empty or ends behind the message.
        while (end - option >= OPTION_UNIT) {
            if (u8(frame, option) == announced && u48(frame, option + 2) != batch.sourceMac(i)) {
                return SPOOFED_ND;
            }
            option += Math.max(1, u8(frame, option + 1)) * OPTION_UNIT;
        }
        return DropReason.NONE;
    }

    private static int bodyLength(int type) {
        return switch (type) {
            case NeighbourMessage.ROUTER_SOLICITATION -> ROUTER_SOLICITATION_LENGTH;
            case NeighbourMessage.ROUTER_ADVERTISEMENT -> ROUTER_ADVERTISEMENT_LENGTH;
            default -> NEIGHBOUR_LENGTH;
        };
    }
}
