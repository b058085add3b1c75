package io.weir.datapath.worker;

import org.agrona.concurrent.IdleStrategy;

import io.weir.datapath.port.SwitchSettings.Idle;

/**
 * What a worker does in a duty cycle that found nothing: sleep in the kernel, spin a while first, or spin on.
 *
 * <p>Threading: called by the worker.
 */
final class WorkerIdle implements IdleStrategy {
    /** Longest sleep: how late an idle worker ages tables and lifts blocks. */
    static final int MAX_SLEEP_MS = 100;

    // About 50 us at the cost of one empty poll of a few ports; then another millisecond of spinning would buy little.
    private static final int BACKOFF_SPINS = 100;

    private final Idle mode;
    private final Worker worker;
    private int spins;

    WorkerIdle(Idle mode, Worker worker) {
        this.mode = mode;
        this.worker = worker;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            spins = 0;
            return;
        }
        idle();
    }

    @Override
    public void idle() {
        if (mode == Idle.SPIN || (mode == Idle.BACKOFF && spins++ < BACKOFF_SPINS)) {
            Thread.onSpinWait();
            return;
        }
        worker.sleep(MAX_SLEEP_MS);
    }

    @Override
    public void reset() {
        spins = 0;
    }
}
