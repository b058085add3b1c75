package io.weir.datapath.port;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;
import io.weir.kernel.xdp.CompletionRing;
import io.weir.kernel.xdp.TransmitRing;
import io.weir.kernel.xdp.Umem;
import io.weir.kernel.xdp.XdpSocket;

/**
 * Sends by an AF_XDP socket. A frame is copied into the socket's own memory when it is taken, so the sender's may change at
 * once; the kernel is told at the batch's end.
 *
 * <p>Threading: the worker that owns the port.
 */
final class XdpTransmitter implements Transmitter {
    private static final int MAX_WAKES = 64;

    private final int number;
    private final XdpSocket socket;
    private final Umem umem;
    private final CounterTable counters;
    private final TransmitRing tx;
    private final CompletionRing completion;
    // Offsets of the frames that are not on their way out; a stack.
    private final long[] free = new long[XdpDevice.RING_SIZE];
    private Refusals refusals = Refusals.NONE;
    private int freeCount;
    private long bytes;
    private int waiting;

    XdpTransmitter(int number, XdpSocket socket, Umem umem, CounterTable counters) {
        this.number = number;
        this.socket = socket;
        this.umem = umem;
        this.counters = counters;
        this.tx = socket.tx();
        this.completion = socket.completion();
        for (int i = 0; i < XdpDevice.RING_SIZE; i++) {
            free[freeCount++] = (long) (XdpDevice.RING_SIZE + i) * XdpDevice.FRAME_BYTES;
        }
    }

    @Override
    public int offloads() {
        return 0;
    }

    @Override
    public void transmit(long address, int length) {
        if (length > XdpDevice.FRAME_BYTES) {
            refuse(address, length, DropReason.EGRESS_MTU_EXCEEDED);
            return;
        }
        if (freeCount == 0 || tx.reserve(waiting + 1) <= waiting) {
            flush();
        }
        if (freeCount == 0 || tx.reserve(waiting + 1) <= waiting) {
            refuse(address, length, DropReason.EGRESS_QUEUE_FULL);
            return;
        }
        long frame = free[--freeCount];
        Memory.copy(address, umem.address() + frame, length);
        tx.set(waiting++, frame, length);
        bytes += length;
    }

    private void refuse(long address, int length, DropReason reason) {
        counters.drop(number, reason.code());
        refusals.refused(address, length, reason.code());
    }

    @Override
    public void tell(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public void flush() {
        if (waiting > 0) {
            tx.submit(waiting);
            counters.add(number, CounterTable.TX_FRAMES, waiting);
            counters.add(number, CounterTable.TX_BYTES, bytes);
            waiting = 0;
            bytes = 0;
        }
        int pending = tx.pending();
        for (int wakes = 0; pending > 0 && wakes < MAX_WAKES; wakes++) {
            socket.wakeTransmit();
            int left = tx.pending();
            if (left == pending) {
                break;
            }
            pending = left;
        }
        reap();
    }

    private void reap() {
        int done = completion.available();
        for (int i = 0; i < done; i++) {
            free[freeCount++] = completion.address(i);
        }
        completion.release(done);
    }
}
