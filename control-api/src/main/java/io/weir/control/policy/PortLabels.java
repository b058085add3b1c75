package io.weir.control.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.weir.datapath.port.PortSettings;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.LevelRange;

/**
 * Which levels may pass each port, for the policy: it has them before a port passes anything.
 *
 * <p>Threading: guarded by its own lock.
 */
public final class PortLabels {
    private final PolicyEngine engine;
    private final Map<String, LevelRange> peers;

    /** @param peers ranges of peers that have one, by their names */
    public PortLabels(PolicyEngine engine, Map<String, LevelRange> peers) {
        this.engine = engine;
        this.peers = Map.copyOf(peers);
    }

    /** The ranges of those ports that have one; an esp port has that of its peer. */
    public static Map<String, LevelRange> of(List<PortSettings> ports, Map<String, LevelRange> peers) {
        Map<String, LevelRange> ranges = new HashMap<>();
        ports.forEach(port -> range(port, peers).ifPresent(range -> ranges.put(port.name(), range)));
        return ranges;
    }

    private static Optional<LevelRange> range(PortSettings port, Map<String, LevelRange> peers) {
        if (port.type() == PortSettings.Type.ESP) {
            return Optional.ofNullable(peers.get(port.device()));
        }
        String label = port.policy().label();
        return label.isEmpty() ? Optional.empty() : Optional.of(LevelRange.parse(label));
    }

    /** Puts the port's range in force, then the port; when the latter fails, the ranges are as before. */
    public synchronized <T> T change(PortSettings port, Supplier<T> change) {
        LabelSettings before = engine.labels();
        engine.labels(with(before, port.name(), range(port, peers)));
        boolean done = false;
        try {
            T result = change.get();
            done = true;
            return result;
        } finally {
            if (!done) {
                engine.labels(before);
            }
        }
    }

    /** Removes the port, then its range. */
    public synchronized void remove(String port, Runnable removal) {
        removal.run();
        engine.labels(with(engine.labels(), port, Optional.empty()));
    }

    private static LabelSettings with(LabelSettings labels, String port, Optional<LevelRange> range) {
        Map<String, LevelRange> ranges = new HashMap<>(labels.ports());
        ranges.remove(port);
        range.ifPresent(known -> ranges.put(port, known));
        return new LabelSettings(labels.domain(), ranges);
    }
}
