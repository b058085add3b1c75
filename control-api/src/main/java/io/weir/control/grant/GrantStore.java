package io.weir.control.grant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.weir.control.clock.Deadline;
import io.weir.control.clock.DurableClock;
import io.weir.control.repository.RecordText;
import io.weir.control.repository.Repository;
import io.weir.control.repository.StoredDocument;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;

/**
 * The grants of this host, in records {@code grant/ID}. They are no part of a revision: a rollback neither revives nor ends
 * one. What ended stays listed, the latest {@link #ENDED_KEPT} of it.
 *
 * <p>Each method has written what it changes before it returns.
 *
 * <p>Threading: guarded by its own lock.
 */
public final class GrantStore {
    /** Grants listed after their end. */
    public static final int ENDED_KEPT = 1_000;

    private static final String PREFIX = "grant/";
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Repository repository;
    private final DurableClock clock;
    private final int endedKept;
    private final TreeMap<String, GrantEntry> grants = new TreeMap<>();

    /** Takes over what a former process left; what ended meanwhile is expired by the next {@link #expire}. */
    public GrantStore(Repository repository, DurableClock clock) {
        this(repository, clock, ENDED_KEPT);
    }

    GrantStore(Repository repository, DurableClock clock, int endedKept) {
        this.repository = repository;
        this.clock = clock;
        this.endedKept = endedKept;
        repository.records(PREFIX).values().stream().map(GrantStore::entry).forEach(this::restore);
    }

    private void restore(GrantEntry stored) {
        Deadline expires = clock.restore(stored.expires());
        GrantEntry entry = stored.expiring(expires);
        grants.put(entry.id(), entry);
        if (entry.active() && !expires.equals(stored.expires())) {
            repository.put(PREFIX + entry.id(), text(entry));
        }
    }

    /**
     * A grant that begins now; it stands once it is {@link #keep kept}.
     *
     * @throws IllegalArgumentException when the id was used before
     */
    public synchronized GrantEntry propose(StoredDocument document, String reason, int ttlSeconds, String author) {
        if (grants.containsKey(document.id())) {
            throw new IllegalArgumentException("grant id was used before: was " + document.id()
                    + "; choose another one, weir grant list shows those taken");
        }
        Deadline expires = clock.after(ttlSeconds * NS_PER_SECOND);
        return new GrantEntry(
                document, reason, author, clock.now(), expires, GrantEntry.State.ACTIVE, Instant.EPOCH, "");
    }

    /** Keeps a proposed grant. */
    public synchronized void keep(GrantEntry entry) {
        replace(entry);
        clock.heartbeat();
    }

    private void replace(GrantEntry entry) {
        repository.put(PREFIX + entry.id(), text(entry));
        grants.put(entry.id(), entry);
    }

    /** The grant as it ends when it is revoked now; empty when none stands under the id. Stands until it is kept. */
    public synchronized Optional<GrantEntry> revoke(String id, String author) {
        return Optional.ofNullable(grants.get(id))
                .filter(GrantEntry::active)
                .map(entry -> entry.end(GrantEntry.State.REVOKED, clock.now(), author))
                .map(entry -> {
                    replace(entry);
                    return entry;
                });
    }

    /** Ends every grant whose time is over, and returns those. */
    public synchronized List<GrantEntry> expire() {
        List<GrantEntry> expired = active().stream()
                .filter(entry -> clock.over(entry.expires()))
                .map(entry -> entry.end(GrantEntry.State.EXPIRED, clock.now(), ""))
                .toList();
        expired.forEach(this::replace);
        forgetOldest();
        return expired;
    }

    private void forgetOldest() {
        List<GrantEntry> ended = grants.values().stream()
                .filter(entry -> !entry.active())
                .sorted(Comparator.comparing(GrantEntry::ended))
                .toList();
        for (GrantEntry entry : ended.subList(0, Math.max(0, ended.size() - endedKept))) {
            repository.remove(PREFIX + entry.id());
            grants.remove(entry.id());
        }
    }

    /** The grants that stand, by id. */
    public synchronized List<GrantEntry> active() {
        return grants.values().stream().filter(GrantEntry::active).toList();
    }

    /** All grants that are known, by id. */
    public synchronized List<GrantEntry> list() {
        return new ArrayList<>(grants.values());
    }

    private static String text(GrantEntry entry) {
        Map<String, String> fields = new HashMap<>();
        fields.put("id", entry.id());
        fields.put("text", entry.document().text());
        fields.put("source", entry.document().origin().source());
        fields.put("reason", entry.reason());
        fields.put("author", entry.author());
        fields.put("created", entry.created().toString());
        fields.put("bootId", entry.expires().bootId());
        fields.put("beganNs", Long.toString(entry.expires().beganNs()));
        fields.put("expiresNs", Long.toString(entry.expires().atNs()));
        fields.put("expires", entry.expires().wall().toString());
        fields.put("state", entry.state().name());
        fields.put("ended", entry.ended().toString());
        fields.put("endedBy", entry.endedBy());
        return RecordText.of(fields);
    }

    private static GrantEntry entry(String text) {
        Map<String, String> fields = RecordText.read(text);
        Origin origin = new Origin(RecordText.text(fields, "source"), Map.of());
        return new GrantEntry(
                new StoredDocument(Kind.GRANT, RecordText.text(fields, "id"), RecordText.text(fields, "text"), origin),
                RecordText.text(fields, "reason"),
                RecordText.text(fields, "author"),
                Instant.parse(RecordText.text(fields, "created")),
                new Deadline(
                        RecordText.text(fields, "bootId"),
                        RecordText.number(fields, "beganNs"),
                        RecordText.number(fields, "expiresNs"),
                        Instant.parse(RecordText.text(fields, "expires"))),
                GrantEntry.State.valueOf(RecordText.text(fields, "state")),
                Instant.parse(RecordText.text(fields, "ended")),
                RecordText.text(fields, "endedBy"));
    }
}
