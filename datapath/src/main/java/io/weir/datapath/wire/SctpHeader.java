package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an SCTP common header, RFC 9260 section 3.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Source Port Number       |    Destination Port Number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Verification Tag                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           Checksum                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class SctpHeader {
    public static final int LENGTH = 12;
    public static final int CHECKSUM_OFFSET = 8;

    static final int DESTINATION_PORT_OFFSET = 2;
    static final int VERIFICATION_TAG_OFFSET = 4;

    private static final int TRUNCATED = DropReason.SCTP_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public SctpHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public SctpHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** SCTP_TRUNCATED, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a header at {@code offset} of a packet that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        return limit - offset < LENGTH ? TRUNCATED : DropReason.NONE;
    }

    public int sourcePort() {
        return u16(view, 0);
    }

    public SctpHeader sourcePort(int port) {
        put16(view, 0, port);
        return this;
    }

    public int destinationPort() {
        return u16(view, DESTINATION_PORT_OFFSET);
    }

    public SctpHeader destinationPort(int port) {
        put16(view, DESTINATION_PORT_OFFSET, port);
        return this;
    }

    public int verificationTag() {
        return i32(view, VERIFICATION_TAG_OFFSET);
    }

    public SctpHeader verificationTag(int tag) {
        put32(view, VERIFICATION_TAG_OFFSET, tag);
        return this;
    }

    /** CRC32c, as its 32 bits stand in the header. */
    public int checksum() {
        return i32(view, CHECKSUM_OFFSET);
    }

    public SctpHeader checksum(int checksum) {
        put32(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "SCTP, truncated"
                : "SCTP " + sourcePort() + " > " + destinationPort() + ", tag 0x"
                        + Integer.toHexString(verificationTag());
    }
}
