package io.weir.control.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.weir.control.clock.Deadline;
import io.weir.control.clock.DurableClock;
import io.weir.control.repository.RecordText;
import io.weir.control.repository.Repository;

/**
 * When the audit of components and tiers ends, in records {@code mode/TARGET}; a rule's end stands in its document.
 *
 * <p>Threading: guarded by the control lock.
 */
final class ModeExpiries {
    private static final String PREFIX = "mode/";

    private final Repository repository;
    private final DurableClock clock;
    private final TreeMap<String, Deadline> deadlines = new TreeMap<>();

    ModeExpiries(Repository repository, DurableClock clock) {
        this.repository = repository;
        this.clock = clock;
        repository
                .records(PREFIX)
                .forEach((name, text) -> deadlines.put(name.substring(PREFIX.length()), clock.restore(read(text))));
    }

    private static Deadline read(String text) {
        Map<String, String> fields = RecordText.read(text);
        return new Deadline(
                RecordText.text(fields, "bootId"),
                RecordText.number(fields, "beganNs"),
                RecordText.number(fields, "atNs"),
                Instant.parse(RecordText.text(fields, "wall")));
    }

    Optional<Deadline> get(String target) {
        return Optional.ofNullable(deadlines.get(target));
    }

    void put(String target, Deadline deadline) {
        repository.put(
                PREFIX + target,
                RecordText.of(Map.of(
                        "bootId", deadline.bootId(),
                        "beganNs", Long.toString(deadline.beganNs()),
                        "atNs", Long.toString(deadline.atNs()),
                        "wall", deadline.wall().toString())));
        deadlines.put(target, deadline);
    }

    void remove(String target) {
        repository.remove(PREFIX + target);
        deadlines.remove(target);
    }

    boolean isEmpty() {
        return deadlines.isEmpty();
    }

    /** Targets whose time is over. */
    List<String> over() {
        return deadlines.entrySet().stream()
                .filter(entry -> clock.over(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
