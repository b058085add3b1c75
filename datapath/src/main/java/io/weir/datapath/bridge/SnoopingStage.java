package io.weir.datapath.bridge;

import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.BridgeSettings.MulticastRouter;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Sends IP multicast only where it was asked for, as IGMP and MLD say (RFC 4541). Claims a packet by filling its egress set;
 * what it leaves unclaimed the bridge floods.
 *
 * <ul>
 *   <li>Reports and leaves go to router ports, queries to all ports. Without a router port in the VLAN reports are flooded.
 *   <li>Link-local groups (224.0.0.0/24, IPv6 multicast up to link-local scope) are always flooded. The Linux bridge floods
 *       only {@code ff02::1} of the latter; flooding all of it never loses a neighbour solicitation.
 *   <li>While no querier is heard in the VLAN, memberships are not refreshed and mean nothing: everything is flooded, as in
 *       the Linux bridge.
 *   <li>Otherwise a packet goes to the members of its group and to router ports; of a group without members to router ports
 *       only.
 * </ul>
 *
 * <p>A port whose {@code multicastRouter} is NEVER is never taken for a router's, an ALWAYS one always is. Router ports are
 * kept by port, not by VLAN; the bridge cuts every set down to the VLAN's ports.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class SnoopingStage implements Stage {
    private static final long MAC_PREFIX_4_MASK = 0xFFFF_FF80_0000L;
    private static final long MAC_PREFIX_4 = 0x0100_5E00_0000L;
    private static final long MAC_PREFIX_6_MASK = 0xFFFF_0000_0000L;
    private static final long MAC_PREFIX_6 = 0x3333_0000_0000L;

    private static final int PIM = 103;
    private static final int ALL_PIM_ROUTERS = 0xE000_000D;
    /** Version 2, type 0: RFC 7761 section 4.9. */
    private static final int PIM_HELLO = 0x20;

    private final CurrentPorts ports;
    private final MulticastTable groups;
    private final boolean enabled;
    private final MembershipMessages messages;
    private final IgmpSnooper igmp;
    private final MldSnooper mld;
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    private PortTable configured = PortTable.EMPTY;
    private final PortSet alwaysRouters = new PortSet();
    private final PortSet neverRouters = new PortSet();

    public SnoopingStage(CurrentPorts ports, MulticastTable groups, SwitchSettings settings) {
        this.ports = ports;
        this.groups = groups;
        this.enabled = settings.snooping();
        this.messages = new MembershipMessages(groups);
        this.igmp = new IgmpSnooper(messages);
        this.mld = new MldSnooper(messages);
    }

    @Override
    public String name() {
        return "multicast-snooping";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of();
    }

    @Override
    public void process(PacketBatch batch) {
        if (!enabled) {
            return;
        }
        groups.expire(batch.nowNs());
        if (ports.table() != configured) {
            configure(ports.table());
        }
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && GroupAddresses.isGroup(batch.destinationMac(i))) {
                snoop(batch, i);
            }
        }
    }

    private void configure(PortTable table) {
        configured = table;
        alwaysRouters.clear();
        neverRouters.clear();
        for (int i = 0; i < table.entries().size(); i++) {
            PortTable.Entry entry = table.entries().get(i);
            MulticastRouter mode = entry.settings().bridge().multicastRouter();
            if (mode == MulticastRouter.ALWAYS) {
                alwaysRouters.add(entry.number());
            } else if (mode == MulticastRouter.NEVER) {
                neverRouters.add(entry.number());
            }
        }
    }

    private void snoop(PacketBatch batch, int i) {
        long destination = batch.destinationMac(i);
        batch.wrap(i, frame);
        if (batch.is(i, PacketBatch.IS_IPV4) && (destination & MAC_PREFIX_4_MASK) == MAC_PREFIX_4) {
            snoop4(batch, i);
        } else if (batch.is(i, PacketBatch.IS_IPV6) && (destination & MAC_PREFIX_6_MASK) == MAC_PREFIX_6) {
            snoop6(batch, i);
        }
    }

    private void snoop4(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        int group = frame.getInt(network + 16, BIG_ENDIAN);
        if (!InternetAddresses.isMulticast4(group)) {
            return;
        }
        messages.begin(batch, i, MulticastTable.IPV4, configured, neverRouters);
        if (message4(batch, i, network, group) == MembershipMessages.REPORT) {
            toRouters(batch, i, MulticastTable.IPV4);
        } else if (!InternetAddresses.isLinkLocalGroup4(group)) {
            toMembers(batch, i, MulticastTable.IPV4, InternetAddresses.IPV4_HIGH, InternetAddresses.ipv4Low(group));
        }
    }

    private void snoop6(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        long high = frame.getLong(network + 24, BIG_ENDIAN);
        if (!InternetAddresses.isMulticast6(high)) {
            return;
        }
        messages.begin(batch, i, MulticastTable.IPV6, configured, neverRouters);
        if (message6(batch, i, network) == MembershipMessages.REPORT) {
            toRouters(batch, i, MulticastTable.IPV6);
        } else if (!InternetAddresses.isLinkLocalGroup6(high)) {
            toMembers(batch, i, MulticastTable.IPV6, high, frame.getLong(network + 32, BIG_ENDIAN));
        }
    }

    private int message4(PacketBatch batch, int i, int network, int group) {
        int length = messageLength(batch, i, network);
        int at = batch.transportOffset(i);
        if (length > 0 && batch.is(i, PacketBatch.IS_GROUP_MEMBERSHIP)) {
            return igmp.read(frame, network, at, length);
        }
        // Transport offset 0 where the parse stage knows no transport header: PIM follows the IPv4 header.
        int pim = network + (frame.getByte(network) & 0xF) * 4;
        if (batch.ipProtocol(i) == PIM
                && group == ALL_PIM_ROUTERS
                && pim < batch.length(i)
                && frame.getByte(pim) == PIM_HELLO) {
            messages.router();
        }
        return MembershipMessages.OTHER;
    }

    private int message6(PacketBatch batch, int i, int network) {
        int length = messageLength(batch, i, network);
        boolean membership = length > 0 && batch.is(i, PacketBatch.IS_GROUP_MEMBERSHIP);
        return membership ? mld.read(frame, network, batch.transportOffset(i), length) : MembershipMessages.OTHER;
    }

    /** Bytes from the transport header to the packet's end; 0 for fragments and where there is no such header. */
    private static int messageLength(PacketBatch batch, int i, int network) {
        int at = batch.transportOffset(i);
        int end = Math.min(network + batch.packetLength(i), batch.length(i));
        return at <= network || batch.is(i, PacketBatch.IS_FRAGMENT) ? 0 : end - at;
    }

    private void toRouters(PacketBatch batch, int i, int family) {
        PortSet set = batch.egressSet(i).clear();
        addRouters(set, family);
        if (!set.retainAll(configured.vlanMembers(batch.vlan(i))).isEmpty()) {
            batch.egressPort(i, PacketBatch.EGRESS_SET);
        }
    }

    private void toMembers(PacketBatch batch, int i, int family, long high, long low) {
        int vlan = batch.vlan(i);
        if (!groups.querierHeard(vlan, family, batch.nowNs()) || groups.saturated(batch.nowNs())) {
            return;
        }
        PortSet set = batch.egressSet(i).clear();
        int group = groups.find(vlan, high, low);
        if (group != MulticastTable.NO_GROUP) {
            set.addAll(groups.members(group));
        }
        addRouters(set, family);
        batch.egressPort(i, PacketBatch.EGRESS_SET);
    }

    /** Adds the router ports that the set may have; members that are no routers stay. */
    private void addRouters(PortSet set, int family) {
        PortSet heard = groups.routers(family);
        for (int port = heard.next(0); port >= 0; port = heard.next(port + 1)) {
            // A router may have been heard before the operator said that there can be none.
            if (!neverRouters.contains(port)) {
                set.add(port);
            }
        }
        set.addAll(alwaysRouters);
    }
}
