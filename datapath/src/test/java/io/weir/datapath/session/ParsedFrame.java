package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;

/** Memory for one frame, which the parse stage has read. */
final class ParsedFrame implements AutoCloseable {
    static final int VLAN = 20;
    private static final int CAPACITY = 66_000;

    final PacketBatch batch = new PacketBatch();
    private final ParseStage stage = new ParseStage();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final long memory = Memory.map(CAPACITY);

    /** The frame as the stages see it; it must be well-formed. */
    UnsafeBuffer parse(byte[] frame) {
        return parse(frame, 1, 0);
    }

    UnsafeBuffer parse(byte[] frame, int port, long nowNs) {
        if (offer(frame, port, nowNs) != DropReason.NONE) {
            throw new IllegalArgumentException("the frame is dropped for " + DropReason.ofCode(batch.dropReason(0)));
        }
        return view;
    }

    /** As {@link #parse}, of any bytes; returns the drop reason's code. */
    int offer(byte[] frame, int port, long nowNs) {
        Memory.copy(frame, 0, memory + VirtioNetHeader.LENGTH, frame.length);
        batch.reset(port, nowNs);
        batch.add(memory + VirtioNetHeader.LENGTH, frame.length, 0);
        stage.process(batch);
        batch.vlan(0, VLAN);
        batch.wrap(0, view);
        return batch.dropReason(0);
    }

    UnsafeBuffer view() {
        return view;
    }

    @Override
    public void close() {
        Memory.unmap(memory, CAPACITY);
    }
}
