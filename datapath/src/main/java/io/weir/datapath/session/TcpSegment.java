package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.TcpHeader;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * What a {@link TcpTracker} looks at in a segment (RFC 9293 section 3.1, RFC 7323 section 2.2 for the window scale).
 *
 * <p>Threading: owned by one thread, and filled again per packet.
 */
public final class TcpSegment {
    /** {@link #windowScale}: the segment has no such option. */
    public static final int NO_SCALE = -1;

    private static final int ACKNOWLEDGMENT_OFFSET = 8;
    private static final int WINDOW_OFFSET = 14;
    private static final int MAX_SCALE = 14;
    private static final int MAX_PAYLOAD = 65_535;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;

    private int flags;
    private int sequence;
    private int acknowledgment;
    private int window;
    private int payloadLength;
    private int windowScale;

    /**
     * Reads a segment whose header the parse stage has accepted.
     *
     * @param offset of the TCP header
     * @param limit where the packet ends
     * @param fragmented whether more of it follows in other fragments: it is taken for as long as it can be then
     */
    public TcpSegment read(UnsafeBuffer frame, int offset, int limit, boolean fragmented) {
        int headerLength = TcpHeader.headerLength(frame, offset);
        flags = u8(frame, offset + TcpHeader.FLAGS_OFFSET);
        sequence = i32(frame, offset + TcpHeader.SEQUENCE_OFFSET);
        acknowledgment = i32(frame, offset + ACKNOWLEDGMENT_OFFSET);
        window = u16(frame, offset + WINDOW_OFFSET);
        payloadLength = fragmented ? MAX_PAYLOAD : limit - offset - headerLength;
        windowScale = (flags & TcpHeader.SYN) == 0
                ? NO_SCALE
                : windowScale(frame, offset + TcpHeader.MIN_LENGTH, offset + headerLength);
        return this;
    }

    private static int windowScale(UnsafeBuffer frame, int first, int limit) {
        int at = first;
        while (at < limit) {
            int kind = u8(frame, at);
            if (kind == OPTION_END) {
                return NO_SCALE;
            }
            int length = kind == OPTION_NOP ? 1 : limit - at < 2 ? 0 : u8(frame, at + 1);
            if (length == 0 || length > limit - at || (length == 1 && kind != OPTION_NOP)) {
                return NO_SCALE;
            }
            if (kind == OPTION_WINDOW_SCALE && length == WINDOW_SCALE_LENGTH) {
                return Math.min(u8(frame, at + 2), MAX_SCALE);
            }
            at += length;
        }
        return NO_SCALE;
    }

    /** Fills all fields; {@code scale} 0 to 14 or {@link #NO_SCALE}. */
    public TcpSegment set(int flags, long sequence, long acknowledgment, int window, int payloadLength, int scale) {
        this.flags = flags;
        this.sequence = (int) sequence;
        this.acknowledgment = (int) acknowledgment;
        this.window = window;
        this.payloadLength = payloadLength;
        this.windowScale = scale;
        return this;
    }

    /** {@link TcpHeader#FIN} to {@link TcpHeader#CWR}. */
    public int flags() {
        return flags;
    }

    /** 32 bits as they stand. */
    public int sequence() {
        return sequence;
    }

    /** 32 bits as they stand. */
    public int acknowledgment() {
        return acknowledgment;
    }

    /** As it stands, not scaled: 0 to 65,535. */
    public int window() {
        return window;
    }

    /** Bytes behind the header; a super-frame has up to 65,535. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Shift count of the window scale option of a SYN, 0 to 14, or {@link #NO_SCALE}. */
    public int windowScale() {
        return windowScale;
    }

    /** Number behind the last one that the segment uses: SYN and FIN use one each. */
    int end() {
        int syn = (flags & TcpHeader.SYN) != 0 ? 1 : 0;
        int fin = (flags & TcpHeader.FIN) != 0 ? 1 : 0;
        return sequence + payloadLength + syn + fin;
    }

    boolean is(int flag) {
        return (flags & flag) != 0;
    }
}
