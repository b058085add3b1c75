package io.weir.control.daemon;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.control.policy.TunnelPath;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.sa.SaStatus.Expiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class SwitchTunnelsTest {
    private static final Optional<Level> S2 = Optional.of(Level.parse("s2"));
    private static final Optional<Level> S3 = Optional.of(Level.parse("s3"));
    private static final LevelRange TO_S5 = LevelRange.parse("s0-s5");

    @Test
    void shouldNameTheNewestOutboundSaOfTheLevel() {
        List<SaStatus> sas = List.of(
                sa(Direction.INBOUND, 0x2002, S2, true, Expiry.NONE),
                sa(Direction.OUTBOUND, 0x1001, S2, false, Expiry.HARD),
                sa(Direction.OUTBOUND, 0x1002, S2, true, Expiry.SOFT),
                sa(Direction.OUTBOUND, 0x1003, S3, true, Expiry.NONE));

        TunnelPath path = path(S2, sas);

        assertEquals(0x1002, path.spi());
        assertEquals(Expiry.SOFT, path.state());
        assertEquals("s2", path.level());
        assertFalse(path.drops());
        assertEquals(List.of(), path.warnings());
    }

    @Test
    void shouldSayWhatToAddWhenNoneIsAtTheLevel() {
        List<SaStatus> inboundOnly = List.of(
                sa(Direction.INBOUND, 0x2001, S2, true, Expiry.NONE),
                sa(Direction.OUTBOUND, 0x1003, S3, true, Expiry.NONE));

        TunnelPath path = path(S2, inboundOnly);

        assertEquals(DropReason.ESP_NO_SA, path.drop());
        assertEquals(0, path.spi());
        assertEquals(
                "no outbound SA at s2 to b; add one (weir sas add --peer b --direction out --spi N --label s2"
                        + " --key-file FILE, after its inbound twin on b)",
                path.dropText());
    }

    @Test
    void shouldFindNoneAtALevelThatNothingHasNamed() {
        Level unnamed = Level.parse("s9:c911");

        TunnelPath path = path(
                Optional.of(unnamed), List.of(sa(Direction.OUTBOUND, 0x1001, Optional.empty(), true, Expiry.NONE)));

        assertEquals(DropReason.ESP_NO_SA, path.drop());
        assertEquals(0, LevelNumbers.process().find(unnamed));
    }

    @Test
    void shouldSayThatTheNewestIsExpiredThoughAnOlderOneIsNot() {
        TunnelPath path = path(
                S2,
                List.of(
                        sa(Direction.OUTBOUND, 0x1001, S2, false, Expiry.NONE),
                        sa(Direction.OUTBOUND, 0x1002, S2, true, Expiry.HARD)));

        assertEquals(DropReason.ESP_SA_EXHAUSTED, path.drop());
        assertEquals(0x1002, path.spi());
        assertTrue(
                path.dropText().contains("at s2 to b, 0x1002, is over; add the next (weir sas add"), path.dropText());
    }

    @Test
    void shouldNotProposeAnSaThatWouldBeRefusedBesideTheOthers() {
        SaStatus bare = sa(Direction.OUTBOUND, 0x1001, Optional.empty(), true, Expiry.NONE);
        SaStatus labelled = sa(Direction.OUTBOUND, 0x1002, S2, true, Expiry.NONE);

        assertEquals(0x1001, path(Optional.empty(), List.of(bare)).spi());
        assertTrue(path(S2, List.of(bare)).dropText().contains("give both hosts SAs at s2 instead"));
        assertTrue(path(Optional.empty(), List.of(labelled)).dropText().contains("the flow has no level"));
        assertTrue(path(Optional.empty(), List.of()).dropText().contains("without label to b; add one (weir sas add"));
    }

    @Test
    void shouldWarnOfAPeerThatMayNotHaveTheLevel() {
        TunnelPath path = SwitchTunnels.path(
                port(PortStatus.State.UP, ""),
                S2,
                List.of(sa(Direction.OUTBOUND, 0x1003, S3, true, Expiry.NONE)),
                LevelRange.parse("s3-s5"));

        assertEquals(DropReason.ESP_NO_SA, path.drop());
        assertFalse(path.inRange());
        assertFalse(path.dropText().contains("sas add"), path.dropText());
        assertTrue(path.warnings().getFirst().startsWith("the label of peer b is s3-s5, which does not have s2: "));
    }

    @Test
    void shouldWarnOfAPortThatIsDown() {
        TunnelPath path = SwitchTunnels.path(port(PortStatus.State.DOWN, "no carrier"), S2, List.of(), TO_S5);

        assertNull(path.state());
        assertEquals(
                List.of("port tun-b is down: no carrier; frames to it are dropped as egress-port-down"),
                path.warnings());
    }

    private static TunnelPath path(Optional<Level> level, List<SaStatus> sas) {
        return SwitchTunnels.path(port(PortStatus.State.UP, ""), level, sas, LevelRange.ALL);
    }

    private static PortStatus port(PortStatus.State state, String reason) {
        PortSettings settings = new PortSettings(
                "tun-b",
                PortSettings.Type.ESP,
                "b",
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(1),
                BridgeSettings.DEFAULT,
                PolicySettings.ENFORCED);
        PortStatus.Counters none = new PortStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());
        return new PortStatus(1, settings, state, reason, "udp", 1424, 0, 0, none);
    }

    private static SaStatus sa(Direction direction, int spi, Optional<Level> level, boolean current, Expiry expiry) {
        return new SaStatus(
                direction,
                spi,
                level.map(LevelNumbers.process()::number).orElse(0),
                level.map(Level::toString).orElse(""),
                EspCipher.AES_256_GCM_16,
                true,
                0,
                0,
                Lifetime.UNLIMITED,
                0,
                0,
                Map.of(),
                0,
                0,
                -1,
                current,
                expiry);
    }
}
