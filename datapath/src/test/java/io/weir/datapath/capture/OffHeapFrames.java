package io.weir.datapath.capture;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;

/** One frame in off-heap memory, with its virtio-net header in front, as the datapath holds it. */
final class OffHeapFrames implements AutoCloseable {
    private static final int CAPACITY = 1 << 20;
    private static final int HEADROOM = 64;

    private final long base = Memory.map(CAPACITY);

    /** Address of the frame, good until the next call. */
    long place(byte[] frame) {
        return place(frame, 0);
    }

    /** As {@link #place(byte[])}, as a TCPv4 super-frame when {@code gsoSize} is not 0. */
    long place(byte[] frame, int gsoSize) {
        long address = base + HEADROOM;
        int type = gsoSize == 0 ? VirtioNetHeader.GSO_NONE : VirtioNetHeader.GSO_TCPV4;
        new VirtioNetHeader().wrapBefore(address).set(0, type, 0, gsoSize, 0, 0);
        Memory.copy(frame, 0, address, frame.length);
        return address;
    }

    @Override
    public void close() {
        int unmapped = Memory.unmap(base, CAPACITY);
        if (unmapped != 0) {
            throw new AssertionError("munmap: " + unmapped);
        }
    }
}
