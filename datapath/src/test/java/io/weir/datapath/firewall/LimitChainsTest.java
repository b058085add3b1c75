package io.weir.datapath.firewall;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

@Timeout(60)
class LimitChainsTest {
    private final LimitChains chains = new LimitChains();

    /** Has one connection for each number. */
    private static final class OneEach implements Policy {
        @Override
        public int epoch() {
            return 1;
        }

        @Override
        public int portId(String portName) {
            return FlowKey.NO_PORT;
        }

        @Override
        public String portName(int portId) {
            return "";
        }

        @Override
        public int guard(FlowKey sender) {
            return 0;
        }

        @Override
        public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
            verdict.begin(1);
        }

        @Override
        public boolean couldTalk(FlowKey ends, long nowNs) {
            return true;
        }

        @Override
        public Levels levels() {
            return Levels.NONE;
        }

        @Override
        public int level(FlowKey ends) {
            return 0;
        }

        @Override
        public boolean mayLeave(int level, int portId) {
            return true;
        }

        @Override
        public @Nullable Limits limits(int number) {
            return new Limits(number, 0, 1, 0, 0, null);
        }
    }

    @Test
    void shouldReuseIdleChainsOfTheSameEpochButNoneThatASessionIsUnder() {
        Policy policy = new OneEach();
        int busy = chains.of(policy, 1, 0);
        assertEquals(0, chains.begin(busy, 0));

        for (int number = 2; number < 3 * LimitChains.CAPACITY; number++) {
            int chain = chains.of(policy, number, 0);
            assertNotEquals(LimitChains.EXHAUSTED, chain);
            assertNotEquals(busy, chain);
        }

        assertEquals(busy, chains.of(policy, 1, 0));
        assertNotEquals(0, chains.begin(busy, 0));
        assertEquals(0, chains.begin(chains.of(policy, 2, 0), 0));
    }
}
