package io.weir.control.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.clock.DurableClock;
import io.weir.control.clock.TestClock;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.identity.label.Level;
import io.weir.ipsec.sa.SaStatus.Expiry;

import static io.weir.control.policy.EngineFixture.base;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What is said of tunnels beside the verdict; db has a second instance behind one. */
@Timeout(60)
class ExplanationsTest {
    private static final String TUNNEL = "tun-b";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final TestClock clock = new TestClock();

    @SuppressWarnings("NullAway.Init") // set before each test
    private EngineFixture weir;

    private boolean dropping;
    private boolean inRange = true;
    private Optional<Level> asked = Optional.empty();

    @BeforeEach
    void start() {
        weir = new EngineFixture(folder, clock);
        String twice = base().replace("ips: [10.0.0.2]}]", "ips: [10.0.0.2]}, {port: tun-b, ips: [10.0.0.9]}]");
        ApplyResult _ = weir.apply(twice);
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private Explanations explanations() {
        TunnelPaths tunnels = (port, level) -> {
            asked = level;
            return port.equals(TUNNEL) ? Optional.of(path()) : Optional.empty();
        };
        return new Explanations(
                weir.engine, new Enforced(), tunnels, new DurableClock(clock, weir.repository), 1L << 30);
    }

    private TunnelPath path() {
        DropReason drop = dropping ? DropReason.ESP_NO_SA : null;
        return new TunnelPath("b", TUNNEL, "", dropping ? 0 : 0x1001, Expiry.NONE, drop, "", inRange, List.of());
    }

    private static final class Enforced implements PortPolicies {
        @Override
        public PolicySettings of(String port) {
            return PolicySettings.ENFORCED;
        }

        @Override
        public List<String> withRole(PortRole role) {
            return List.of();
        }
    }

    private Explanations.Answer ask(int port, Optional<Level> level, Optional<Integer> revision) {
        return explanations().explain("web", "db", EngineFixture.TCP, port, level, revision);
    }

    @Test
    void shouldShowTheFlowThatATunnelDropsAndKeepTheVerdict() {
        dropping = true;

        Explanations.Answer answer = ask(5432, Optional.empty(), Optional.empty());

        assertEquals(TUNNEL, answer.probe().destination().port());
        assertEquals(Action.ALLOW, answer.explanation().action());
        assertEquals(2, answer.allowed());
        assertEquals(1, answer.dropped());
        assertNotNull(answer.path());
    }

    @Test
    void shouldSayNothingOfTunnelsWhenTheFlowShownUsesNone() {
        Explanations.Answer answer = ask(5432, Optional.empty(), Optional.empty());

        assertEquals("p-db", answer.probe().destination().port());
        assertNull(answer.path());
        assertEquals(0, answer.dropped());
    }

    @Test
    void shouldAskNoTunnelAboutARevisionByItself() {
        dropping = true;

        Explanations.Answer answer = ask(5432, Optional.empty(), Optional.of(1));

        assertNull(answer.path());
        assertEquals(0, answer.dropped());
    }

    @Test
    void shouldAskForALevelThatNothingHasNamed() {
        Level unnamed = Level.parse("s0");

        Explanations.Answer _ = ask(5432, Optional.of(unnamed), Optional.empty());

        assertEquals(Optional.of(unnamed), asked);
    }

    @Test
    void shouldSayOfADeniedFlowOnlyThatThePeerMayNotHaveItsLevel() {
        dropping = true;
        inRange = false;

        Explanations.Answer answer =
                explanations().explain("web", "10.0.0.9", EngineFixture.TCP, 22, Optional.empty(), Optional.empty());

        assertEquals(Action.DROP, answer.explanation().action());
        assertEquals(0, answer.dropped());
        TunnelPath path = answer.path();
        assertNotNull(path);
        assertNull(path.drop());
        inRange = true;
        assertNull(explanations()
                .explain("web", "10.0.0.9", EngineFixture.TCP, 22, Optional.empty(), Optional.empty())
                .path());
    }
}
