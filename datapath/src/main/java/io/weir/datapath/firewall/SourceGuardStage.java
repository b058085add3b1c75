package io.weir.datapath.firewall;

import java.util.EnumSet;
import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.i64;

/**
 * The stage "source-guard": lets no port speak for an address that is not its own. MAC address, VLAN and IP address of a
 * sender must be bound to its port, and so must what ARP and neighbour discovery claim; only ports that may run a DHCP server
 * or be a router speak as such. It stands before anything is learned.
 *
 * <p>A port in audit mode is recorded and passes; a port under no policy is not looked at.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class SourceGuardStage implements Stage {
    private static final int SPOOFED_ARP = DropReason.SPOOFED_ARP.code();
    private static final int SPOOFED_ND = DropReason.SPOOFED_ND.code();
    private static final int SPOOFED_IP = DropReason.SPOOFED_IP.code();
    private static final int ROUTER_REFUSED = DropReason.ROUTER_ADVERTISEMENT_REFUSED.code();
    private static final int DHCP_SERVER_REFUSED = DropReason.DHCP_SERVER_REFUSED.code();

    private static final int ARP_SENDER_MAC_OFFSET = 8;
    private static final int ARP_SENDER_IP_OFFSET = 14;
    private static final int ARP_TARGET_IP_OFFSET = 24;

    private final CurrentPolicy current;
    private final DenyRecorder recorder;
    private final LinkLocalClaims claims;
    private final NeighbourGuard neighbours;
    private final FlowKey sender = new FlowKey();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    // Frames come in runs from one sender: the one that passed last.
    private long passedMac;
    private long passedHigh;
    private long passedLow;
    private int passedVlan;

    /** @param seed fresh random bits */
    public SourceGuardStage(CurrentPolicy current, DenyRecorder recorder, long seed) {
        this.current = current;
        this.recorder = recorder;
        this.claims = new LinkLocalClaims(seed);
        this.neighbours = new NeighbourGuard(current, claims);
    }

    @Override
    public String name() {
        return "source-guard";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.SPOOFED_MAC, DropReason.ROUTER_ADVERTISEMENT_REFUSED);
    }

    @Override
    public void process(PacketBatch batch) {
        int port = batch.ingressPort();
        Policy policy = current.policy();
        if (policy == null || !current.judged(port)) {
            note(batch);
            return;
        }
        boolean enforced = current.enforced(port);
        passedVlan = 0;
        current.ingress(sender.clear(), port);
        recorder.begin(batch);
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.forwarded(i) || batch.fromSwitch(i)) {
                continue;
            }
            int reason = check(batch, i, policy);
            if (reason != DropReason.NONE) {
                refuse(batch, i, policy, reason, enforced);
            }
        }
    }

    /** What is not guarded may be a router's word all the same, which others must not speak. */
    private void note(PacketBatch batch) {
        if (!current.active() || !current.router(batch.ingressPort())) {
            return;
        }
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && batch.is(i, PacketBatch.IS_ICMPV6_ND)) {
                batch.wrap(i, frame);
                neighbours.note(batch, i, frame);
            }
        }
    }

    /** The port is removed: what it has claimed is free. */
    public void forgetPort(int port) {
        claims.forgetPort(port);
    }

    private void refuse(PacketBatch batch, int i, Policy policy, int reason, boolean enforced) {
        batch.wrap(i, frame);
        FlowReader.read(batch, i, frame, sender);
        recorder.refused(policy, sender, reason, enforced, batch.length(i));
        if (enforced) {
            batch.drop(i, reason);
        }
    }

    private int check(PacketBatch batch, int i, Policy policy) {
        if (batch.is(i, PacketBatch.IS_IPV4)) {
            return ipv4(batch, i, policy);
        }
        batch.wrap(i, frame);
        if (batch.is(i, PacketBatch.IS_IPV6)) {
            return ipv6(batch, i, policy);
        }
        return batch.is(i, PacketBatch.IS_ARP) ? arp(batch, i, policy) : link(batch, i, policy);
    }

    private int ipv4(PacketBatch batch, int i, Policy policy) {
        long source = InternetAddresses.ipv4Low(batch.word(i, batch.networkOffset(i) + Ipv4Header.SOURCE_OFFSET));
        if (batch.is(i, PacketBatch.IS_DHCP)) {
            return dhcp(batch, i, policy, source);
        }
        if (isRedirect(batch, i) && !current.router(batch.ingressPort())) {
            return ROUTER_REFUSED;
        }
        return address(batch, i, policy, InternetAddresses.IPV4_HIGH, source);
    }

    private int ipv6(PacketBatch batch, int i, Policy policy) {
        int at = batch.networkOffset(i) + Ipv6Header.SOURCE_OFFSET;
        long high = i64(frame, at);
        long low = i64(frame, at + Long.BYTES);
        if (batch.is(i, PacketBatch.IS_ICMPV6_ND)) {
            return neighbours.check(batch, i, frame, policy, sender);
        }
        boolean fromServer = Dhcp.kind(batch, i) == Dhcp.FROM_SERVER && !mayServe(batch.ingressPort());
        if (fromServer || refusedToClient(batch, i)) {
            return DHCP_SERVER_REFUSED;
        }
        boolean unspecified = (high | low) == 0 && batch.is(i, PacketBatch.IS_GROUP_MEMBERSHIP);
        if (unspecified) {
            return link(batch, i, policy);
        }
        if (InternetAddresses.isLinkLocal6(high)) {
            int reason = neighbours.linkLocal(batch, i, high, low, policy, sender);
            return reason == SPOOFED_ND ? SPOOFED_IP : reason;
        }
        return address(batch, i, policy, high, low);
    }

    private int dhcp(PacketBatch batch, int i, Policy policy, long source) {
        int kind = Dhcp.kind(batch, i);
        boolean fromServer = kind == Dhcp.FROM_SERVER && !mayServe(batch.ingressPort());
        if (fromServer || refusedToClient(batch, i)) {
            return DHCP_SERVER_REFUSED;
        }
        boolean unspecified = source == InternetAddresses.ipv4Low(0)
                && kind == Dhcp.FROM_CLIENT
                && current.dhcp(batch.ingressPort()) == PolicySettings.Dhcp.CLIENT;
        return unspecified ? link(batch, i, policy) : address(batch, i, policy, InternetAddresses.IPV4_HIGH, source);
    }

    /** A client takes the word of whoever sends to its port, be it from a server's port or not. */
    private boolean refusedToClient(PacketBatch batch, int i) {
        return !mayServe(batch.ingressPort()) && Dhcp.isForClient(batch, i);
    }

    /** RFC 792: tells a host of a better router, as only a router should. */
    private boolean isRedirect(PacketBatch batch, int i) {
        return batch.ipProtocol(i) == IpProtocol.ICMP
                && batch.transportOffset(i) != 0
                && batch.word(i, batch.transportOffset(i)) >>> 24 == IcmpHeader.REDIRECT;
    }

    private boolean mayServe(int port) {
        return current.dhcp(port) == PolicySettings.Dhcp.SERVER;
    }

    /** ARP's sender must be who the frame's sender is; a probe (RFC 5227 section 2.1.1) asks for its own address. */
    private int arp(PacketBatch batch, int i, Policy policy) {
        int arp = batch.networkOffset(i);
        if (PacketBatch.mac(frame, arp + ARP_SENDER_MAC_OFFSET) != batch.sourceMac(i)) {
            return SPOOFED_ARP;
        }
        boolean probe = i32(frame, arp + ARP_SENDER_IP_OFFSET) == 0;
        long claimed = FlowReader.ipv4(frame, arp + (probe ? ARP_TARGET_IP_OFFSET : ARP_SENDER_IP_OFFSET));
        int reason = address(batch, i, policy, InternetAddresses.IPV4_HIGH, claimed);
        return reason == SPOOFED_IP ? SPOOFED_ARP : reason;
    }

    private int link(PacketBatch batch, int i, Policy policy) {
        FlowReader.link(batch, i, sender);
        FlowReader.notIp(sender);
        return policy.guard(sender);
    }

    private int address(PacketBatch batch, int i, Policy policy, long high, long low) {
        long mac = batch.sourceMac(i);
        int vlan = batch.vlan(i);
        if (low == passedLow && mac == passedMac && vlan == passedVlan && high == passedHigh) {
            return DropReason.NONE;
        }
        FlowReader.link(batch, i, sender);
        sender.source(high, low).transport(0, 0, 0);
        int reason = policy.guard(sender);
        if (reason == DropReason.NONE) {
            passedMac = mac;
            passedVlan = vlan;
            passedHigh = high;
            passedLow = low;
        }
        return reason;
    }
}
