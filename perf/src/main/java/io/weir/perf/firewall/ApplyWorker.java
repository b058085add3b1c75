package io.weir.perf.firewall;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.session.SessionFields;

/**
 * Plays the worker: takes the published policy once a batch, runs batches without pause, goes round the sessions every few milliseconds,
 * and looks at every batch for frames that were lost or judged by another epoch than the batch's.
 *
 * <p>Threading: {@link #run} belongs to the thread it plays; the rest to one other.
 */
final class ApplyWorker implements Runnable, AutoCloseable {
    private static final long HOUSEKEEPING_NS = 4_000_000;
    private static final int SWEEP_SESSIONS = 4_096;
    private static final long PATIENCE_NS = 10_000_000_000L;

    private final FirewallPipeline pipeline;
    private final SessionTraffic traffic;
    private volatile @Nullable Policy published;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    // Written by the worker; the volatile epoch last.
    private long firstNs;
    private volatile int epoch;
    private volatile long lost;
    private volatile long mixed;
    private volatile long packets;
    private volatile boolean begun; // all sessions

    ApplyWorker(FirewallPipeline pipeline, SessionTraffic traffic) {
        this.pipeline = pipeline;
        this.traffic = traffic;
    }

    /** As the switch: from now on batches are judged by it. */
    void publish(Policy policy) {
        published = policy;
    }

    /** Waits for the first batch that was judged by the epoch; returns when that was done. */
    long awaitEpoch(int number) {
        await(number);
        return firstNs;
    }

    /** Waits until every session has begun. */
    void awaitSessions() {
        long deadlineNs = System.nanoTime() + 6 * PATIENCE_NS;
        while (!begun) {
            pause(deadlineNs, "all sessions");
        }
    }

    private void await(int number) {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (epoch != number) {
            pause(deadlineNs, "epoch " + number);
        }
    }

    private void pause(long deadlineNs, String what) {
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the worker failed", failed);
        }
        if (System.nanoTime() - deadlineNs > 0) {
            throw new IllegalStateException("the worker does not come to " + what);
        }
        LockSupport.parkNanos(10_000);
    }

    @Override
    public void run() {
        try {
            work();
        } catch (Throwable failed) {
            failure = failed;
        }
    }

    private void work() {
        long nextHousekeepingNs = System.nanoTime();
        long done = 0;
        while (!stopped) {
            Policy policy = published;
            if (policy == null) {
                Thread.onSpinWait();
                continue;
            }
            pipeline.take(policy);
            batch(policy);
            if (policy.epoch() != epoch) {
                firstNs = System.nanoTime();
                epoch = policy.epoch();
            }
            if (!begun && ++done >= traffic.batches()) {
                requireSessions();
                begun = true;
            }
            long nowNs = System.nanoTime();
            if (nowNs - nextHousekeepingNs >= 0) {
                pipeline.sweep(nowNs, SWEEP_SESSIONS);
                nextHousekeepingNs = nowNs + HOUSEKEEPING_NS;
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void batch(Policy policy) {
        long nowNs = System.nanoTime();
        PacketBatch batch = traffic.next(nowNs);
        int forwarded = pipeline.process(batch);
        lost += batch.count() - forwarded;
        mixed += traffic.mixed(batch, pipeline.sessions(), policy.epoch(), SessionFields.ms(nowNs));
        packets += batch.count();
    }

    private void requireSessions() {
        int count = pipeline.sessions().count();
        if (count != traffic.sessions() || lost != 0) {
            throw new IllegalStateException(
                    count + " sessions instead of " + traffic.sessions() + ", " + lost + " packets lost");
        }
    }

    /** Frames so far that were not forwarded, though every epoch allows them. */
    long lost() {
        return lost;
    }

    /** Frames so far whose session was judged by another epoch than their batch. */
    long mixed() {
        return mixed;
    }

    /** Frames so far. */
    long packets() {
        return packets;
    }

    /** Ends {@link #run} soon. */
    @Override
    public void close() {
        stopped = true;
    }
}
