package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.Transmitter;
import io.weir.kernel.Memory;

/** A way out that keeps what leaves by it. Not for the packet path: it allocates. */
final class RecordingTransmitter implements Transmitter {
    private final int number;
    private final CounterTable counters;
    private List<byte[]> sent = new ArrayList<>();

    RecordingTransmitter(int number, CounterTable counters) {
        this.number = number;
        this.counters = counters;
    }

    @Override
    public int offloads() {
        return 0;
    }

    @Override
    public void transmit(long address, int length) {
        byte[] frame = new byte[length];
        Memory.copy(address, frame, 0, length);
        sent.add(frame);
        counters.add(number, CounterTable.TX_FRAMES, 1);
        counters.add(number, CounterTable.TX_BYTES, length);
    }

    @Override
    public void flush() {}

    /** What has left since the last call. */
    List<byte[]> take() {
        List<byte[]> taken = sent;
        sent = new ArrayList<>();
        return taken;
    }
}
