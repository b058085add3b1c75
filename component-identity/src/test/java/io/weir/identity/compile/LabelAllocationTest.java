package io.weir.identity.compile;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.policy.WireLevel;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.RuleAction;
import io.weir.identity.evaluate.Documents;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What packets ask of labels allocates nothing: also of levels that the epoch does not know yet. */
@Timeout(60)
class LabelAllocationTest {
    private static final int WARM_UP = 200_000;
    private static final int PACKETS = 100_000;
    private static final int ROUNDS = 20;
    /** What the JVM itself may take on the thread meanwhile. */
    private static final long JVM_BYTES = 4_096;

    private final LevelNumbers numbers = new LevelNumbers(new Random(1));
    private final PolicyEpoch epoch = epoch();
    private final FlowKey flow =
            ProbeFlows.between(epoch, "a", "b", Documents.TCP, 80).getFirst();
    private final WireLevel[] wire = {level(2, 1, 3), level(5, 1, 240), level(5, 500), level(1)};
    private final Verdict verdict = new Verdict();
    private int allowed;
    private int unknown;

    private PolicyEpoch epoch() {
        PolicySet documents = PolicySet.EMPTY.with(List.of(
                Documents.labelled(
                        Documents.component(
                                "a", 1, List.of(), List.of(Documents.to("o", RuleAction.ALLOW, new Peer.Any()))),
                        "u:r:t:s0-s5:c0.c300"),
                Documents.labelled(
                        Documents.component(
                                "b", 2, List.of(Documents.from("i", RuleAction.ALLOW, new Peer.Any())), List.of()),
                        "u:r:t:s0-s5:c0.c300")));
        LabelSettings settings = new LabelSettings(LabelDomain.NONE, Map.of("vm1", LevelRange.parse("s2-s5:c0.c900")));
        return new PolicyCompiler(1 << 26, numbers)
                .compile(new CompileRequest(1, 1, documents, List.of(), Set.of(), 0, Instant.EPOCH, settings));
    }

    private static WireLevel level(int sensitivity, int... categories) {
        WireLevel level = new WireLevel().begin(sensitivity);
        for (int category : categories) {
            level.add(category);
        }
        return level;
    }

    private void run(int packets) {
        for (int i = 0; i < packets; i++) {
            int number = epoch.levels().number(wire[i % wire.length]);
            unknown += numbers.known().number(wire[i % wire.length]) == 0 ? 1 : 0;
            epoch.evaluate(flow.label(number), 0, verdict);
            allowed += verdict.allowed() ? 1 : 0;
            allowed += epoch.couldTalk(flow, 0) && epoch.level(flow) == number ? 1 : 0;
        }
    }

    @Test
    void shouldAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(WARM_UP);
        assertEquals(WARM_UP, allowed);
        assertEquals(0, unknown);

        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > JVM_BYTES; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(PACKETS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertTrue(least <= JVM_BYTES, least + " bytes for " + PACKETS + " packets");
    }
}
