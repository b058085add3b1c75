package io.weir.control.audit;

import java.time.Instant;

/**
 * What happened to a grant.
 *
 * @param time when
 * @param kind what
 * @param author who did, empty when it ended by itself
 * @param grant its id
 * @param reason why it was given, as its document says
 * @param expires when it ends or ended
 */
public record GrantEntry(Instant time, Kind kind, String author, String grant, String reason, Instant expires) {
    /** What happened. */
    public enum Kind {
        CREATED,
        EXPIRED,
        REVOKED
    }
}
