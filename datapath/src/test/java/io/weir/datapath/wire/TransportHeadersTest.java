package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** TCP, UDP, SCTP, ICMP and ICMPv6: known bytes read, known bytes written, impossible lengths. */
@Timeout(10)
class TransportHeadersTest {
    private static final String TCP = "c35015380000000a8000000b6012ffff" + "abcd0000" + "01010101";
    private static final String UDP = "c3500035000a1234" + "0102";
    private static final String SCTP = "0b590b5a0000000180000002";
    private static final String ECHO = "08000102000a000b";

    @Test
    void shouldReadTcpWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(TCP + "2a");
        TcpHeader header = new TcpHeader().wrap(bytes.addressOffset(), bytes.capacity());

        assertEquals(DropReason.NONE, header.check());
        assertEquals(50_000, header.sourcePort());
        assertEquals(5432, header.destinationPort());
        assertEquals(10, header.sequence());
        assertEquals(0x8000_000BL, header.acknowledgment());
        assertEquals(24, header.headerLength());
        assertEquals(TcpHeader.SYN | TcpHeader.ACK, header.flags());
        assertEquals(65_535, header.window());
        assertEquals(0xABCD, header.checksum());
        assertEquals("TCP 50000 > 5432: Flags [S.], seq 10, ack 2147483659, win 65535, length 1", header.toString());
    }

    @Test
    void shouldWriteTcpByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(20);

        new TcpHeader()
                .wrap(bytes, 0, 20)
                .sourcePort(50_000)
                .destinationPort(5432)
                .sequence(10)
                .acknowledgment(0x8000_000BL)
                .headerLength(20)
                .flags(TcpHeader.FIN | TcpHeader.CWR)
                .window(0xFFFF)
                .checksum(0xABCD);

        assertEquals("c35015380000000a8000000b5081ffffabcd0000", HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseTcpWhenCutAnywhere() {
        for (int length = 0; length < 24; length++) {
            TcpHeader header = new TcpHeader().wrap(HeaderBytes.of(TCP), 0, length);
            int expected = (length < 20 ? DropReason.TCP_TRUNCATED : DropReason.TCP_BAD_OFFSET).code();
            assertEquals(expected, header.check(), "length " + length);
            assertEquals("TCP, malformed", header.toString());
        }
    }

    @Test
    void shouldReadUdpWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(UDP);
        UdpHeader header = new UdpHeader().wrap(bytes.addressOffset(), bytes.capacity());

        assertEquals(DropReason.NONE, header.check());
        assertEquals(50_000, header.sourcePort());
        assertEquals(53, header.destinationPort());
        assertEquals(10, header.length());
        assertEquals(0x1234, header.checksum());
        assertEquals("UDP 50000 > 53, length 2", header.toString());
    }

    @Test
    void shouldWriteUdpByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(8);

        new UdpHeader()
                .wrap(bytes, 0, 8)
                .sourcePort(50_000)
                .destinationPort(53)
                .length(10)
                .checksum(0x1234);

        assertEquals("c3500035000a1234", HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseUdpWhenCutAnywhere() {
        for (int length = 0; length < 10; length++) {
            UdpHeader header = new UdpHeader().wrap(HeaderBytes.of(UDP), 0, length);
            int expected = (length < 8 ? DropReason.UDP_TRUNCATED : DropReason.UDP_BAD_LENGTH).code();
            assertEquals(expected, header.check(), "length " + length);
            assertEquals("UDP, malformed", header.toString());
        }
    }

    @Test
    void shouldReadAndWriteSctp() {
        UnsafeBuffer written = HeaderBytes.zeros(12);
        UnsafeBuffer bytes = HeaderBytes.of(SCTP);
        SctpHeader header = new SctpHeader().wrap(bytes.addressOffset(), 12);

        new SctpHeader()
                .wrap(written, 0, 12)
                .sourcePort(header.sourcePort())
                .destinationPort(2906)
                .verificationTag(1)
                .checksum(0x8000_0002);

        assertEquals(2905, header.sourcePort());
        assertEquals(2906, header.destinationPort());
        assertEquals(1, header.verificationTag());
        assertEquals(0x8000_0002, header.checksum());
        assertEquals("SCTP 2905 > 2906, tag 0x1", header.toString());
        assertEquals(SCTP, HeaderBytes.hex(written));
    }

    @Test
    void shouldReadAndWriteIcmp() {
        UnsafeBuffer written = HeaderBytes.zeros(8);
        UnsafeBuffer bytes = HeaderBytes.of(ECHO);
        IcmpHeader header = new IcmpHeader().wrap(bytes.addressOffset(), 8);

        new IcmpHeader()
                .wrap(written, 0, 8)
                .type(8)
                .code(0)
                .checksum(0x0102)
                .identifier(10)
                .sequence(11);

        assertEquals("ICMP echo request, id 10, seq 11", header.toString());
        assertEquals(0x0102, header.checksum());
        assertFalse(header.isError());
        assertEquals(ECHO, HeaderBytes.hex(written));
        assertEquals("ICMP echo reply, id 10, seq 11", header.type(0).toString());
        assertTrue(header.type(3).code(4).isError());
        assertEquals("ICMP type 3, code 4", header.toString());
    }

    @Test
    void shouldReadAndWriteIcmpv6() {
        UnsafeBuffer written = HeaderBytes.zeros(8);
        UnsafeBuffer bytes = HeaderBytes.of("80" + ECHO.substring(2));
        Icmpv6Header header = new Icmpv6Header().wrap(bytes.addressOffset(), 8);

        new Icmpv6Header()
                .wrap(written, 0, 8)
                .type(128)
                .code(0)
                .checksum(0x0102)
                .identifier(10)
                .sequence(11);

        assertEquals("ICMP6 echo request, id 10, seq 11", header.toString());
        assertEquals(0x0102, header.checksum());
        assertFalse(header.isError());
        assertEquals("80" + ECHO.substring(2), HeaderBytes.hex(written));
        assertEquals("ICMP6 echo reply, id 10, seq 11", header.type(129).toString());
        assertTrue(header.type(2).isError());
        assertEquals("ICMP6 type 2, code 0", header.toString());
    }

    @Test
    void shouldRefuseWhenShort() {
        for (int length = 0; length < 12; length++) {
            UnsafeBuffer bytes = HeaderBytes.zeros(length);
            int sctp = new SctpHeader().wrap(bytes, 0, length).check();
            int icmp = new IcmpHeader().wrap(bytes, 0, length).check();
            int icmpv6 = new Icmpv6Header().wrap(bytes, 0, length).check();
            assertEquals(DropReason.SCTP_TRUNCATED.code(), sctp);
            assertEquals(length < 8 ? DropReason.ICMP_TRUNCATED.code() : 0, icmp);
            assertEquals(length < 8 ? DropReason.ICMPV6_TRUNCATED.code() : 0, icmpv6);
        }
        assertEquals("SCTP, truncated", new SctpHeader().toString());
        assertEquals("ICMP, truncated", new IcmpHeader().toString());
        assertEquals("ICMP6, truncated", new Icmpv6Header().toString());
    }
}
