package io.weir.control.grant;

import java.time.Instant;

import io.weir.control.clock.Deadline;
import io.weir.control.repository.StoredDocument;

/**
 * One grant and what became of it.
 *
 * @param document what it allows
 * @param reason why it was given
 * @param author who gave it
 * @param created wall-clock time at which it was given
 * @param expires when it ends by itself
 * @param state whether it still stands
 * @param ended wall-clock time at which it ended; {@link Instant#EPOCH} while it stands
 * @param endedBy who revoked it, empty otherwise
 */
public record GrantEntry(
        StoredDocument document,
        String reason,
        String author,
        Instant created,
        Deadline expires,
        State state,
        Instant ended,
        String endedBy) {
    /** Whether a grant still stands. */
    public enum State {
        ACTIVE,
        EXPIRED,
        REVOKED
    }

    public String id() {
        return document.id();
    }

    public boolean active() {
        return state == State.ACTIVE;
    }

    GrantEntry end(State how, Instant when, String who) {
        return new GrantEntry(document, reason, author, created, expires, how, when, who);
    }

    GrantEntry expiring(Deadline when) {
        return new GrantEntry(document, reason, author, created, when, state, ended, endedBy);
    }
}
