package io.weir.control.policy;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls {@link PolicyEngine#tick} several times a second, on a thread of its own.
 *
 * <p>Threading: closed by any thread.
 */
public final class PolicyTimer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyTimer.class);
    private static final long PERIOD_MS = 200;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("weir-policy").factory());

    /** Begins to tick. */
    public PolicyTimer(PolicyEngine engine) {
        ScheduledFuture<?> _ =
                timer.scheduleWithFixedDelay(() -> tick(engine), PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    /** A failure must not end the timer: what was due is due at the next tick. */
    private static void tick(PolicyEngine engine) {
        try {
            engine.tick();
        } catch (RuntimeException failed) {
            LOG.error("the policy's timer failed", failed);
        }
    }

    @Override
    public void close() {
        timer.close();
    }
}
