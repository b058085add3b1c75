package io.weir.control.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.weir.control.repository.RecordText;
import io.weir.control.repository.Repository;

/**
 * Components whose every flow is dropped, in records {@code quarantine/ID}: they outlive the process.
 *
 * <p>Threading: guarded by the control lock.
 */
final class Quarantines {
    private static final String PREFIX = "quarantine/";

    private final Repository repository;
    private final TreeMap<String, Quarantine> entries = new TreeMap<>();

    Quarantines(Repository repository) {
        this.repository = repository;
        repository.records(PREFIX).values().stream()
                .map(Quarantines::entry)
                .forEach(entry -> entries.put(entry.component(), entry));
    }

    private static Quarantine entry(String text) {
        Map<String, String> fields = RecordText.read(text);
        return new Quarantine(
                RecordText.text(fields, "component"),
                Instant.parse(RecordText.text(fields, "since")),
                RecordText.text(fields, "author"),
                RecordText.text(fields, "reason"));
    }

    boolean holds(String component) {
        return entries.containsKey(component);
    }

    Set<String> components() {
        return Set.copyOf(entries.keySet());
    }

    List<Quarantine> list() {
        return new ArrayList<>(entries.values());
    }

    void add(Quarantine entry) {
        repository.put(
                PREFIX + entry.component(),
                RecordText.of(Map.of(
                        "component", entry.component(),
                        "since", entry.since().toString(),
                        "author", entry.author(),
                        "reason", entry.reason())));
        entries.put(entry.component(), entry);
    }

    void remove(String component) {
        repository.remove(PREFIX + component);
        entries.remove(component);
    }
}
