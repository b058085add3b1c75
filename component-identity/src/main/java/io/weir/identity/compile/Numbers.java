package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.weir.datapath.policy.Identity;
import io.weir.datapath.policy.Limits;
import io.weir.identity.component.Kind;
import io.weir.identity.evaluate.LabelTable;
import io.weir.identity.label.LevelRange;

/**
 * Numbers for what documents name. A name keeps its number for as long as the process lives, and no number is given twice, so that
 * sessions, counters and records of earlier epochs mean the same.
 *
 * <p>Threading: the compiler's; {@link #identities} and {@link #ports} may be read by any thread.
 */
final class Numbers {
    static final List<String> RESERVED = List.of("reserved.host", "reserved.world", "reserved.unknown");

    private final Map<String, Integer> identities = new ConcurrentHashMap<>();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final List<String> portNames = new ArrayList<>(List.of(""));
    private final Map<RuleKey, Integer> rules = new HashMap<>();
    private final Map<ScopeKey, Integer> scopes = new HashMap<>();
    private final Map<Limits, Integer> limitNumbers = new HashMap<>();
    private final List<Limits> limits = new ArrayList<>(List.of(new Limits(0, 0, 0, 0, 0, null)));
    private final Map<LevelRange, Integer> rangeNumbers = new HashMap<>(Map.of(LevelRange.ALL, LabelTable.ALL));
    private final List<LevelRange> ranges = new ArrayList<>(List.of(LevelRange.ALL));
    private int nextIdentity = Identity.FIRST_COMPONENT;

    private record RuleKey(Kind kind, String owner, String rule, boolean egress) {}

    /** Of a component the rule is empty, and the direction matters; of a rule it does not. */
    private record ScopeKey(Kind kind, String owner, String rule, boolean egress) {}

    Numbers() {
        for (int i = 0; i < RESERVED.size(); i++) {
            identities.put(RESERVED.get(i), Identity.HOST + i);
        }
    }

    /** The same numbers, which from now on are given apart from these. */
    Numbers copy() {
        Numbers copy = new Numbers();
        copy.identities.putAll(identities);
        copy.ports.putAll(ports);
        copy.portNames.addAll(portNames.subList(1, portNames.size()));
        copy.rules.putAll(rules);
        copy.scopes.putAll(scopes);
        copy.limitNumbers.putAll(limitNumbers);
        copy.limits.addAll(limits.subList(1, limits.size()));
        copy.rangeNumbers.putAll(rangeNumbers);
        copy.ranges.addAll(ranges.subList(1, ranges.size()));
        copy.nextIdentity = nextIdentity;
        return copy;
    }

    int identity(String component) {
        Integer known = identities.get(component);
        return known != null ? known : identities.computeIfAbsent(component, name -> nextIdentity++);
    }

    Map<String, Integer> identities() {
        return identities;
    }

    int identityCount() {
        return nextIdentity;
    }

    int port(String name) {
        return ports.computeIfAbsent(name, at -> {
            portNames.add(at);
            return portNames.size() - 1;
        });
    }

    Map<String, Integer> ports() {
        return ports;
    }

    String[] portNames() {
        return portNames.toArray(String[]::new);
    }

    int portCount() {
        return portNames.size();
    }

    int rule(Kind kind, String owner, String rule, boolean egress) {
        return rules.computeIfAbsent(new RuleKey(kind, owner, rule, egress), at -> rules.size() + 1);
    }

    int ruleCount() {
        return rules.size() + 1;
    }

    /** Scope of a rule's limits, whichever side it stands on. */
    int ruleScope(Kind kind, String owner, String rule, boolean ofIngressList) {
        return scope(new ScopeKey(kind, owner, rule, ofIngressList));
    }

    int componentScope(String component, boolean egress) {
        return scope(new ScopeKey(Kind.COMPONENT, component, "", egress));
    }

    private int scope(ScopeKey key) {
        return scopes.computeIfAbsent(key, at -> scopes.size() + 1);
    }

    /** Number of the limits, 0 when they are none. */
    int limits(Limits own) {
        boolean none = own.newConnectionsPerSecond() == 0
                && own.connections() == 0
                && own.bitsPerSecond() == 0
                && own.packetsPerSecond() == 0;
        return none
                ? 0
                : limitNumbers.computeIfAbsent(own, at -> {
                    limits.add(at);
                    return limits.size() - 1;
                });
    }

    int range(LevelRange range) {
        return rangeNumbers.computeIfAbsent(range, at -> {
            ranges.add(at);
            return ranges.size() - 1;
        });
    }

    /** By number. */
    List<LevelRange> ranges() {
        return List.copyOf(ranges);
    }

    Limits[] limits() {
        return limits.toArray(Limits[]::new);
    }
}
