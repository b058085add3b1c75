package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.EthernetHeader;

/**
 * Whole Ethernet frames, next header 143 (RFC 8986 section 10.1). What they hold is judged by the switches at both ends.
 *
 * <p>Threading: stateless.
 */
final class EthernetPayload implements TunnelPayload {
    static final int NEXT_HEADER = 143;

    @Override
    public int headroom() {
        return 0;
    }

    @Override
    public int admit(InnerFrame frame, int level, long nowNs) {
        return DropReason.NONE;
    }

    @Override
    public int innerOffset(InnerFrame frame) {
        return 0;
    }

    @Override
    public int innerLength(InnerFrame frame, int length) {
        return length;
    }

    @Override
    public int nextHeader(InnerFrame frame) {
        return NEXT_HEADER;
    }

    @Override
    public int deliver(UnsafeBuffer view, int nextHeader, int level, long nowNs) {
        if (nextHeader != NEXT_HEADER) {
            return DropReason.ESP_NEXT_HEADER.code();
        }
        return view.capacity() < EthernetHeader.LENGTH ? DropReason.ESP_INNER_INVALID.code() : DropReason.NONE;
    }
}
