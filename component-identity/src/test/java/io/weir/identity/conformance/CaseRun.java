package io.weir.identity.conformance;

import java.util.Map;
import java.util.Objects;

import io.weir.identity.evaluate.PolicyEpoch;

/** Runs a sub-test: what led up to it, then its steps, and each probe in every family it can be made in. */
final class CaseRun {
    private CaseRun() {}

    /** What probes are made with. */
    interface Prober {
        /** From now on this epoch judges. */
        void policy(PolicyEpoch epoch);

        /** Makes the attempt and asserts what becomes of it. */
        void attempt(Probe probe, Family family, Place from, Place to);
    }

    /** Returns the number of probes made, each counted once whatever its families. */
    static int of(ConformanceSuite suite, SubTest subTest, Prober prober) {
        Map<String, Place> places = suite.places();
        CaseWorld world = new CaseWorld(suite);
        subTest.before().forEach(world::take);
        prober.policy(world.epoch());
        int probes = 0;
        for (SubTest.Step step : subTest.steps()) {
            if (step instanceof SubTest.Try attempt) {
                attempt(places, attempt.probe(), prober);
                probes++;
            } else {
                world.take(step);
                prober.policy(world.epoch());
            }
        }
        return probes;
    }

    private static void attempt(Map<String, Place> places, Probe probe, Prober prober) {
        Place from = Objects.requireNonNull(places.get(probe.from()), probe::from);
        Place to = Objects.requireNonNull(places.get(probe.to()), probe::to);
        Family.of(probe).forEach(family -> prober.attempt(probe, family, from, to));
    }
}
