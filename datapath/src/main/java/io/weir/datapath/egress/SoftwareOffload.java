package io.weir.datapath.egress;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.segment.Checksums;
import io.weir.datapath.segment.Segmenter;

/**
 * Does for a way out what it cannot do itself: completes checksums, and cuts super-frames.
 *
 * <p>Such ways out copy a frame when they take it, so that one slot serves all segments.
 *
 * <p>Threading: belongs to one worker.
 */
final class SoftwareOffload {
    private static final int UDP = 17;
    private static final int UDP_HEADER_LENGTH = 8;
    private static final int TCP_OFFSET_OFFSET = 12;

    private final CounterTable counters;
    private final PacketPool pool;
    private final Segmenter segmenter = new Segmenter();
    private final Checksums checksums = new Checksums();
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    SoftwareOffload(CounterTable counters, PacketPool pool) {
        this.counters = counters;
        this.pool = pool;
    }

    /** Bytes of all headers of a super-frame, from the frame's begin on. */
    int headersLength(PacketBatch batch, int i) {
        int transport = batch.transportOffset(i);
        if (batch.ipProtocol(i) == UDP) {
            return transport + UDP_HEADER_LENGTH;
        }
        batch.wrap(i, view);
        return transport + ((view.getByte(transport + TCP_OFFSET_OFFSET) & 0xF0) >> 2);
    }

    /**
     * Sends a frame whose virtio-net header asks for more than the way out can do.
     *
     * @return {@link DropReason#NONE}, or the code of the reason for which it cannot be sent
     */
    int transmit(int ingress, int port, Transmitter transmitter, long address, int length, int level) {
        header.wrapBefore(address);
        int type = header.gsoType();
        if (type != VirtioNetHeader.GSO_NONE && (transmitter.offloads() & needed(type)) == 0) {
            return segment(ingress, port, transmitter, address, length, level);
        }
        if (type != VirtioNetHeader.GSO_NONE
                || (transmitter.offloads() & Transmitter.TAKES_CHECKSUM) != 0
                || checksums.complete(address, length)) {
            transmitter.transmit(address, length, level);
            return DropReason.NONE;
        }
        return DropReason.EGRESS_UNSEGMENTABLE.code();
    }

    private static int needed(int gsoType) {
        return gsoType == VirtioNetHeader.GSO_UDP_L4 ? Transmitter.TAKES_USO : Transmitter.TAKES_TSO;
    }

    private int segment(int ingress, int port, Transmitter transmitter, long address, int length, int level) {
        int segments = segmenter.begin(address, length);
        if (segments == 0) {
            return DropReason.EGRESS_UNSEGMENTABLE.code();
        }
        long room = pool.scratch();
        counters.add(ingress, CounterTable.REPLICATED, segments - 1L);
        counters.add(port, CounterTable.EGRESS_FRAMES, segments - 1L);
        for (int i = 0; i < segments; i++) {
            int segmentLength = segmenter.next(room);
            header.wrapBefore(room).clear();
            transmitter.transmit(room, segmentLength, level);
        }
        return DropReason.NONE;
    }
}
