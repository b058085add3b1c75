package io.weir.perf.firewall;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.policy.WireLevel;

/**
 * A policy that answers at once: allows everything, or denies it, under another key each time.
 *
 * <p>Threading: belongs to the one thread that plays the worker.
 */
public final class StubPolicy implements Policy {
    private static final int IDENTITY = 16;
    private static final int RANDOM_IDENTITY_BITS = 20;

    /** Sixteen levels without categories, by number from 1 on. */
    private static final Levels SENSITIVITIES = new Levels() {
        @Override
        public int number(WireLevel level) {
            return 1 + level.sensitivity();
        }

        @Override
        public void read(int number, WireLevel level) {
            level.begin(number - 1);
        }
    };

    private final List<String> ports;
    private long random = FirewallPipeline.SEED;
    private boolean allows = true;
    private int level;

    /** @param ports names of the switch's ports, by number */
    public StubPolicy(List<String> ports) {
        this.ports = List.copyOf(ports);
    }

    /** What it answers from now on. */
    public void allows(boolean everything) {
        allows = everything;
    }

    /** Number of the level that flows have which prove none; 0 for none. */
    public void level(int number) {
        level = number;
    }

    @Override
    public int epoch() {
        return 1;
    }

    @Override
    public int portId(String portName) {
        return ports.indexOf(portName) + 1;
    }

    @Override
    public String portName(int portId) {
        return ports.get(portId - 1);
    }

    @Override
    public int guard(FlowKey sender) {
        return DropReason.NONE;
    }

    @Override
    public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
        verdict.begin(1);
        verdict.identities(IDENTITY, IDENTITY + 1);
        verdict.label(flow.label() == 0 ? level : flow.label());
        if (!allows) {
            random = random * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
            int mask = (1 << RANDOM_IDENTITY_BITS) - 1;
            verdict.identities((int) (random >>> 44), (int) (random >>> 24) & mask);
            verdict.egressRule((int) (random >>> 48));
            verdict.decide(Action.DROP, DropReason.EGRESS_DENIED.code());
        }
    }

    @Override
    public boolean couldTalk(FlowKey ends, long nowNs) {
        return true;
    }

    @Override
    public Levels levels() {
        return SENSITIVITIES;
    }

    @Override
    public int level(FlowKey ends) {
        return ends.label() == 0 ? level : ends.label();
    }

    @Override
    public boolean mayLeave(int level, int portId) {
        return true;
    }

    @Override
    public @Nullable Limits limits(int number) {
        return null;
    }
}
