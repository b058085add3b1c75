package io.weir.control.clock;

import java.time.Instant;

/**
 * When something ends.
 *
 * @param bootId of the boot whose monotonic clock counts
 * @param beganNs monotonic time at which it was set
 * @param atNs monotonic time at which it is over
 * @param wall what the wall clock should show then: for people, and for the case that the machine boots anew meanwhile
 */
public record Deadline(String bootId, long beganNs, long atNs, Instant wall) {}
