package io.weir.datapath.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;

import static io.weir.datapath.packet.VirtioNetHeader.*;
import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChecksumsTest {
    private static final int CAPACITY = 66_000;

    private final Checksums checksums = new Checksums();
    private boolean plain;

    @Property(tries = 300)
    void shouldVerifyWhenTcpWasFinished(@ForAll @Size(max = 3000) byte[] payload) {
        byte[] frame = ethernet(0x0800, ipv4(6, tcp(payload)));
        putPseudoHeader(frame, 14, 34, 6, 16);

        byte[] finished = complete(frame, NEEDS_CHECKSUM, GSO_NONE, 34, 16);

        assertTrue(NaiveChecksum.transportHolds(finished, 14, 34, 6));
        assertTrue(plain);
    }

    @Property(tries = 300)
    void shouldVerifyWhenUdpOverIpv6WasFinished(@ForAll @IntRange(max = 60_000) int payloadLength) {
        byte[] frame = ethernet(0x86DD, ipv6(17, udp(counting(payloadLength))));
        putPseudoHeader(frame, 14, 54, 17, 6);

        byte[] finished = complete(frame, NEEDS_CHECKSUM, GSO_NONE, 54, 6);

        assertTrue(NaiveChecksum.transportHolds(finished, 14, 54, 17));
    }

    @Test
    @Timeout(60)
    void shouldWriteAllOnesWhenChecksumIsZero() {
        byte[] frame = ethernet(0x0800, ipv4(17, udp(new byte[2])));
        // The two payload bytes bring the sum of everything else to 0xFFFF, of which the complement is zero.
        int rest = NaiveChecksum.of(frame, 34, frame.length, NaiveChecksum.pseudoHeader(frame, 14, 17, 10));
        frame[42] = (byte) (rest >>> 8);
        frame[43] = (byte) rest;
        putPseudoHeader(frame, 14, 34, 17, 6);

        byte[] finished = complete(frame, NEEDS_CHECKSUM, GSO_NONE, 34, 6);

        assertEquals(-1, ByteBuffer.wrap(finished).getShort(40));
    }

    @Test
    @Timeout(60)
    void shouldWriteCrc32cWhenSctp() {
        byte[] frame = sample("sctp4");
        CRC32C crc = new CRC32C();
        crc.update(frame, 34, frame.length - 34);

        byte[] finished = complete(frame, NEEDS_CHECKSUM, GSO_NONE, 34, 8);

        int written = ByteBuffer.wrap(finished).order(ByteOrder.LITTLE_ENDIAN).getInt(42);
        assertEquals((int) crc.getValue(), written);
    }

    @Test
    @Timeout(60)
    void shouldLeaveTheFrameWhenNothingIsAsked() {
        byte[] frame = sample("tcp4");

        byte[] finished = complete(frame, DATA_VALID, GSO_NONE, 34, 16);

        assertArrayEquals(frame, finished);
        assertTrue(plain);
    }

    @Test
    @Timeout(60)
    void shouldRefuseWhenItCannotFinish() {
        byte[] frame = sample("tcp4");

        assertFalse(completes(frame, NEEDS_CHECKSUM, GSO_TCPV4, 34, 16), "super-frame");
        assertFalse(completes(frame, NEEDS_CHECKSUM, GSO_NONE, frame.length - 17, 16), "last byte is beyond");
        assertFalse(completes(frame, NEEDS_CHECKSUM, GSO_NONE, 65_535, 65_535), "far beyond");
        assertFalse(completes(frame, NEEDS_CHECKSUM, GSO_NONE, frame.length - 11, 8), "no SCTP header");
        assertTrue(completes(frame, NEEDS_CHECKSUM, GSO_NONE, frame.length - 18, 16), "last two bytes");
    }

    private static void putPseudoHeader(byte[] frame, int ip, int transport, int protocol, int field) {
        int sum = ~NaiveChecksum.of(
                frame, 0, 0, NaiveChecksum.pseudoHeader(frame, ip, protocol, frame.length - transport));
        frame[transport + field] = (byte) (sum >>> 8);
        frame[transport + field + 1] = (byte) sum;
    }

    private byte[] complete(byte[] frame, int flags, int gsoType, int start, int offset) {
        byte[] copy = frame.clone();
        assertTrue(completes(copy, flags, gsoType, start, offset));
        return copy;
    }

    private boolean completes(byte[] frame, int flags, int gsoType, int start, int offset) {
        long memory = Memory.map(CAPACITY);
        try {
            long address = memory + VirtioNetHeader.LENGTH;
            VirtioNetHeader header = new VirtioNetHeader().wrapBefore(address);
            header.set(flags, gsoType, 0, 100, start, offset);
            Memory.copy(frame, 0, address, frame.length);
            boolean done = checksums.complete(address, frame.length);
            Memory.copy(address, frame, 0, frame.length);
            plain = header.isPlain();
            return done;
        } finally {
            Memory.unmap(memory, CAPACITY);
        }
    }
}
