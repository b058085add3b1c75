package io.weir.control.audit;

import java.time.Instant;

/**
 * A change that an operator or a controller made, or that happened by itself (an unconfirmed revision going back).
 *
 * @param time when it took effect
 * @param kind what was changed
 * @param author who did, as authenticated
 * @param subject what it concerns: a port, a component, empty for the whole host
 * @param revision revision in force afterwards, 0 when none is
 * @param epoch epoch in force afterwards, 0 when none is
 * @param detail one line for people: digest, reason, old and new value
 */
public record ChangeEntry(
        Instant time, Kind kind, String author, String subject, int revision, int epoch, String detail) {
    /** What was changed. */
    public enum Kind {
        /** A new revision took effect. */
        REVISION,
        /** A new revision with old content took effect. */
        ROLLBACK,
        /** A revision was confirmed. */
        CONFIRMED,
        /** Host, port, component or rule went from one of off, audit, enforce to another. */
        MODE,
        /** A port was added, changed or removed. */
        PORT,
        /** Sessions were ended by hand. */
        SESSIONS_FLUSHED,
        /** A security association was added or removed, or its lifetime is over or nearly so; the subject is the peer. */
        SA,
        /** A tunnel came up or went down; the subject is the peer. */
        TUNNEL
    }
}
