package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an MLD message, version 1 (RFC 2710 section 3) and 2 (RFC 3810 section 5); the view starts at the ICMPv6
 * type and ends with the packet.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |     Code      |           Checksum            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Maximum Response Code    |  Reserved; v2 report: Records |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       Multicast Address (16 bytes); v2 report: records        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Address record of a v2 report:
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Record Type  |  Aux Data Len |     Number of Sources (N)     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Multicast Address (16 bytes)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     N Source Addresses of 16 bytes, 4 * Aux Data Len bytes    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Iterate over the records of a v2 report with
 * {@code for (int n = m.recordCount(), r = m.firstRecord(); n > 0; n--, r = m.nextRecord(r))}. Once {@link #check} returns
 * {@link DropReason#NONE}, no accessor throws until the next wrap, but the group wants {@link #hasGroup}.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class MldMessage {
    public static final int QUERY = 130;
    public static final int REPORT_V1 = 131;
    public static final int DONE = 132;
    public static final int REPORT_V2 = 143;

    static final int MAX_RESPONSE_OFFSET = 4;
    static final int RECORD_COUNT_OFFSET = 6;
    static final int GROUP_OFFSET = 8;
    static final int MESSAGE_V1_LENGTH = 24;
    static final int QUERY_SOURCE_COUNT_OFFSET = 26;
    static final int QUERY_V2_LENGTH = 28;

    private static final int RECORD_LENGTH = 20;
    private static final int ADDRESS_LENGTH = 16;

    private static final int TRUNCATED = DropReason.GROUP_MEMBERSHIP_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** Whether the ICMPv6 type is one of MLD. */
    public static boolean isType(int icmpv6Type) {
        return (icmpv6Type >= QUERY && icmpv6Type <= DONE) || icmpv6Type == REPORT_V2;
    }

    public MldMessage wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public MldMessage wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** GROUP_MEMBERSHIP_TRUNCATED (also when the type is none of MLD), or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a message at {@code offset} of a packet that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < Icmpv6Header.LENGTH) {
            return TRUNCATED;
        }
        return switch (u8(frame, offset)) {
            case QUERY -> checkQuery(frame, offset, available);
            case REPORT_V1, DONE -> available < MESSAGE_V1_LENGTH ? TRUNCATED : DropReason.NONE;
            case REPORT_V2 -> checkRecords(frame, offset, limit);
            default -> TRUNCATED;
        };
    }

    // Other lengths than these are no query (RFC 3810 section 8.1).
    private static int checkQuery(UnsafeBuffer frame, int offset, int available) {
        boolean version2 = available >= QUERY_V2_LENGTH
                && QUERY_V2_LENGTH + ADDRESS_LENGTH * u16(frame, offset + QUERY_SOURCE_COUNT_OFFSET) <= available;
        return available == MESSAGE_V1_LENGTH || version2 ? DropReason.NONE : TRUNCATED;
    }

    private static int checkRecords(UnsafeBuffer frame, int offset, int limit) {
        int record = offset + Icmpv6Header.LENGTH;
        for (int left = u16(frame, offset + RECORD_COUNT_OFFSET); left > 0; left--) {
            if (limit - record < RECORD_LENGTH || limit - record < recordLength(frame, record)) {
                return TRUNCATED;
            }
            record += recordLength(frame, record);
        }
        return DropReason.NONE;
    }

    private static int recordLength(UnsafeBuffer frame, int record) {
        return RECORD_LENGTH + ADDRESS_LENGTH * u16(frame, record + 2) + 4 * u8(frame, record + 1);
    }

    public int type() {
        return u8(view, 0);
    }

    public MldMessage type(int type) {
        put8(view, 0, type);
        return this;
    }

    /** As in the message: milliseconds, from 32,768 on a floating-point code in version 2 (RFC 3810 section 5.1.3). */
    public int maxResponseCode() {
        return u16(view, MAX_RESPONSE_OFFSET);
    }

    public MldMessage maxResponseCode(int code) {
        put16(view, MAX_RESPONSE_OFFSET, code);
        return this;
    }

    public int checksum() {
        return u16(view, Icmpv6Header.CHECKSUM_OFFSET);
    }

    public MldMessage checksum(int checksum) {
        put16(view, Icmpv6Header.CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Whether the group may be read: every message but the v2 report. */
    public boolean hasGroup() {
        return type() != REPORT_V2;
    }

    /** Group address; zero in a general query. */
    public long groupHigh() {
        return i64(view, GROUP_OFFSET);
    }

    public long groupLow() {
        return i64(view, GROUP_OFFSET + 8);
    }

    public MldMessage group(long high, long low) {
        put64(view, GROUP_OFFSET, high);
        put64(view, GROUP_OFFSET + 8, low);
        return this;
    }

    /** Version of a query, 1 or 2 (RFC 3810 section 8.1). */
    public int queryVersion() {
        return view.capacity() > MESSAGE_V1_LENGTH ? 2 : 1;
    }

    /** Records in a v2 report; 0 in any other message. */
    public int recordCount() {
        return type() == REPORT_V2 ? u16(view, RECORD_COUNT_OFFSET) : 0;
    }

    /** Where the first record starts. */
    public int firstRecord() {
        return Icmpv6Header.LENGTH;
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

    public long recordGroupHigh(int record) {
        return i64(view, record + 4);
    }

    public long recordGroupLow(int record) {
        return i64(view, record + 12);
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "ICMP6, malformed multicast listener discovery";
        }
        return switch (type()) {
            case QUERY -> "ICMP6, multicast listener query v" + queryVersion() + ' ' + groupText();
            case REPORT_V1 -> "ICMP6, multicast listener report " + groupText();
            case DONE -> "ICMP6, multicast listener done " + groupText();
            default -> "ICMP6, multicast listener report v2, " + recordCount() + " group record(s)";
        };
    }

    private String groupText() {
        return AddressText.ipv6(groupHigh(), groupLow());
    }
}
