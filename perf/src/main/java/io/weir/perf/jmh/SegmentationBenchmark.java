package io.weir.perf.jmh;

import java.util.concurrent.TimeUnit;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.segment.Segmenter;
import io.weir.datapath.wire.InternetChecksum;

import static java.nio.ByteOrder.BIG_ENDIAN;

/** Cutting the largest TCP super-frame into the segments of a 1500-byte MTU, headers and checksums included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SegmentationBenchmark {
    static final int SEGMENT_BYTES = 1_448;
    static final int SEGMENTS = 44;

    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int TCP_LENGTH = 32; // with the timestamp option that Linux always sends
    private static final int HEADERS_LENGTH = ETHERNET_LENGTH + IPV4_LENGTH + TCP_LENGTH;
    private static final int FRAME_LENGTH = HEADERS_LENGTH + SEGMENTS * SEGMENT_BYTES;
    private static final int TCP_CHECKSUM_OFFSET = 16;
    private static final int PROTOCOL_TCP = 6;

    private final PacketPool pool = new PacketPool();
    private final Segmenter segmenter = new Segmenter();
    private final long frame = pool.receiveAddress(0) + VirtioNetHeader.LENGTH;
    private final long segment = pool.receiveAddress(1) + VirtioNetHeader.LENGTH;

    /** A benchmark of a frame that is refused would be a fast one. */
    @Setup
    public void writeFrame() {
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        view.wrap(frame, FRAME_LENGTH);
        view.setMemory(0, FRAME_LENGTH, (byte) 0x5A);
        view.putShort(12, (short) 0x0800, BIG_ENDIAN);
        writeIpv4(view);
        writeTcp(view);
        new VirtioNetHeader()
                .wrapBefore(frame)
                .set(
                        VirtioNetHeader.NEEDS_CHECKSUM,
                        VirtioNetHeader.GSO_TCPV4,
                        HEADERS_LENGTH,
                        SEGMENT_BYTES,
                        ETHERNET_LENGTH + IPV4_LENGTH,
                        TCP_CHECKSUM_OFFSET);
        int bytes = segment();
        if (bytes != SEGMENTS * (HEADERS_LENGTH + SEGMENT_BYTES)) {
            throw new IllegalStateException("the segments have %d bytes in all".formatted(bytes));
        }
    }

    private static void writeIpv4(UnsafeBuffer view) {
        int ip = ETHERNET_LENGTH;
        view.setMemory(ip, IPV4_LENGTH, (byte) 0);
        view.putByte(ip, (byte) 0x45);
        view.putShort(ip + 2, (short) (FRAME_LENGTH - ETHERNET_LENGTH), BIG_ENDIAN);
        view.putByte(ip + 8, (byte) 64);
        view.putByte(ip + 9, (byte) PROTOCOL_TCP);
        view.putInt(ip + 12, 0x0A4D_0001, BIG_ENDIAN);
        view.putInt(ip + 16, 0x0A4D_0002, BIG_ENDIAN);
        view.putShort(ip + 10, (short) InternetChecksum.of(view, ip, IPV4_LENGTH), BIG_ENDIAN);
    }

    private static void writeTcp(UnsafeBuffer view) {
        int tcp = ETHERNET_LENGTH + IPV4_LENGTH;
        view.setMemory(tcp, TCP_LENGTH, (byte) 0);
        view.putShort(tcp, (short) 40_000, BIG_ENDIAN);
        view.putShort(tcp + 2, (short) 5_201, BIG_ENDIAN);
        view.putByte(tcp + 12, (byte) ((TCP_LENGTH / 4) << 4));
        view.putByte(tcp + 13, (byte) 0x18); // PSH, ACK
        long pseudoHeader = InternetChecksum.pseudoHeader4(view, ETHERNET_LENGTH, PROTOCOL_TCP, FRAME_LENGTH - tcp);
        view.putShort(tcp + TCP_CHECKSUM_OFFSET, (short) InternetChecksum.fold(pseudoHeader), BIG_ENDIAN);
    }

    /** Bytes of all segments together. */
    @Benchmark
    public int segment() {
        int bytes = 0;
        for (int left = segmenter.begin(frame, FRAME_LENGTH); left > 0; left--) {
            bytes += segmenter.next(segment);
        }
        return bytes;
    }

    @TearDown
    public void close() {
        pool.close();
    }
}
