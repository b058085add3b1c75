package io.weir.perf.jmh;

import java.util.concurrent.TimeUnit;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.datapath.session.SessionEvents;
import io.weir.datapath.session.SessionKey;
import io.weir.datapath.session.SessionTable;
import io.weir.datapath.session.SessionTimeouts;
import io.weir.datapath.session.TcpSegment;
import io.weir.datapath.session.TcpTracker;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.TcpHeader;

/**
 * Sessions in random order, so that neither the index nor the sessions are in the nearest caches: finding one, all that a
 * segment of an open connection asks of the table, and beginning and ending one. The key is filled each time, as from a packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SessionTableBenchmark {
    private static final long SEED = 0x5E55_101DL;
    private static final int CLIENT = 0x0A01_0000;
    private static final int SERVER = 0x0A02_0001;
    private static final int VLAN = 1;
    private static final int NOW_MS = 1_000;
    private static final int SEGMENT_BYTES = 1_460;

    @Param({"1000", "100000"})
    private int sessions;

    private final SessionTable table =
            SessionTable.create(SessionTable.DEFAULT_CAPACITY, SEED, SessionTimeouts.DEFAULT, SessionEvents.NONE);
    private final TcpTracker tracker = new TcpTracker(table);
    private final SessionKey key = new SessionKey();
    private final TcpSegment segment = new TcpSegment();
    private long random = SEED;

    @Setup
    public void begin() {
        table.portShare(table.capacity());
        for (int i = 0; i < sessions; i++) {
            int session = table.begin(number(i), 1, 2, NOW_MS);
            if (session == SessionTable.FULL) {
                throw new IllegalStateException("session " + i + " was not begun");
            }
            tracker.begin(session, segment.set(TcpHeader.SYN, 0, 0, 65_535, 0, 7));
            tracker.track(session, true, segment.set(TcpHeader.SYN | TcpHeader.ACK, 0, 1, 65_535, 0, 7));
            tracker.track(session, false, segment.set(TcpHeader.ACK, 1, 1, 65_535, 0, TcpSegment.NO_SCALE));
        }
    }

    @TearDown
    public void close() {
        table.close();
    }

    @Benchmark
    public int found() {
        return table.find(number(next()), NOW_MS);
    }

    @Benchmark
    public int foundTrackedAndCounted() {
        int session = table.find(number(next()), NOW_MS);
        segment.set(TcpHeader.ACK, 1, 1, 65_535, SEGMENT_BYTES, TcpSegment.NO_SCALE);
        int outcome = tracker.track(session, false, segment);
        table.touch(session, false, SEGMENT_BYTES, NOW_MS);
        return outcome;
    }

    @Benchmark
    public int begunAndEnded() {
        SessionKey fresh = number(sessions + next());
        if (table.find(fresh, NOW_MS) != SessionTable.MISS) {
            throw new IllegalStateException("the session is there already");
        }
        int session = table.begin(fresh, 1, 2, NOW_MS);
        table.end(session);
        return session;
    }

    private int next() {
        random = random * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        return (int) (((random >>> 33) * sessions) >>> 31);
    }

    private SessionKey number(int i) {
        long client = SessionKey.IPV4_PREFIX | (CLIENT + (i >>> 8));
        return key.ends(false, 0, client, 0, SessionKey.IPV4_PREFIX | SERVER)
                .transport(VLAN, IpProtocol.TCP, 1_024 + (i & 0xFF), 443);
    }
}
