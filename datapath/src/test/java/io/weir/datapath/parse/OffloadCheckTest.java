package io.weir.datapath.parse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
class OffloadCheckTest {
    private final ParseBench bench = new ParseBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest(name = "{0}: flags {1}, gso {2} of {3}, checksum at {4}+{5}")
    @CsvSource({
        "tcp4, 1, 0, 0, 34, 16",
        "tcp4, 1, 1, 48, 34, 16",
        "tcp4, 1, 0x81, 48, 34, 16",
        "tcp4, 5, 1, 48, 34, 16",
        "tcp4, 2, 0, 0, 99, 99",
        "tcp4, 0, 0, 7, 0, 0",
        "tcp6, 1, 4, 10, 54, 16",
        "tcp6, 1, 0x84, 10, 54, 16",
        "udp4, 1, 5, 10, 34, 6",
        "tagged, 1, 1, 10, 38, 16",
        "sctp4, 1, 0, 0, 34, 8",
        "icmp, 1, 0, 0, 34, 2",
        "echo6, 1, 0, 0, 54, 2",
        "ospf, 1, 0, 0, 34, 10",
    })
    void shouldForwardWhenOffloadAgrees(
            String sample, String flags, String gsoType, int gsoSize, int checksumStart, int checksumOffset) {
        assertEquals(DropReason.NONE, parse(sample, flags, gsoType, gsoSize, checksumStart, checksumOffset));
    }

    @ParameterizedTest(name = "{0}: flags {1}, gso {2} of {3}, checksum at {4}+{5}")
    @CsvSource({
        "tcp4, 8, 0, 0, 0, 0",
        "tcp4, 0x80, 0, 0, 0, 0",
        "tcp4, 1, 2, 10, 34, 16",
        "tcp4, 1, 3, 10, 34, 16",
        "tcp4, 1, 4, 10, 34, 16",
        "tcp4, 1, 5, 10, 34, 16",
        "tcp4, 1, 0x80, 0, 34, 16",
        "tcp4, 1, 1, 0, 34, 16",
        "tcp4, 0, 1, 10, 34, 16",
        "tcp4, 1, 0, 0, 33, 16",
        "tcp4, 1, 0, 0, 34, 2",
        "tcp4, 1, 0, 0, 14, 16",
        "tcp4, 1, 0, 0, 65535, 65535",
        "tcp6, 1, 1, 10, 54, 16",
        "udp4, 1, 0x85, 10, 34, 6",
        "udp4, 1, 1, 10, 34, 6",
        "arp, 1, 0, 0, 20, 2",
        "opaque, 1, 0, 0, 20, 2",
        "ospf, 1, 0, 0, 33, 2",
        "ospf, 1, 0, 0, 34, 23",
        "first fragment, 1, 5, 100, 34, 6",
        "later fragment, 1, 0, 0, 34, 6",
    })
    void shouldDropWhenOffloadContradictsTheFrame(
            String sample, String flags, String gsoType, int gsoSize, int checksumStart, int checksumOffset) {
        assertEquals(
                DropReason.OFFLOAD_INVALID.code(),
                parse(sample, flags, gsoType, gsoSize, checksumStart, checksumOffset));
    }

    @ParameterizedTest(name = "{0} bytes of TCP payload, segments of {1}")
    @CsvSource({
        "65495, 1, false",
        "49, 47, false",
        "47, 47, true",
        "0, 1, true",
        "49, 48, true",
        "65495, 48, true",
    })
    void shouldJudgeTcpBySizeOfItsSegments(int payloadLength, int gsoSize, boolean fits) {
        assertFits(fits, ethernet(0x0800, ipv4(6, tcp(new byte[payloadLength]))), 1, gsoSize, 16);
    }

    @ParameterizedTest(name = "{0} bytes of TCP payload behind options, segments of {1}")
    @CsvSource({
        "100, 35, false",
        "100, 36, true",
        "50400, 36, true",
        "50401, 36, false",
    })
    void shouldCountOptionsAndSegmentsWhenTcpHasOptions(int payloadLength, int gsoSize, boolean fits) {
        byte[] tcp = tcpWithOptions(0x10, new byte[payloadLength]);

        assertFits(fits, ethernet(0x0800, ipv4(6, tcp)), 1, gsoSize, 16);
    }

    @ParameterizedTest(name = "{0} bytes of UDP payload, segments of {1}")
    @CsvSource({
        "128, 1, true",
        "129, 1, false",
        "65507, 512, true",
        "65507, 511, false",
    })
    void shouldJudgeUdpByNumberOfSegments(int payloadLength, int gsoSize, boolean fits) {
        assertFits(fits, ethernet(0x0800, ipv4(17, udp(new byte[payloadLength]))), 5, gsoSize, 6);
    }

    @ParameterizedTest(name = "UDP length {0} of 1,008")
    @CsvSource({
        "1008, true",
        "1007, false",
        "508, false",
    })
    void shouldDropWhenUdpLengthIsNotThatOfTheSuperFrame(int udpLength, boolean fits) {
        byte[] udp = udp(new byte[1000]);
        System.arraycopy(u16(udpLength), 0, udp, 4, 2);

        assertFits(fits, ethernet(0x0800, ipv4(17, udp)), 5, 500, 6);
    }

    private void assertFits(boolean fits, byte[] frame, int gsoType, int gsoSize, int checksumOffset) {
        bench.write(frame);
        bench.offload(1, gsoType, gsoSize, 34, checksumOffset);

        assertEquals(fits ? DropReason.NONE : DropReason.OFFLOAD_INVALID.code(), bench.parse(frame.length));
    }

    private int parse(String sample, String flags, String gsoType, int gsoSize, int start, int offset) {
        byte[] frame = sample(sample);
        bench.write(frame);
        bench.offload(Integer.decode(flags), Integer.decode(gsoType), gsoSize, start, offset);
        return bench.parse(frame.length);
    }
}
