package io.weir.datapath.segment;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static io.weir.datapath.packet.VirtioNetHeader.*;
import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmenterTest {
    private static final int CAPACITY = 66_000;

    /** Where the headers of a super-frame lie, and what kind it is. */
    enum Kind {
        TSO4(GSO_TCPV4, 14, 34, 54, 6),
        TSO4_OPTIONS_TAGGED(GSO_TCPV4, 18, 42, 74, 6),
        TSO6(GSO_TCPV6, 14, 54, 86, 6),
        TSO6_EXTENSIONS_DOUBLE_TAGGED(GSO_TCPV6, 22, 86, 106, 6),
        TSO4_TRIPLE_TAGGED(GSO_TCPV4, 26, 46, 66, 6),
        USO4(GSO_UDP_L4, 14, 34, 42, 17),
        USO6(GSO_UDP_L4, 14, 54, 62, 17);

        final int gsoType;
        final int network;
        final int transport;
        final int headers;
        final int protocol;

        Kind(int gsoType, int network, int transport, int headers, int protocol) {
            this.gsoType = gsoType;
            this.network = network;
            this.transport = transport;
            this.headers = headers;
            this.protocol = protocol;
        }

        byte[] frame(byte[] payload, int flags) {
            byte[] tcp = SampleFrames.tcp(payload);
            tcp[13] = (byte) flags;
            return switch (this) {
                case TSO4 -> ethernet(0x0800, ipv4(6, tcp));
                case TSO4_OPTIONS_TAGGED ->
                    tagged(0x8100, 7, 0x0800, ipv4(6, 0, hex("94040000"), tcpWithOptions(flags, payload)));
                case TSO6 -> ethernet(0x86DD, ipv6(6, tcpWithOptions(flags, payload)));
                case TSO6_EXTENSIONS_DOUBLE_TAGGED ->
                    tagged(0x88A8, 7, 0x8100, u16(8), u16(0x86DD), ipv6(0, extension(60, 0), extension(6, 1), tcp));
                case TSO4_TRIPLE_TAGGED ->
                    tagged(0x88A8, 7, 0x8100, u16(8), u16(0x8100), u16(9), u16(0x0800), ipv4(6, tcp));
                case USO4 -> ethernet(0x0800, ipv4(17, udp(payload)));
                case USO6 -> ethernet(0x86DD, ipv6(17, udp(payload)));
            };
        }
    }

    private final Segmenter segmenter = new Segmenter();

    @Property(tries = 300)
    void shouldMakeTheSameBytesWhenSegmentsAreJoined(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 65_000) int payloadLength,
            @ForAll @IntRange(min = 1, max = 9000) int segmentSize,
            @ForAll @IntRange(max = 255) int flags) {
        byte[] payload = counting(Math.min(payloadLength, segmentSize * 100));
        byte[] frame = kind.frame(payload, flags);

        List<byte[]> segments = segment(frame, kind.gsoType, segmentSize);

        assertEquals((payload.length + segmentSize - 1) / segmentSize, segments.size());
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < segments.size(); i++) {
            byte[] segment = segments.get(i);
            assertHeaders(kind, frame, segment, i, segmentSize, i == segments.size() - 1);
            joined.write(segment, kind.headers, segment.length - kind.headers);
        }
        assertArrayEquals(payload, joined.toByteArray());
    }

    private static void assertHeaders(Kind kind, byte[] frame, byte[] segment, int index, int size, boolean last) {
        int ip = kind.network;
        assertTrue(NaiveChecksum.transportHolds(segment, ip, kind.transport, kind.protocol), "transport checksum");
        assertArrayEquals(Arrays.copyOf(frame, ip), Arrays.copyOf(segment, ip), "link layer headers");
        if ((frame[ip] & 0xF0) == 0x40) {
            assertEquals(segment.length - ip, word(segment, ip + 2), "IPv4 total length");
            assertEquals((0x1234 + index) & 0xFFFF, word(segment, ip + 4), "IPv4 identification");
            assertEquals(0, NaiveChecksum.of(segment, ip, kind.transport, 0), "IPv4 header checksum");
        } else {
            assertEquals(segment.length - ip - 40, word(segment, ip + 4), "IPv6 payload length");
        }
        if (kind.protocol == 17) {
            assertEquals(segment.length - kind.transport, word(segment, kind.transport + 4), "UDP length");
            assertTrue(word(segment, kind.transport + 6) != 0, "UDP checksum of zero");
            return;
        }
        int sequence = (int) (doubleWord(frame, kind.transport + 4) + (long) index * size);
        assertEquals(sequence, (int) doubleWord(segment, kind.transport + 4), "TCP sequence number");
        int cleared = (index > 0 ? 0x80 : 0) | (last ? 0 : 0x09);
        assertEquals(frame[kind.transport + 13] & 0xFF & ~cleared, segment[kind.transport + 13] & 0xFF, "TCP flags");
    }

    @Test
    @Timeout(60)
    void shouldEqualTheHandMadeVectorWhenTcp4() {
        byte[] frame = Kind.TSO4.frame(hex("0102030405"), 0x99);

        List<byte[]> segments = segment(frame, GSO_TCPV4, 4);

        String link = "525400000002 52540000000a 0800";
        String first = link + "4500002c 12344000 4006 1260 0a080114 0a080115" // 20 + 20 + 4 bytes
                + "c3501538 00000001 00000002 5090 ffff bc86 0000 01020304";
        String second = link + "45000029 12354000 4006 1262 0a080114 0a080115"
                + "c3501538 00000005 00000002 5019 ffff bc02 0000 05";
        assertEquals(2, segments.size());
        assertArrayEquals(hex(first), segments.get(0));
        assertArrayEquals(hex(second), segments.get(1));
    }

    @Test
    @Timeout(60)
    void shouldMakeNoSegmentsWhenFrameIsNoSuperFrame() {
        byte[] tcp = Kind.TSO4.frame(counting(100), 0);
        byte[] udp = Kind.USO6.frame(counting(100), 0);

        assertEquals(0, segment(tcp, GSO_NONE, 10).size());
        assertEquals(0, segment(tcp, GSO_UDP, 10).size());
        assertEquals(0, segment(tcp, GSO_TCPV4, 0).size());
        assertEquals(0, segment(tcp, GSO_TCPV6, 10).size());
        assertEquals(0, segment(tcp, GSO_UDP_L4, 10).size());
        assertEquals(0, segment(udp, GSO_TCPV6, 10).size());
        assertEquals(0, segment(sample("first fragment"), GSO_UDP_L4, 10).size());
        assertEquals(0, segment(sample("fragment6"), GSO_TCPV6, 10).size());
        assertEquals(0, segment(sample("arp"), GSO_TCPV4, 10).size());
    }

    @Test
    @Timeout(60)
    void shouldMakeNoSegmentsWhenTheyWouldBeTooMany() {
        byte[] most = Kind.TSO4.frame(counting(11_200), 0);
        byte[] oneMore = Kind.TSO4.frame(counting(11_201), 0);

        assertEquals(1_400, segment(most, GSO_TCPV4, 8).size());
        assertEquals(0, segment(oneMore, GSO_TCPV4, 8).size());
    }

    @Test
    @Timeout(60)
    void shouldMakeNoSegmentsWhenAHeaderIsCut() {
        for (Kind kind : Kind.values()) {
            byte[] frame = kind.frame(counting(100), 0);
            for (int length = 0; length < frame.length; length++) {
                assertEquals(
                        0,
                        segment(Arrays.copyOf(frame, length), kind.gsoType, 10).size(),
                        kind + " cut");
            }
        }
    }

    @Property(tries = 300)
    void shouldMakeTheSameSegmentsInPlaceAndLeaveTheSuperFrameAsItWas(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 20_000) int payloadLength,
            @ForAll @IntRange(min = 1, max = 2000) int segmentSize,
            @ForAll @IntRange(max = 255) int flags) {
        byte[] frame = kind.frame(counting(Math.min(payloadLength, segmentSize * 100)), flags);

        List<byte[]> copied = segment(frame, kind.gsoType, segmentSize);
        List<byte[]> inPlace = segmentInPlace(frame, kind.gsoType, segmentSize, Integer.MAX_VALUE);

        assertEquals(copied.size(), inPlace.size());
        for (int i = 0; i < copied.size(); i++) {
            assertArrayEquals(copied.get(i), inPlace.get(i), "segment " + i);
        }
    }

    @Property(tries = 100)
    void shouldMakeTcpSegmentsNoLongerThanTheLimitAndLeaveDatagramsWhole(
            @ForAll Kind kind, @ForAll @IntRange(min = 200, max = 3000) int limit) {
        byte[] frame = kind.frame(counting(20_000), 0x18);
        int size = 1448;

        List<byte[]> segments = segmentInPlace(frame, kind.gsoType, size, limit);

        boolean tcp = kind.protocol == 6;
        int largest = tcp ? Math.min(limit, kind.headers + size) : kind.headers + size;
        assertEquals(largest, segments.getFirst().length);
        assertEquals(
                20_000,
                segments.stream()
                        .mapToInt(segment -> segment.length - kind.headers)
                        .sum());
    }

    @Test
    @Timeout(60)
    void shouldMakeNoSegmentsWhenNotOneByteOfPayloadFitsTheLimit() {
        byte[] frame = Kind.TSO4.frame(counting(100), 0);

        assertEquals(0, segmentInPlace(frame, GSO_TCPV4, 50, 54).size());
        assertEquals(100, segmentInPlace(frame, GSO_TCPV4, 50, 55).size());
    }

    private List<byte[]> segmentInPlace(byte[] frame, int gsoType, int segmentSize, int limit) {
        long memory = Memory.map(2 * CAPACITY);
        try {
            long address = memory + VirtioNetHeader.LENGTH;
            new VirtioNetHeader().wrapBefore(address).set(NEEDS_CHECKSUM, gsoType, 0, segmentSize, 0, 0);
            Memory.copy(frame, 0, address, frame.length);
            List<byte[]> segments = new ArrayList<>();
            for (int left = segmenter.begin(address, frame.length, limit); left > 0; left--) {
                long at = segmenter.nextInPlace(memory + CAPACITY);
                byte[] segment = new byte[segmenter.segmentLength()];
                Memory.copy(at, segment, 0, segment.length);
                segments.add(segment);
                segmenter.restore();
            }
            assertEquals(0, segmenter.nextInPlace(memory + CAPACITY), "one segment too many");
            byte[] after = new byte[frame.length];
            Memory.copy(address, after, 0, after.length);
            assertArrayEquals(frame, after);
            return segments;
        } finally {
            Memory.unmap(memory, 2 * CAPACITY);
        }
    }

    private List<byte[]> segment(byte[] frame, int gsoType, int segmentSize) {
        long memory = Memory.map(2 * CAPACITY);
        try {
            long address = memory + VirtioNetHeader.LENGTH;
            new VirtioNetHeader().wrapBefore(address).set(NEEDS_CHECKSUM, gsoType, 0, segmentSize, 0, 0);
            Memory.copy(frame, 0, address, frame.length);
            List<byte[]> segments = new ArrayList<>();
            for (int left = segmenter.begin(address, frame.length); left > 0; left--) {
                byte[] segment = new byte[segmenter.next(memory + CAPACITY)];
                assertTrue(segment.length > 0 && segment.length <= segmenter.maxSegmentLength());
                Memory.copy(memory + CAPACITY, segment, 0, segment.length);
                segments.add(segment);
            }
            assertEquals(0, segmenter.next(memory + CAPACITY), "one segment too many");
            return segments;
        } finally {
            Memory.unmap(memory, 2 * CAPACITY);
        }
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    private static long doubleWord(byte[] bytes, int at) {
        return (long) word(bytes, at) << 16 | word(bytes, at + 2);
    }
}
