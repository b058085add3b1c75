/**
 * Time that outlives the process: deadlines on the monotonic clock, carried over restarts and reboots.
 *
 * <p>Threading: values are immutable; {@link io.weir.control.clock.DurableClock} says its own.
 */
@NullMarked
package io.weir.control.clock;

import org.jspecify.annotations.NullMarked;
