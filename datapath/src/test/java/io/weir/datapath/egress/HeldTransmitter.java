package io.weir.datapath.egress;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.Transmitter;
import io.weir.kernel.Memory;

/**
 * A way out in the two ways of the contract: with offloads it keeps addresses and reads them at the flush, as a socket with a
 * message vector does; without it copies at once.
 */
final class HeldTransmitter implements Transmitter {
    private final int number;
    private final int offloads;
    private final CounterTable counters;
    private final List<long[]> held = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();
    private final List<byte[]> headers = new ArrayList<>();

    HeldTransmitter(int number, int offloads, CounterTable counters) {
        this.number = number;
        this.offloads = offloads;
        this.counters = counters;
    }

    @Override
    public int offloads() {
        return offloads;
    }

    @Override
    public void transmit(long address, int length) {
        if (offloads == 0) {
            read(address, length);
        } else {
            held.add(new long[] {address, length});
        }
    }

    @Override
    public void flush() {
        held.forEach(frame -> read(frame[0], (int) frame[1]));
        held.clear();
    }

    private void read(long address, int length) {
        byte[] frame = new byte[length];
        Memory.copy(address, frame, 0, length);
        frames.add(frame);
        byte[] header = new byte[VirtioNetHeader.LENGTH];
        Memory.copy(address - VirtioNetHeader.LENGTH, header, 0, header.length);
        headers.add(header);
        counters.add(number, CounterTable.TX_FRAMES, 1);
        counters.add(number, CounterTable.TX_BYTES, length);
    }

    /** What has left. */
    List<byte[]> frames() {
        return frames;
    }

    /** The virtio-net headers of what has left. */
    List<byte[]> headers() {
        return headers;
    }
}
