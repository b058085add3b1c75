package io.weir.control.clock;

import java.time.Instant;

/**
 * The host's clocks.
 *
 * <p>Threading: any thread.
 */
public interface HostClock {
    /** Monotonic time in ns: never steps, goes on over restarts of the process, begins anew with the machine. */
    long nowNs();

    /** Wall-clock time, which operators and time servers may step either way. */
    Instant now();

    /** Differs from boot to boot: values of {@link #nowNs} under two ids have nothing to do with each other. */
    String bootId();
}
