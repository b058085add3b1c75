package io.weir.identity.conformance;

import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a live TCP connection does when the policy changes, as frames through the pipeline.
 *
 * <p>After ovn-org/ovn 2411e96, tests/system-ovn.at, "ACLs - persistent sessions" and "conntrack on pass ACLs", and
 * antrea-io/antrea fc70f2b, test/e2e/antreapolicy_test.go, testACNPPriorityOverride, whose policies come one after another.
 */
@Timeout(30)
class LiveSessionCasesTest {
    private static final String ISOLATED = """
            kind: Component
            metadata: {id: x.a, labels: {ns: x, pod: a}}
            spec:
              identity:
                instances:
                  - {port: x-a, mac: "02:88:00:01:01:01", ips: [10.89.1.1, "fd89::1:1"]}
              isolate: {ingress: true, egress: true}
              egress:
                - {id: out, to: [{component: %s}], action: allow, onChange: %s}
            """;
    private static final String BARRED = """
            kind: RuleSet
            metadata: {id: bar, tier: emergency}
            spec:
              rules:
                - {id: all, sides: ingress, from: [{any: true}], to: [{component: x.b}], action: %s}
            """;

    private final ConformanceSuite suite = ConformanceSuite.antreaAndOvn();
    private final Map<String, Place> places = suite.places();
    private final CaseWorld world = new CaseWorld(suite);
    private final PipelineProber prober = new PipelineProber(places.values());

    @AfterEach
    void close() {
        prober.close();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void shouldCutConnectionWhenItsRuleNoLongerAllowsIt(Family family) {
        apply(ISOLATED.formatted("x.b", "reevaluate"));
        ProbeFrames connection = connect(family);

        apply(ISOLATED.formatted("x.c", "reevaluate"));

        prober.assertDropped(connection.from(), connection.established());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void shouldLetConnectionGoOnWhenItsRuleKeepsIt(Family family) {
        apply(ISOLATED.formatted("x.b", "keep"));
        ProbeFrames connection = connect(family);

        apply(ISOLATED.formatted("x.c", "keep"));

        prober.assertArrives(connection.from(), connection.established(), connection.to());
        prober.assertDropped(connection.from(), frames(family).first());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void shouldCutConnectionWhenARuleOfAnotherTierComes(Family family) {
        apply(ISOLATED.formatted("x.b", "reevaluate"));
        ProbeFrames connection = connect(family);
        apply(BARRED.formatted("pass"));
        prober.assertArrives(connection.from(), connection.established(), connection.to());

        apply(BARRED.formatted("drop"));

        prober.assertDropped(connection.from(), connection.established());
    }

    @Test
    void shouldLetAnswersPassThatNoRuleAllows() {
        apply(ISOLATED.formatted("x.b", "reevaluate"));

        ProbeFrames connection = connect(Family.IPV4);

        prober.assertDropped(connection.to(), frames("x.b", "x.a", Family.IPV4).first());
    }

    private void apply(String yaml) {
        world.take(new SubTest.Apply("apiVersion: weir/v1\n" + yaml));
        prober.policy(world.epoch());
    }

    /** A connection from x.a to x.b that both ends have agreed on. */
    private ProbeFrames connect(Family family) {
        ProbeFrames connection = frames(family);
        prober.assertArrives(connection.from(), connection.first(), connection.to());
        prober.assertArrives(connection.to(), connection.answer(), connection.from());
        prober.assertArrives(connection.from(), connection.established(), connection.to());
        return connection;
    }

    private ProbeFrames frames(Family family) {
        return frames("x.a", "x.b", family);
    }

    private ProbeFrames frames(String from, String to, Family family) {
        Probe probe = Probe.parse(from + " -> " + to + " tcp/10000 allow");
        return new ProbeFrames(probe, family, place(from), place(to), prober.nextSourcePort());
    }

    private Place place(String component) {
        return Objects.requireNonNull(places.get(component));
    }
}
