package io.weir.datapath.parse;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;

/** A parse stage with memory for one frame, the virtio-net header in front of it. */
final class ParseBench implements AutoCloseable {
    static final int CAPACITY = 66_000;

    final PacketBatch batch = new PacketBatch();
    final ParseStage stage = new ParseStage();
    private final long memory = Memory.map(CAPACITY);

    long address() {
        return memory + VirtioNetHeader.LENGTH;
    }

    /** Writes the frame with a virtio-net header that asks for nothing. */
    void write(byte[] frame) {
        Memory.writeLong(memory, 0);
        Memory.writeShort(memory + 8, 0);
        Memory.copy(frame, 0, address(), frame.length);
    }

    /** Writes the virtio-net header alone. */
    void offload(int flags, int gsoType, int gsoSize, int checksumStart, int checksumOffset) {
        new VirtioNetHeader().wrapBefore(address()).set(flags, gsoType, 0, gsoSize, checksumStart, checksumOffset);
    }

    /** Parses {@code length} bytes of what was written; returns the drop reason's code. */
    int parse(int length) {
        batch.reset(0, 0);
        batch.add(address(), length, 0);
        stage.process(batch);
        return batch.dropReason(0);
    }

    int parse(byte[] frame) {
        write(frame);
        return parse(frame.length);
    }

    @Override
    public void close() {
        Memory.unmap(memory, CAPACITY);
    }
}
