package io.weir.control.policy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import io.weir.control.clock.Deadline;
import io.weir.control.clock.DurableClock;
import io.weir.control.repository.RecordText;
import io.weir.control.repository.Repository;

/**
 * A revision that is rolled back unless somebody confirms it in time.
 *
 * @param revision the revision
 * @param deadline when its time is over
 */
record Confirmation(int revision, Deadline deadline) {
    private static final String RECORD = "confirm";

    /** What a former process left; a record without its revision is of one that died before it appended. */
    static Optional<Confirmation> restore(Repository repository, DurableClock clock) {
        return repository
                .record(RECORD)
                .map(RecordText::read)
                .map(fields -> new Confirmation(
                        (int) RecordText.number(fields, "revision"),
                        clock.restore(new Deadline(
                                RecordText.text(fields, "bootId"),
                                RecordText.number(fields, "beganNs"),
                                RecordText.number(fields, "atNs"),
                                Instant.parse(RecordText.text(fields, "wall"))))))
                .filter(waiting -> waiting.revision == repository.head());
    }

    /** To be called before the revision is appended: a revision that nobody guards must not be. */
    void keep(Repository repository) {
        repository.put(
                RECORD,
                RecordText.of(Map.of(
                        "revision", Integer.toString(revision),
                        "bootId", deadline.bootId(),
                        "beganNs", Long.toString(deadline.beganNs()),
                        "atNs", Long.toString(deadline.atNs()),
                        "wall", deadline.wall().toString())));
    }

    static void forget(Repository repository) {
        repository.remove(RECORD);
    }
}
