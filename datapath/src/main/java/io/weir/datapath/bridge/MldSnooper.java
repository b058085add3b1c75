package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Reads MLD: version 1 (RFC 2710 section 3) and 2 (RFC 3810 section 5). A message with a wrong checksum, length or hop limit,
 * or a query without a link-local sender, means nothing.
 *
 * <p>Threading: belongs to one snooping stage.
 */
final class MldSnooper {
    private static final int QUERY = 130;
    private static final int REPORT_V1 = 131;
    private static final int DONE = 132;
    private static final int REPORT_V2 = 143;

    private static final int HEADER_LENGTH = 8;
    private static final int LENGTH = 24;
    private static final int QUERY_V2_LENGTH = 28;
    private static final int RECORD_LENGTH = 20;
    private static final int SOURCE_LENGTH = 16;
    private static final int GROUP_OFFSET = 8;
    private static final int SUPPRESS = 0x08;
    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int SOURCE_OFFSET = 8;
    private static final int DESTINATION_OFFSET = 24;
    private static final long ALL_NODES_HIGH = 0xFF02_0000_0000_0000L;
    private static final long MILLISECOND_NS = 1_000_000L;

    private final MembershipMessages messages;

    MldSnooper(MembershipMessages messages) {
        this.messages = messages;
    }

    /**
     * Works on one message.
     *
     * @param network offset of the IPv6 header in the frame
     * @param at offset of the message in the frame
     * @param length its length in bytes; lies within the frame
     * @return {@link MembershipMessages#OTHER}, {@link MembershipMessages#QUERY} or {@link MembershipMessages#REPORT}
     */
    int read(UnsafeBuffer frame, int network, int at, int length) {
        int type = length < HEADER_LENGTH ? 0 : frame.getByte(at) & 0xFF;
        if (length < (type == REPORT_V2 ? HEADER_LENGTH : LENGTH) || !genuine(frame, network, at, length)) {
            return MembershipMessages.OTHER;
        }
        switch (type) {
            case QUERY -> {
                return query(frame, network, at, length);
            }
            case REPORT_V1 -> messages.join(high(frame, at + GROUP_OFFSET), low(frame, at + GROUP_OFFSET));
            case DONE -> messages.leave(high(frame, at + GROUP_OFFSET), low(frame, at + GROUP_OFFSET));
            case REPORT_V2 -> records(frame, at, length);
            default -> {
                return MembershipMessages.OTHER;
            }
        }
        return MembershipMessages.REPORT;
    }

    private static boolean genuine(UnsafeBuffer frame, int network, int at, int length) {
        long sum = InternetChecksum.pseudoHeader6(frame, network, IpProtocol.ICMPV6, length)
                + InternetChecksum.sum(frame, at, length);
        return frame.getByte(network + HOP_LIMIT_OFFSET) == 1 && InternetChecksum.finish(sum) == 0;
    }

    private int query(UnsafeBuffer frame, int network, int at, int length) {
        if (!InternetAddresses.isLinkLocal6(high(frame, network + SOURCE_OFFSET))) {
            return MembershipMessages.OTHER;
        }
        long groupHigh = high(frame, at + GROUP_OFFSET);
        if (!reaches(frame, network + DESTINATION_OFFSET, groupHigh, low(frame, at + GROUP_OFFSET))) {
            return MembershipMessages.OTHER;
        }
        messages.query(true);
        boolean second = length >= QUERY_V2_LENGTH;
        boolean ofSources = second && frame.getShort(at + 26, BIG_ENDIAN) != 0;
        boolean suppressed = second && (frame.getByte(at + 24) & SUPPRESS) != 0;
        if (groupHigh != 0 && !ofSources && !suppressed) {
            long responseNs = responseNs(frame.getShort(at + 4, BIG_ENDIAN) & 0xFFFF, second);
            messages.groupQuery(groupHigh, low(frame, at + GROUP_OFFSET), responseNs);
        }
        return MembershipMessages.QUERY;
    }

    /** Whether a query goes to all nodes, or to the group it asks for (RFC 3810 section 5.1.15): else no member hears it. */
    private static boolean reaches(UnsafeBuffer frame, int at, long groupHigh, long groupLow) {
        return groupHigh == 0
                ? high(frame, at) == ALL_NODES_HIGH && low(frame, at) == 1
                : high(frame, at) == groupHigh && low(frame, at) == groupLow;
    }

    /** RFC 3810 section 5.1.3: from 32,768 on, in version 2, three bits of exponent and twelve of mantissa. */
    private static long responseNs(int code, boolean second) {
        int milliseconds = second && code >= 32_768 ? ((code & 0xFFF) | 0x1000) << (((code >> 12) & 0x7) + 3) : code;
        return milliseconds * MILLISECOND_NS;
    }

    private void records(UnsafeBuffer frame, int at, int length) {
        int count = frame.getShort(at + 6, BIG_ENDIAN) & 0xFFFF;
        int end = at + length;
        int offset = at + HEADER_LENGTH;
        for (int i = 0; i < count && end - offset >= RECORD_LENGTH; i++) {
            int sources = frame.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
            int next = offset + RECORD_LENGTH + sources * SOURCE_LENGTH + (frame.getByte(offset + 1) & 0xFF) * 4;
            if (next > end) {
                return;
            }
            messages.record(frame.getByte(offset) & 0xFF, sources, high(frame, offset + 4), low(frame, offset + 4));
            offset = next;
        }
    }

    private static long high(UnsafeBuffer frame, int offset) {
        return frame.getLong(offset, BIG_ENDIAN);
    }

    private static long low(UnsafeBuffer frame, int offset) {
        return frame.getLong(offset + Long.BYTES, BIG_ENDIAN);
    }
}
