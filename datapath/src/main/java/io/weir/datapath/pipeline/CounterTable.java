package io.weir.datapath.pipeline;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;

/**
 * One worker's counters: a row of 64-bit counters per port, each row on cache lines of its own.
 *
 * <pre>
 *   [port][ RX_FRAMES .. TX_BYTES | unused | drops by DropReason code ]
 * </pre>
 *
 * <p>A port's row holds what this worker did for it: a worker that does not own the port still counts what it sends there.
 * Readers add the rows of all workers.
 *
 * <p>Threading: one writer, the worker; any thread reads. A reader sees each counter whole and never going back.
 */
public final class CounterTable {
    /** Frames received on the port. */
    public static final int RX_FRAMES = 0;

    public static final int RX_BYTES = 1;
    /** Frames received on the port and handed to at least one way out. */
    public static final int FORWARDED = 2;
    /** Frames received on the port that the switch took for itself. */
    public static final int CONSUMED = 3;
    /** Copies beyond the first that frames received on the port caused: floods, and segments of super-frames. */
    public static final int REPLICATED = 4;
    /** Frames that the switch sent of its own in answer to frames received on the port. */
    public static final int ORIGINATED = 5;
    /** Frames handed to the port to send. */
    public static final int EGRESS_FRAMES = 6;

    public static final int TX_FRAMES = 7;
    public static final int TX_BYTES = 8;

    /** The row behind those of the ports: what the worker counts about itself. */
    public static final int WORKER_ROW = PortSet.MAX_PORTS;

    /** In {@link #WORKER_ROW}: batches worked on. */
    public static final int BATCHES = 0;
    /** In {@link #WORKER_ROW}: times the worker went to sleep in the kernel. */
    public static final int SLEEPS = 1;

    private static final int DROPS = 16;
    private static final int ROW_LENGTH = (DROPS + DropReason.CODES) * Long.BYTES;

    private final UnsafeBuffer rows =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned((WORKER_ROW + 1) * ROW_LENGTH, 64));

    /** Adds to a counter of a port. */
    public void add(int port, int counter, long count) {
        int index = port * ROW_LENGTH + counter * Long.BYTES;
        rows.putLongOpaque(index, rows.getLong(index) + count);
    }

    /** Counts a drop at a port. */
    public void drop(int port, int reasonCode) {
        add(port, DROPS + reasonCode, 1);
    }

    /** Counts several drops at a port. */
    public void drop(int port, int reasonCode, long count) {
        add(port, DROPS + reasonCode, count);
    }

    /** A counter of a port. */
    public long read(int port, int counter) {
        return rows.getLongOpaque(port * ROW_LENGTH + counter * Long.BYTES);
    }

    /** Drops of one reason at a port. */
    public long drops(int port, int reasonCode) {
        return read(port, DROPS + reasonCode);
    }

    /** Sets a port's row to zero, when its number is given to a new port; called by the writer. */
    public void clear(int port) {
        for (int counter = 0; counter < DROPS + DropReason.CODES; counter++) {
            rows.putLongOpaque(port * ROW_LENGTH + counter * Long.BYTES, 0);
        }
    }
}
