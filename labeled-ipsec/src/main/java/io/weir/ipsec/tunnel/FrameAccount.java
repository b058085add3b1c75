package io.weir.ipsec.tunnel;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter.Refusals;

/**
 * The fate of each frame that a transmitter was handed: sent, or dropped for one reason. What has become of a frame is known only
 * when its last datagram was sent; until then it waits here.
 *
 * <p>The network below tells how many datagrams it refused, not which: they are taken to be the last ones.
 *
 * <p>Threading: one worker.
 */
final class FrameAccount {
    private static final int CAPACITY = 256;

    private final int port;
    private final CounterTable counters;
    private final long[] address = new long[CAPACITY];
    private final int[] length = new int[CAPACITY];
    private final int[] datagrams = new int[CAPACITY];
    private Refusals refusals = Refusals.NONE;
    private int count;
    // The last frame is under way; part of it may have been refused already.
    private boolean open;
    private int openReason;

    FrameAccount(int port, CounterTable counters) {
        this.port = port;
        this.counters = counters;
    }

    /** Whom to tell of frames that are dropped. */
    void tell(Refusals refusals) {
        this.refusals = refusals;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == CAPACITY;
    }

    /** A frame is under way. */
    void begin(long address, int length) {
        this.address[count] = address;
        this.length[count] = length;
        datagrams[count] = 0;
        count++;
        open = true;
        openReason = DropReason.NONE;
    }

    /** One more datagram of the frame under way waits to be sent. */
    void sealed() {
        datagrams[count - 1]++;
    }

    /** The frame under way has ended: it waits for the flush, or is dropped for a reason. */
    void end(int reason) {
        open = false;
        int found = reason == DropReason.NONE ? openReason : reason;
        if (found != DropReason.NONE) {
            count--;
            drop(count, found);
        }
    }

    /** What waited was sent, but for so many datagrams that were refused for that reason. */
    void settle(int refusedDatagrams, int reason) {
        int refused = refusedDatagrams;
        int sent = 0;
        long bytes = 0;
        for (int i = count - 1; i >= 0; i--) {
            boolean hit = refused > 0 && datagrams[i] > 0;
            refused -= datagrams[i];
            if (i == count - 1 && open) {
                openReason = hit ? reason : openReason;
            } else if (hit) {
                drop(i, reason);
            } else {
                sent++;
                bytes += length[i];
            }
        }
        counters.add(port, CounterTable.TX_FRAMES, sent);
        counters.add(port, CounterTable.TX_BYTES, bytes);
        keepOpen();
    }

    private void keepOpen() {
        if (open) {
            address[0] = address[count - 1];
            length[0] = length[count - 1];
            datagrams[0] = 0;
        }
        count = open ? 1 : 0;
    }

    private void drop(int i, int reason) {
        counters.drop(port, reason);
        refusals.refused(address[i], length[i], reason);
    }
}
