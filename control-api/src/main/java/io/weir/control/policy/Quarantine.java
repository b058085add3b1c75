package io.weir.control.policy;

import java.time.Instant;

/**
 * A component whose every flow is dropped.
 *
 * @param component its id
 * @param since wall-clock time
 * @param author who put it there, empty when too many violations did
 * @param reason one line
 */
public record Quarantine(String component, Instant since, String author, String reason) {}
