package io.weir.control.audit;

import java.time.Instant;

/**
 * A component was put into quarantine or let out.
 *
 * @param time when
 * @param component its id
 * @param begun whether it began; otherwise it ended
 * @param author who did, empty when too many violations did
 * @param detail one line for people: how many violations in which time
 */
public record QuarantineEntry(Instant time, String component, boolean begun, String author, String detail) {}
