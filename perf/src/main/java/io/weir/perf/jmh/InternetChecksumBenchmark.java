package io.weir.perf.jmh;

import java.util.concurrent.TimeUnit;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.datapath.wire.InternetChecksum;

/** The Internet checksum over an IPv4 header, an Ethernet frame's payload and a super-frame's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class InternetChecksumBenchmark {
    @Param({"20", "1480", "65515"})
    private int lengthBytes;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    @Setup
    public void fill() {
        view.wrap(BufferUtil.allocateDirectAligned(lengthBytes, 64));
        for (int i = 0; i < lengthBytes; i++) {
            view.putByte(i, (byte) (i * 31));
        }
    }

    @Benchmark
    public int checksum() {
        return InternetChecksum.of(view, 0, lengthBytes);
    }
}
