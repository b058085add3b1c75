package io.weir.datapath.session;

import java.lang.management.ManagementFactory;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.TcpHeader;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** What the packet path does with sessions, over and over: it must not allocate. */
@Timeout(60)
class SessionAllocationTest {
    private static final int ITERATIONS = 50_000;
    private static final int ROUNDS = 5;
    private static final long MS_NS = 1_000_000;

    private final SessionKey key = new SessionKey();
    private final TcpSegment segment = new TcpSegment();
    private final FlowKey flow = new FlowKey();
    private final Verdict verdict = new Verdict();
    private int round;

    @Test
    void shouldAllocateNothingForSessions() {
        try (SessionTable table = SessionTable.create(1024, 1, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);

            assertEquals(0, bytes(() -> sessions(table, tracker)));
        }
    }

    private void sessions(SessionTable table, TcpTracker tracker) {
        int nowMs = round++;
        Keys.fill(key, IpProtocol.TCP, round & 0xFFF, 1000, 1 << 20, 80);
        int session = table.find(key, nowMs);
        if (session == SessionTable.MISS) {
            session = table.begin(key, round & 7, 9, nowMs);
            if (session == SessionTable.FULL) {
                return;
            }
            tracker.begin(session, segment.set(TcpHeader.SYN, round, 0, 100, 0, TcpSegment.NO_SCALE));
            table.fields().fill(session, flow);
            verdict.begin(1);
            table.fields().judged(session, verdict, nowMs * MS_NS);
        }
        int outcome = tracker.track(session, true, segment.set(TcpHeader.SYN | TcpHeader.ACK, 5, round + 1, 9, 0, -1));
        table.touch(session, outcome == TcpTracker.OK, 60, nowMs);
        table.sweep(nowMs * MS_NS, 4, SessionTable.Visitor.NONE);
        if ((round & 0xFFF) == 0) {
            table.flushPort(round >>> 12 & 7);
        }
    }

    @Test
    void shouldAllocateNothingForQuotesAndFragments() {
        byte[] quoted = ipv4(6, tcp());
        System.arraycopy(IPV4_ADDRESSES, 4, quoted, 12, 4);
        byte[] error = ethernet(0x0800, ipv4(1, hex("0301000000000000"), quoted));
        IcmpQuote quote = new IcmpQuote();
        try (ParsedFrame icmp = new ParsedFrame();
                ParsedFrame fragment = new ParsedFrame();
                FragmentVerdicts verdicts = new FragmentVerdicts(1)) {
            UnsafeBuffer errorFrame = icmp.parse(error);
            UnsafeBuffer fragmentFrame = fragment.parse(sample("later fragment6"));

            long bytes = bytes(() -> {
                round += quote.read(icmp.batch, 0, errorFrame, key) ? 1 : 0;
                round += key.packet(icmp.batch, 0, errorFrame) ? 1 : 0;
                verdicts.remember(fragment.batch, 0, fragmentFrame, round & 0xFF);
                round += verdicts.recall(fragment.batch, 0, fragmentFrame);
            });

            assertEquals(0, bytes);
        }
    }

    // The virtual machine itself allocates now and then on a thread; what the call allocates it does in every round.
    private static long bytes(Runnable hotCall) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long lowest = Long.MAX_VALUE;
        for (int roundOfAll = 0; roundOfAll < ROUNDS; roundOfAll++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ITERATIONS; i++) {
                hotCall.run();
            }
            lowest = Math.min(lowest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return lowest;
    }
}
