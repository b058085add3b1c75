package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Neighbour discovery, IGMP and MLD: known bytes read, known bytes written, impossible lengths. */
@Timeout(10)
class ControlMessagesTest {
    private static final String TARGET = "fd000008000000000000000000000021";
    private static final String ADVERTISEMENT = "88001234" + "60000000" + TARGET + "020152540000000a";
    private static final String GROUP6 = "ff0200000000000000000001ff000021";
    private static final String REPORT_V3 =
            "2200000000000002" + "04010001e00001050a00000111111111" + "03000000e0000106";
    private static final String REPORT_V2 = "8f00000000000002" + "04000000" + GROUP6 + "01000001" + GROUP6 + TARGET;

    @Test
    void shouldReadAdvertisementWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(ADVERTISEMENT);
        NeighbourMessage message = new NeighbourMessage().wrap(bytes.addressOffset(), bytes.capacity());
        int option = message.firstOption();

        assertEquals(DropReason.NONE, message.check());
        assertEquals(NeighbourMessage.FLAG_SOLICITED | NeighbourMessage.FLAG_OVERRIDE, message.flags());
        assertEquals(0x1234, message.checksum());
        assertTrue(message.hasTarget() && message.isOption(option));
        assertEquals(0x21, message.targetLow());
        assertEquals(NeighbourMessage.OPTION_TARGET_LINK_ADDRESS, message.optionType(option));
        assertEquals(0x5254_0000_000AL, message.linkAddress(option));
        assertFalse(message.isOption(message.nextOption(option)));
        assertEquals("ICMP6, neighbor advertisement, tgt is fd00:8::21", message.toString());
    }

    @Test
    void shouldWriteAdvertisementByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(32);

        new NeighbourMessage()
                .wrap(bytes, 0, 32)
                .type(NeighbourMessage.NEIGHBOUR_ADVERTISEMENT)
                .code(0)
                .checksum(0x1234)
                .flags(NeighbourMessage.FLAG_SOLICITED | NeighbourMessage.FLAG_OVERRIDE)
                .target(0xFD00_0008_0000_0000L, 0x21)
                .linkAddress(24, NeighbourMessage.OPTION_TARGET_LINK_ADDRESS, 0x5254_0000_000AL);

        assertEquals(ADVERTISEMENT, HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseNeighbourMessageWhenCut() {
        for (int length = 0; length < 32; length++) {
            NeighbourMessage message = new NeighbourMessage().wrap(HeaderBytes.of(ADVERTISEMENT), 0, length);
            int cut = (length < 24 ? DropReason.ND_TRUNCATED : DropReason.ND_BAD_OPTION).code();
            assertEquals(length == 24 ? DropReason.NONE : cut, message.check(), "length " + length);
        }
    }

    @Test
    void shouldRefuseNeighbourMessagesAboutMappedAddresses() {
        UnsafeBuffer bytes = HeaderBytes.zeros(40);
        NeighbourMessage message = new NeighbourMessage().wrap(bytes, 0, 40);
        long mapped = 0xFFFF_0A00_0001L;
        int refused = DropReason.IPV6_MAPPED_ADDRESS.code();
        // So that what stands behind a target, as an option or a destination, is well-formed.
        HeaderBytes.of("01020000000000000000000000000000").getBytes(0, bytes, 24, 16);

        message.target(0, mapped);
        assertEquals(
                refused, message.type(NeighbourMessage.NEIGHBOUR_SOLICITATION).check());
        assertEquals(
                refused, message.type(NeighbourMessage.NEIGHBOUR_ADVERTISEMENT).check());
        assertEquals(refused, message.type(NeighbourMessage.REDIRECT).check());
        message.target(0xFD00_0008_0000_0000L, mapped);
        assertEquals(
                DropReason.NONE,
                message.type(NeighbourMessage.NEIGHBOUR_SOLICITATION).check());
        assertEquals(DropReason.NONE, message.type(NeighbourMessage.REDIRECT).check());
        bytes.putLong(24, 0);
        HeaderBytes.of("0000ffff0a000001").getBytes(0, bytes, 32, 8);
        assertEquals(refused, message.check());
    }

    @Test
    void shouldIterateOverIgmpRecords() {
        UnsafeBuffer bytes = HeaderBytes.of(REPORT_V3);
        IgmpMessage report = new IgmpMessage().wrap(bytes.addressOffset(), bytes.capacity());
        int first = report.firstRecord();
        int second = report.nextRecord(first);

        assertEquals(DropReason.NONE, report.check());
        assertEquals(2, report.recordCount());
        assertEquals(GroupRecordType.CHANGE_TO_EXCLUDE, report.recordType(first));
        assertEquals(1, report.recordSourceCount(first));
        assertEquals(0x0A00_0001, report.recordSource(first, 0));
        assertEquals(0xE000_0105, report.recordGroup(first));
        assertEquals(GroupRecordType.CHANGE_TO_INCLUDE, report.recordType(second));
        assertEquals(0xE000_0106, report.recordGroup(second));
        assertFalse(report.hasGroup());
        assertEquals("igmp v3 report, 2 group record(s)", report.toString());
    }

    @Test
    void shouldTellIgmpVersionsApart() {
        UnsafeBuffer bytes = HeaderBytes.zeros(12);
        IgmpMessage message = new IgmpMessage().wrap(bytes, 0, 8);

        assertEquals(
                "igmp leave 224.0.1.5",
                message.type(IgmpMessage.LEAVE).group(0xE000_0105).toString());
        assertEquals(
                "igmp v2 report 224.0.1.5", message.type(IgmpMessage.REPORT_V2).toString());
        assertEquals(
                "igmp v1 report 224.0.1.5", message.type(IgmpMessage.REPORT_V1).toString());
        assertEquals("igmp query v1 224.0.1.5", message.type(IgmpMessage.QUERY).toString());
        assertEquals(
                "igmp query v2 0.0.0.0",
                message.maxResponseCode(100).group(0).checksum(7).toString());
        assertEquals("1164000700000000", HeaderBytes.hex(bytes).substring(0, 16));
        assertEquals("igmp query v3 0.0.0.0", message.wrap(bytes, 0, 12).toString());
        assertEquals("igmp type 0x30", message.type(0x30).toString());
        assertEquals(0, message.recordCount());
    }

    @Test
    void shouldRefuseGroupMessagesWhenCut() {
        int truncated = DropReason.GROUP_MEMBERSHIP_TRUNCATED.code();
        for (int length = 0; length < REPORT_V3.length() / 2; length++) {
            assertEquals(
                    truncated,
                    new IgmpMessage().wrap(HeaderBytes.of(REPORT_V3), 0, length).check());
        }
        for (int length = 0; length < REPORT_V2.length() / 2; length++) {
            assertEquals(
                    truncated,
                    new MldMessage().wrap(HeaderBytes.of(REPORT_V2), 0, length).check());
        }
        assertEquals("igmp, malformed", new IgmpMessage().toString());
        assertEquals("ICMP6, malformed multicast listener discovery", new MldMessage().toString());
    }

    @Test
    void shouldIterateOverMldRecords() {
        UnsafeBuffer bytes = HeaderBytes.of(REPORT_V2);
        MldMessage report = new MldMessage().wrap(bytes.addressOffset(), bytes.capacity());
        int second = report.nextRecord(report.firstRecord());

        assertEquals(DropReason.NONE, report.check());
        assertEquals(2, report.recordCount());
        assertEquals(GroupRecordType.CHANGE_TO_EXCLUDE, report.recordType(report.firstRecord()));
        assertEquals(GroupRecordType.MODE_IS_INCLUDE, report.recordType(second));
        assertEquals(1, report.recordSourceCount(second));
        assertEquals(0xFF02_0000_0000_0000L, report.recordGroupHigh(second));
        assertEquals(0x0000_0001_FF00_0021L, report.recordGroupLow(second));
        assertEquals("ICMP6, multicast listener report v2, 2 group record(s)", report.toString());
    }

    @Test
    void shouldReadAndWriteMldOfVersion1() {
        UnsafeBuffer bytes = HeaderBytes.zeros(28);
        MldMessage message = new MldMessage().wrap(bytes, 0, 24);

        message.type(MldMessage.QUERY)
                .maxResponseCode(10_000)
                .checksum(7)
                .group(0xFF02_0000_0000_0000L, 0x1_FF00_0021L);

        assertEquals("8200000727100000" + GROUP6, HeaderBytes.hex(bytes).substring(0, 48));
        assertEquals("ICMP6, multicast listener query v1 ff02::1:ff00:21", message.toString());
        assertEquals(2, message.wrap(bytes, 0, 28).queryVersion());
        assertEquals(
                "ICMP6, multicast listener done ff02::1:ff00:21",
                message.type(MldMessage.DONE).toString());
    }
}
