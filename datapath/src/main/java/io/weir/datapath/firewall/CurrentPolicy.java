package io.weir.datapath.firewall;

import java.util.Arrays;

import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;

/**
 * A worker's hold on the published {@link Policy}, and what it means for the ports of the {@link PortTable}: taken once per
 * duty cycle, the same for all stages of a batch, so that a batch is judged by exactly one epoch.
 *
 * <p>Threading: written and read by one worker.
 */
public final class CurrentPolicy {
    private static final int NONE = -1;

    private @Nullable Policy policy;
    private PortTable table = PortTable.EMPTY;
    private boolean active;
    private int settingsVersion;

    // By the switch's port number.
    private final int[] ids = new int[PortSet.MAX_PORTS];
    private final PortRole[] roles = new PortRole[PortSet.MAX_PORTS];
    private final PolicyMode[] modes = new PolicyMode[PortSet.MAX_PORTS];
    private final PolicySettings.Dhcp[] dhcp = new PolicySettings.Dhcp[PortSet.MAX_PORTS];
    private final PortSet judged = new PortSet();
    private final PortSet enforced = new PortSet();
    private final PortSet routers = new PortSet();
    private final PortSet tunnels = new PortSet();
    private int unprovenLevel;
    // The policy's number of a port to the switch's.
    private final Int2IntHashMap numbers = new Int2IntHashMap(NONE);

    public CurrentPolicy() {
        Arrays.fill(roles, PortRole.VM);
        Arrays.fill(modes, PolicyMode.OFF);
        Arrays.fill(dhcp, PolicySettings.Dhcp.NONE);
    }

    /** Takes policy and ports for the duty cycle that begins; null while no policy was ever published. */
    @SuppressWarnings("ReferenceEquality") // what is published is immutable, and to compare it would cost
    public void take(@Nullable Policy published, PortTable ports) {
        if (published != policy || ports != table) {
            policy = published;
            table = ports;
            recompute();
        }
    }

    /** Not for every packet: when an operator or a document changed something. */
    private void recompute() {
        boolean changed = false;
        active = false;
        judged.clear();
        enforced.clear();
        routers.clear();
        tunnels.clear();
        unprovenLevel = policy == null ? 0 : policy.unprovenLevel();
        numbers.clear();
        for (int number = 0; number < PortSet.MAX_PORTS; number++) {
            PortTable.Entry entry = table.entry(number);
            PolicySettings settings =
                    entry == null ? PolicySettings.OFF : entry.settings().policy();
            changed |= settings.role() != roles[number] || settings.mode() != modes[number];
            roles[number] = settings.role();
            modes[number] = settings.mode();
            dhcp[number] = settings.dhcp();
            if (entry != null) {
                enter(number, entry.settings().name(), settings);
                if (entry.settings().type() == PortSettings.Type.ESP) {
                    tunnels.add(number);
                }
            } else {
                ids[number] = FlowKey.NO_PORT;
            }
        }
        settingsVersion += changed ? 1 : 0;
    }

    private void enter(int number, String name, PolicySettings settings) {
        Policy current = policy;
        ids[number] = current == null ? FlowKey.NO_PORT : current.portId(name);
        if (ids[number] != FlowKey.NO_PORT) {
            numbers.put(ids[number], number);
        }
        if (settings.mode() != PolicyMode.OFF) {
            judged.add(number);
            active = true;
        }
        if (settings.mode() == PolicyMode.ENFORCE) {
            enforced.add(number);
        }
        if (settings.router() || settings.role() == PortRole.UPLINK) {
            routers.add(number);
        }
    }

    /** The epoch that judges the batch under way, null while there is none. */
    public @Nullable Policy policy() {
        return policy;
    }

    /** Whether any port is under policy at all. */
    public boolean active() {
        return active;
    }

    /** Counts changes of a port's role or mode, under which sessions were judged. */
    public int settingsVersion() {
        return settingsVersion;
    }

    /** Whether there is a port of that number. */
    boolean present(int port) {
        return table.has(port, PortTable.PRESENT);
    }

    /** Whether the port is under policy, in audit mode or enforced. */
    public boolean judged(int port) {
        return judged.contains(port);
    }

    /** Whether denials of the port's side are enforced. */
    public boolean enforced(int port) {
        return enforced.contains(port);
    }

    /** Whether what would be denied on the port's side is recorded only. */
    public boolean audited(int port) {
        return judged.contains(port) && !enforced.contains(port);
    }

    /** Whether the port may send router advertisements and redirects, and on behalf of others. */
    public boolean router(int port) {
        return routers.contains(port);
    }

    /** What of DHCP the port may speak. */
    public PolicySettings.Dhcp dhcp(int port) {
        return dhcp[port];
    }

    /** Level of what the port brings when it proves none; 0 where its sender tells that. */
    int unprovenLevel(int port) {
        return tunnels.contains(port) ? unprovenLevel : 0;
    }

    public PortRole role(int port) {
        return roles[port];
    }

    /** The switch's number of the port that the policy knows by that number, or -1. */
    public int portNumber(int policyId) {
        return numbers.get(policyId);
    }

    /** Writes the port into a key as the one the flow enters by. */
    public void ingress(FlowKey key, int port) {
        key.ingress(ids[port], roles[port], modes[port]).fromRouter(routers.contains(port));
    }

    /** Writes the port into a key as the one the flow leaves by. */
    public void egress(FlowKey key, int port) {
        key.egress(ids[port], roles[port], modes[port]);
    }
}
