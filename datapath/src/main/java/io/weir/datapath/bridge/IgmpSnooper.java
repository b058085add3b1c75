package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.InternetChecksum;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Reads IGMP: version 1 (RFC 1112 appendix I), 2 (RFC 2236 section 2) and 3 (RFC 3376 section 4). A message with a wrong
 * checksum or length means nothing.
 *
 * <p>Threading: belongs to one snooping stage.
 */
final class IgmpSnooper {
    private static final int QUERY = 0x11;
    private static final int REPORT_V1 = 0x12;
    private static final int REPORT_V2 = 0x16;
    private static final int LEAVE = 0x17;
    private static final int REPORT_V3 = 0x22;

    private static final int LENGTH = 8;
    private static final int QUERY_V3_LENGTH = 12;
    private static final int RECORD_LENGTH = 8;
    private static final int SOURCE_LENGTH = 4;
    private static final int SUPPRESS = 0x08;
    private static final long TENTH_NS = 100_000_000L;
    private static final long V1_RESPONSE_NS = 10_000_000_000L;

    private static final int SOURCE_OFFSET = 12;
    private static final int DESTINATION_OFFSET = 16;
    private static final int ALL_HOSTS = 0xE000_0001;

    private final MembershipMessages messages;

    IgmpSnooper(MembershipMessages messages) {
        this.messages = messages;
    }

    /**
     * Works on one message.
     *
     * @param network offset of the IPv4 header in the frame
     * @param at offset of the message in the frame
     * @param length its length in bytes; lies within the frame
     * @return {@link MembershipMessages#OTHER}, {@link MembershipMessages#QUERY} or {@link MembershipMessages#REPORT}
     */
    int read(UnsafeBuffer frame, int network, int at, int length) {
        if (length < LENGTH || InternetChecksum.of(frame, at, length) != 0) {
            return MembershipMessages.OTHER;
        }
        long group = InternetAddresses.ipv4Low(frame.getInt(at + 4, BIG_ENDIAN));
        switch (frame.getByte(at) & 0xFF) {
            case QUERY -> {
                return query(frame, network, at, length);
            }
            case REPORT_V1, REPORT_V2 -> messages.join(InternetAddresses.IPV4_HIGH, group);
            case LEAVE -> messages.leave(InternetAddresses.IPV4_HIGH, group);
            case REPORT_V3 -> records(frame, at, length);
            default -> {
                return MembershipMessages.OTHER;
            }
        }
        return MembershipMessages.REPORT;
    }

    /** A query that the members of the group it asks for would not hear is no query (RFC 3376 section 4.1.12). */
    private int query(UnsafeBuffer frame, int network, int at, int length) {
        int group = frame.getInt(at + 4, BIG_ENDIAN);
        if (frame.getInt(network + DESTINATION_OFFSET, BIG_ENDIAN) != (group == 0 ? ALL_HOSTS : group)) {
            return MembershipMessages.OTHER;
        }
        boolean fromRouter = frame.getInt(network + SOURCE_OFFSET, BIG_ENDIAN) != 0;
        messages.query(fromRouter);
        boolean third = length >= QUERY_V3_LENGTH;
        boolean ofSources = third && frame.getShort(at + 10, BIG_ENDIAN) != 0;
        boolean suppressed = third && (frame.getByte(at + 8) & SUPPRESS) != 0;
        if (group != 0 && fromRouter && !ofSources && !suppressed) {
            long responseNs = responseNs(frame.getByte(at + 1) & 0xFF, third);
            messages.groupQuery(InternetAddresses.IPV4_HIGH, InternetAddresses.ipv4Low(group), responseNs);
        }
        return MembershipMessages.QUERY;
    }

    /** RFC 3376 section 4.1.1: from 128 on, in version 3, three bits of exponent and four of mantissa. */
    private static long responseNs(int code, boolean third) {
        if (code == 0) {
            return V1_RESPONSE_NS;
        }
        int tenths = third && code >= 128 ? ((code & 0xF) | 0x10) << (((code >> 4) & 0x7) + 3) : code;
        return tenths * TENTH_NS;
    }

    private void records(UnsafeBuffer frame, int at, int length) {
        int count = frame.getShort(at + 6, BIG_ENDIAN) & 0xFFFF;
        int end = at + length;
        int offset = at + LENGTH;
        for (int i = 0; i < count && end - offset >= RECORD_LENGTH; i++) {
            int sources = frame.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
            int next = offset + RECORD_LENGTH + sources * SOURCE_LENGTH + (frame.getByte(offset + 1) & 0xFF) * 4;
            if (next > end) {
                return;
            }
            long group = InternetAddresses.ipv4Low(frame.getInt(offset + 4, BIG_ENDIAN));
            messages.record(frame.getByte(offset) & 0xFF, sources, InternetAddresses.IPV4_HIGH, group);
            offset = next;
        }
    }
}
