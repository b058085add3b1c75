package io.weir.datapath.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;

/**
 * Feeds the frames of a capture file into a ring, as fast as the worker takes them. A frame of which the file holds only a
 * part is left out and counted: half a frame would be judged as a malformed one.
 *
 * <p>Threading: {@link #run} is the feeder thread's; the counts may be asked for by any.
 */
public final class Feeder implements Runnable {
    private static final long FULL_PAUSE_NS = 50_000;

    private final Path file;
    private final FrameRing ring;
    private final AtomicLong fed = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable IOException failure;

    public Feeder(Path file, FrameRing ring) {
        this.file = file;
        this.ring = ring;
    }

    @Override
    public void run() {
        try (PcapReader reader = PcapReader.open(file)) {
            for (PcapFrame frame = reader.next(); frame != null && !stopped; frame = reader.next()) {
                feed(frame);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void feed(PcapFrame frame) {
        byte[] bytes = frame.bytes();
        if (bytes.length < frame.originalLength() || bytes.length > FrameRing.maxFrameLength()) {
            leftOut.getAndIncrement();
            return;
        }
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        while (!stopped && !ring.offer(buffer, 0, bytes.length)) {
            LockSupport.parkNanos(FULL_PAUSE_NS);
        }
        fed.getAndIncrement();
    }

    /** Frames handed to the switch. */
    public long fed() {
        return fed.get();
    }

    /** Frames that the file holds only a part of. */
    public long leftOut() {
        return leftOut.get();
    }

    /** Why the file could not be read to its end, null when it was. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stopped = true;
    }
}
