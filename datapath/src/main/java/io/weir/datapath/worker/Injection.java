package io.weir.datapath.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import io.weir.datapath.port.PortException;
import io.weir.datapath.replay.Feeder;
import io.weir.datapath.replay.FrameRing;

/**
 * Frames of a file that arrive on a port beside those of its device.
 *
 * <p>Threading: the caller's thread feeds; the worker that owns the port receives.
 */
final class Injection {
    private static final long DRAIN_PAUSE_NS = 100_000;

    private final Workers workers;
    private final int port;
    private final int worker;

    Injection(Workers workers, int port, int worker) {
        this.workers = workers;
        this.port = port;
        this.worker = worker;
    }

    /** Feeds all frames and waits until the worker has taken them; returns how many. */
    long run(Path file) {
        FrameRing ring = new FrameRing();
        Feeder feeder = new Feeder(file, ring);
        workers.on(worker, target -> {
            target.addReceiver(port, ring);
            return true;
        });
        try {
            feeder.run();
            while (!ring.isDrained() && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(DRAIN_PAUSE_NS);
            }
        } finally {
            workers.on(worker, target -> target.removeReceiver(ring));
            ring.close();
        }
        IOException failure = feeder.failure();
        if (failure != null) {
            throw new PortException(
                    "replay stopped after " + feeder.fed() + " frames: " + failure.getMessage(),
                    "give a whole pcap or pcapng file of Ethernet frames");
        }
        return feeder.fed();
    }
}
