package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an IGMP message: version 1 (RFC 1112 appendix I), 2 (RFC 2236 section 2) and 3 (RFC 3376 section 4); the
 * view ends with the packet.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      | Max Resp Code |           Checksum            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Group Address; in a v3 report: Reserved, Number of Records   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Group record of a v3 report:
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Record Type  |  Aux Data Len |     Number of Sources (N)     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Multicast Address                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          N Source Addresses, 4 * Aux Data Len bytes           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Iterate over the records of a v3 report with
 * {@code for (int n = m.recordCount(), r = m.firstRecord(); n > 0; n--, r = m.nextRecord(r))}. Once {@link #check} returns
 * {@link DropReason#NONE}, no accessor throws until the next wrap, but {@link #group} wants {@link #hasGroup}.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class IgmpMessage {
    public static final int MIN_LENGTH = 8;

    public static final int QUERY = 0x11;
    public static final int REPORT_V1 = 0x12;
    public static final int REPORT_V2 = 0x16;
    public static final int LEAVE = 0x17;
    public static final int REPORT_V3 = 0x22;

    static final int GROUP_OFFSET = 4;
    static final int RECORD_COUNT_OFFSET = 6;
    static final int QUERY_SOURCE_COUNT_OFFSET = 10;
    static final int QUERY_V3_LENGTH = 12;

    private static final int TRUNCATED = DropReason.GROUP_MEMBERSHIP_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public IgmpMessage wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public IgmpMessage wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** GROUP_MEMBERSHIP_TRUNCATED, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /**
     * The rules of {@link #check()} for a message at {@code offset} of a packet that ends at {@code limit}. Types that are
     * none of the constants here (multicast router discovery, PIM version 1) need four bytes.
     */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < 4) {
            return TRUNCATED;
        }
        int type = u8(frame, offset);
        boolean known = type == QUERY || type == REPORT_V1 || type == REPORT_V2 || type == LEAVE || type == REPORT_V3;
        if (!known) {
            return DropReason.NONE;
        }
        if (available < MIN_LENGTH) {
            return TRUNCATED;
        }
        return switch (type) {
            case QUERY -> checkQuery(frame, offset, available);
            case REPORT_V3 -> checkRecords(frame, offset, limit);
            default -> DropReason.NONE;
        };
    }

    // Other lengths than these are no query (RFC 3376 section 7.1).
    private static int checkQuery(UnsafeBuffer frame, int offset, int available) {
        boolean version3 = available >= QUERY_V3_LENGTH
                && QUERY_V3_LENGTH + 4 * u16(frame, offset + QUERY_SOURCE_COUNT_OFFSET) <= available;
        return available == MIN_LENGTH || version3 ? DropReason.NONE : TRUNCATED;
    }

    private static int checkRecords(UnsafeBuffer frame, int offset, int limit) {
        int record = offset + MIN_LENGTH;
        for (int left = u16(frame, offset + RECORD_COUNT_OFFSET); left > 0; left--) {
            if (limit - record < 8 || limit - record < recordLength(frame, record)) {
                return TRUNCATED;
            }
            record += recordLength(frame, record);
        }
        return DropReason.NONE;
    }

    private static int recordLength(UnsafeBuffer frame, int record) {
        return 8 + 4 * u16(frame, record + 2) + 4 * u8(frame, record + 1);
    }

    public int type() {
        return u8(view, 0);
    }

    public IgmpMessage type(int type) {
        put8(view, 0, type);
        return this;
    }

    /** As in the message: tenths of a second, from 128 on a floating-point code (RFC 3376 section 4.1.1). */
    public int maxResponseCode() {
        return u8(view, 1);
    }

    public IgmpMessage maxResponseCode(int code) {
        put8(view, 1, code);
        return this;
    }

    public int checksum() {
        return u16(view, 2);
    }

    public IgmpMessage checksum(int checksum) {
        put16(view, 2, checksum);
        return this;
    }

    /** Whether {@link #group} may be read: queries, reports of version 1 and 2, and leaves. */
    public boolean hasGroup() {
        int type = type();
        return type == QUERY || type == REPORT_V1 || type == REPORT_V2 || type == LEAVE;
    }

    /** Group address; 0 in a general query. */
    public int group() {
        return i32(view, GROUP_OFFSET);
    }

    public IgmpMessage group(int address) {
        put32(view, GROUP_OFFSET, address);
        return this;
    }

    /** Version of a query, 1 to 3 (RFC 3376 section 7.1). */
    public int queryVersion() {
        if (view.capacity() > MIN_LENGTH) {
            return 3;
        }
        return maxResponseCode() == 0 ? 1 : 2;
    }

    /** Records in a v3 report; 0 in any other message. */
    public int recordCount() {
        return type() == REPORT_V3 ? u16(view, RECORD_COUNT_OFFSET) : 0;
    }

    /** Where the first record starts. */
    public int firstRecord() {
        return MIN_LENGTH;
    }

    /** Where the record after this one starts. */
    public int nextRecord(int record) {
        return record + recordLength(view, record);
    }

    /** One of the {@link GroupRecordType} values. */
    public int recordType(int record) {
        return u8(view, record);
    }

    public int recordSourceCount(int record) {
        return u16(view, record + 2);
    }

    public int recordGroup(int record) {
        return i32(view, record + 4);
    }

    /** Source address, {@code index} from 0 to {@link #recordSourceCount} - 1. */
    public int recordSource(int record, int index) {
        return i32(view, record + 8 + 4 * index);
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "igmp, malformed";
        }
        return switch (type()) {
            case QUERY -> "igmp query v" + queryVersion() + ' ' + AddressText.ipv4(group());
            case REPORT_V1 -> "igmp v1 report " + AddressText.ipv4(group());
            case REPORT_V2 -> "igmp v2 report " + AddressText.ipv4(group());
            case LEAVE -> "igmp leave " + AddressText.ipv4(group());
            case REPORT_V3 -> "igmp v3 report, " + recordCount() + " group record(s)";
            default -> "igmp type 0x" + Integer.toHexString(type());
        };
    }
}
