package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** IPv4, IPv6 and extension headers: known bytes read, known bytes written, impossible lengths. */
@Timeout(10)
class InternetHeadersTest {
    private static final String VERSION_4 = "46b8002012346001" + "40111111" + "0a080114" + "0a080115" + "94040000";
    private static final String VERSION_6 =
            "6abcdef100081140" + "fd000008000000000000000000000020" + "fd000008000000000001000000000021";

    @Test
    void shouldReadIpv4WhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(VERSION_4 + "0001000200080000");
        Ipv4Header header = new Ipv4Header().wrap(bytes.addressOffset(), bytes.capacity());

        assertEquals(DropReason.NONE, header.check());
        assertEquals(4, header.version());
        assertEquals(24, header.headerLength());
        assertEquals(0xB8, header.typeOfService());
        assertEquals(32, header.totalLength());
        assertEquals(0x1234, header.identification());
        assertTrue(header.dontFragment());
        assertTrue(header.moreFragments());
        assertEquals(8, header.fragmentOffset());
        assertEquals(64, header.timeToLive());
        assertEquals(17, header.protocol());
        assertEquals(0x1111, header.checksum());
        assertEquals(0x0A08_0114, header.source());
        assertEquals(0x0A08_0115, header.destination());
        assertEquals("IP 10.8.1.20 > 10.8.1.21: ip-proto-17, frag 4660:8+, length 32", header.toString());
    }

    @Test
    void shouldWriteIpv4ByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(20);

        new Ipv4Header()
                .wrap(bytes, 0, 20)
                .headerLength(20)
                .typeOfService(0xB8)
                .totalLength(20)
                .identification(0x1234)
                .fragmentField(0x4000)
                .timeToLive(64)
                .protocol(6)
                .checksum(0xABCD)
                .source(0x0A08_0114)
                .destination(0x0A08_0115);

        assertEquals("45b80014123440004006abcd0a0801140a080115", HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseIpv4WhenCutAnywhere() {
        for (int length = 0; length < 32; length++) {
            Ipv4Header header = new Ipv4Header().wrap(HeaderBytes.of(VERSION_4 + "0001000200080000"), 0, length);
            int expected = (length < 24 ? DropReason.IPV4_TRUNCATED : DropReason.IPV4_BAD_LENGTH).code();
            assertEquals(expected, header.check(), "length " + length);
            assertEquals("IP, malformed", header.toString());
        }
    }

    @Test
    void shouldReadIpv6WhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(VERSION_6 + "0001000200080000");
        Ipv6Header header = new Ipv6Header().wrap(bytes.addressOffset(), bytes.capacity());

        assertEquals(DropReason.NONE, header.check());
        assertEquals(6, header.version());
        assertEquals(0xAB, header.trafficClass());
        assertEquals(0xCDEF1, header.flowLabel());
        assertEquals(8, header.payloadLength());
        assertEquals(17, header.nextHeader());
        assertEquals(64, header.hopLimit());
        assertEquals(0xFD00_0008_0000_0000L, header.sourceHigh());
        assertEquals(0x20, header.sourceLow());
        assertEquals(0xFD00_0008_0000_0000L, header.destinationHigh());
        assertEquals(0x0001_0000_0000_0021L, header.destinationLow());
        assertEquals("IP6 fd00:8::20 > fd00:8::1:0:0:21: next-header 17, length 8", header.toString());
    }

    @Test
    void shouldWriteIpv6ByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(40);

        new Ipv6Header()
                .wrap(bytes, 0, 40)
                .versionClassLabel(0xAB, 0xCDEF1)
                .payloadLength(8)
                .nextHeader(17)
                .hopLimit(64)
                .source(0xFD00_0008_0000_0000L, 0x20)
                .destination(0xFD00_0008_0000_0000L, 0x0001_0000_0000_0021L);

        assertEquals(VERSION_6, HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseIpv6WhenCutAnywhere() {
        for (int length = 0; length < 48; length++) {
            Ipv6Header header = new Ipv6Header().wrap(HeaderBytes.of(VERSION_6 + "0001000200080000"), 0, length);
            int expected = (length < 40 ? DropReason.IPV6_TRUNCATED : DropReason.IPV6_BAD_LENGTH).code();
            assertEquals(expected, header.check(), "length " + length);
            assertEquals("IP6, malformed", header.toString());
        }
    }

    @Test
    void shouldShortenTheLongestRunOfZeroGroups() {
        assertEquals("::", AddressText.ipv6(0, 0));
        assertEquals("::1", AddressText.ipv6(0, 1));
        assertEquals("ff02::", AddressText.ipv6(0xFF02_0000_0000_0000L, 0));
        assertEquals("1:0:2::3:4", AddressText.ipv6(0x0001_0000_0002_0000L, 0x0000_0000_0003_0004L));
        assertEquals("1:2:3:4:5:6:0:8", AddressText.ipv6(0x0001_0002_0003_0004L, 0x0005_0006_0000_0008L));
    }

    @Test
    void shouldWalkToTheFragmentPayloadWhenItIsALaterFragment() {
        UnsafeBuffer bytes = HeaderBytes.of("2c00010400000000" + "3c0000190000beef" + "ffffffff");
        Ipv6ExtensionChain chain = new Ipv6ExtensionChain();

        int reason = chain.walk(bytes, IpProtocol.HOP_BY_HOP, 0, bytes.capacity());

        assertEquals(DropReason.NONE, reason);
        assertEquals(IpProtocol.DESTINATION_OPTIONS, chain.protocol());
        assertEquals(16, chain.offset());
        assertEquals(2, chain.headers());
        assertEquals(8, chain.fragmentHeader());
        assertEquals(24, chain.fragmentOffset());
        assertTrue(chain.moreFragments());
        assertEquals(0xBEEF, Ipv6ExtensionChain.identification(bytes, 8));
        assertEquals("2 extension headers, frag 24+, next-header 60", chain.toString());
    }

    @Test
    void shouldWalkNothingWhenThereIsNoExtension() {
        Ipv6ExtensionChain chain = new Ipv6ExtensionChain();

        int reason = chain.walk(HeaderBytes.zeros(0), IpProtocol.ESP, 0, 0);

        assertEquals(DropReason.NONE, reason);
        assertEquals("0 extension headers, next-header 50", chain.toString());
    }
}
