package io.weir.control.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.weir.control.audit.Names;
import io.weir.control.audit.RuleName;
import io.weir.datapath.policy.Identity;
import io.weir.datapath.worker.PortStatus;

/**
 * Names of ports by the switch, of identities and rules by the policy in force. The name of a port that is gone stays until
 * its number is given to another.
 *
 * <p>Threading: any thread; guarded by its own lock.
 */
public final class SwitchNames implements Names {
    private static final long PORTS_AGE_NS = 1_000_000_000;

    private final Supplier<List<PortStatus>> ports;
    private final IntFunction<@Nullable String> identities;
    private final IntFunction<@Nullable RuleName> rules;
    private final UnaryOperator<String> contexts;
    private final Map<Integer, String> portNames = new HashMap<>();
    private long portsReadNs;

    /**
     * @param ports the switch's ports
     * @param identities id of a component by its number, null when the policy knows none
     * @param rules name of a rule by its number, null when the policy knows none
     * @param contexts security context of a component by its id, empty for none
     */
    public SwitchNames(
            Supplier<List<PortStatus>> ports,
            IntFunction<@Nullable String> identities,
            IntFunction<@Nullable RuleName> rules,
            UnaryOperator<String> contexts) {
        this.ports = ports;
        this.identities = identities;
        this.rules = rules;
        this.contexts = contexts;
    }

    @Override
    public String identity(int identity) {
        String name = identities.apply(identity);
        if (name != null) {
            return name;
        }
        return switch (identity) {
            case Identity.NONE -> "";
            case Identity.HOST -> "reserved.host";
            case Identity.WORLD -> "reserved.world";
            case Identity.UNKNOWN -> "reserved.unknown";
            default -> "identity-" + Integer.toUnsignedString(identity);
        };
    }

    @Override
    public String context(String component) {
        return contexts.apply(component);
    }

    @Override
    public RuleName rule(int rule) {
        if (rule == 0) {
            return RuleName.NONE;
        }
        RuleName name = rules.apply(rule);
        return name == null ? new RuleName("removed", "rule-" + Integer.toUnsignedString(rule), "") : name;
    }

    @Override
    public synchronized String port(int number) {
        long nowNs = System.nanoTime();
        if (!portNames.containsKey(number) || nowNs - portsReadNs > PORTS_AGE_NS) {
            portsReadNs = nowNs;
            ports.get()
                    .forEach(
                            port -> portNames.put(port.number(), port.settings().name()));
            portNames.putIfAbsent(number, "port-" + number);
        }
        return portNames.getOrDefault(number, "");
    }
}
