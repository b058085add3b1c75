package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.SwitchSettings;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What becomes of live sessions when the process ends without a word and another one takes over. */
@Timeout(20)
class RestartTest {
    private static final String PORTS = "c access 10\na access 10 enforce\nb access 10 enforce\n";
    private static final String BOUND = """
            component web a 02:00:00:00:00:0a - 10.0.0.10
            component db b 02:00:00:00:00:0b - 10.0.0.11
            """;
    private static final String ALLOW = "allow web db tcp/80\nallow web db udp/*\n";
    private static final long MS_NS = 1_000_000L;

    @TempDir
    private Path state;

    // Those of former processes are not closed before the end: a process that is killed closes nothing.
    private final List<OfflineSwitch> switches = new ArrayList<>();
    private long nowNs = 1_000 * MS_NS;
    private OfflineSwitch weir;

    @BeforeEach
    void start() {
        weir = started(PORTS);
    }

    private OfflineSwitch started(String ports) {
        SwitchSettings settings = TestPorts.kept(SwitchSettings.DEFAULT.withSessions(1024), state);
        OfflineSwitch next = new OfflineSwitch(settings, PortLines.parse(ports), nowNs);
        switches.add(next);
        return next;
    }

    @AfterEach
    void close() {
        switches.forEach(OfflineSwitch::close);
    }

    private void policy(int epoch, String rules) {
        weir.policy(new TablePolicy(epoch, BOUND + rules + "allow * * ether\n"));
    }

    private @Nullable DropReason reason(String port, byte[] frame) {
        nowNs += MS_NS;
        return weir.receive(port, frame, nowNs).outcome().reason();
    }

    private void connect() {
        reason("a", opaque(MAC_A, MAC_B));
        reason("b", opaque(MAC_B, MAC_A));
        reason("c", opaque(MAC_C, MAC_A));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0)));
        assertNull(reason("b", tcp(MAC_B, MAC_A, 80, 4000, SYN | ACK, 500, 101)));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
    }

    private void restart(int epoch, String rules) {
        weir = started(PORTS);
        policy(epoch, rules);
    }

    @Test
    void shouldGoOnInTheMiddleOfAConnection() {
        policy(1, ALLOW);
        connect();

        restart(2, ALLOW);

        assertNull(reason("b", tcp(MAC_B, MAC_A, 80, 4000, ACK, 501, 101)));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
        assertEquals(DropReason.TCP_NO_SESSION, reason("a", tcp(MAC_A, MAC_B, 4001, 80, ACK, 101, 501)));
        SessionInfo session = weir.sessions(10).get(0);
        assertEquals(MAC_A, session.sourceMac());
        assertEquals(MAC_B, session.destinationMac());
        assertEquals(2, session.epoch());
        assertEquals(3, session.forwardPackets());
        assertEquals(2, session.replyPackets());
    }

    /** Numbers of levels are those of a process: after it the policy says anew what a level is. */
    @Test
    void shouldAskThePolicyForTheLevelOfWhatGoesOn() {
        policy(1, "levels web 2\n" + ALLOW);
        connect();

        restart(2, "levels web 3\n" + ALLOW);

        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
        assertEquals(3, weir.sessions(10).get(0).label());
    }

    @Test
    void shouldKeepTheWindowsOfAConnection() {
        policy(1, ALLOW);
        connect();

        restart(2, ALLOW);

        assertEquals(DropReason.TCP_INVALID, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 0x7000_0000, 501)));
    }

    @Test
    void shouldJudgeWhatWasLeftByTheFirstEpochAlthoughItsNumberIsThatOfAFormerOne() {
        policy(1, ALLOW);
        connect();
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 53)));

        restart(1, "allow web db udp/*\n");
        nowNs += MS_NS;
        weir.pass(nowNs);

        assertEquals(1, weir.sessions(10).size(), "at once, before any packet");
        assertEquals(DropReason.EGRESS_NO_RULE, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 53)));
    }

    @Test
    void shouldCountWhatWasLeftUnderItsLimits() {
        String limited = "limits 1 connections=2\nallow,limits=1 web db udp/*\n";
        policy(1, limited);
        reason("b", opaque(MAC_B, MAC_A));
        assertNull(reason("a", udp(MAC_A, MAC_B, 1, 53)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 2, 53)));

        restart(2, limited);

        assertEquals(DropReason.CONNECTION_LIMIT, reason("a", udp(MAC_A, MAC_B, 3, 53)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 1, 53)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 2, 53)));
        weir.flushSessions("a");
        nowNs += MS_NS;
        weir.pass(nowNs);
        assertNull(reason("a", udp(MAC_A, MAC_B, 3, 53)), "each is counted once");
        assertNull(reason("a", udp(MAC_A, MAC_B, 4, 53)));
        assertEquals(DropReason.CONNECTION_LIMIT, reason("a", udp(MAC_A, MAC_B, 5, 53)));
    }

    @Test
    void shouldLetNobodyElseRideOnASessionThatWasLeft() {
        policy(1, ALLOW);
        connect();

        restart(2, ALLOW);

        byte[] stolen = from(MAC_C, tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501));
        assertEquals(DropReason.IDENTITY_UNKNOWN, reason("c", stolen));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)), "nor end it");
    }

    private static byte[] from(long mac, byte[] frame) {
        ByteBuffer.wrap(frame).putShort(6, (short) (mac >>> 32)).putInt(8, (int) mac);
        return frame;
    }

    @Test
    void shouldForgetSessionsOfAPortThatIsGone() {
        policy(1, ALLOW);
        connect();

        weir = started(PORTS.replace("b access 10 enforce\n", ""));
        restart(2, ALLOW);

        assertEquals(List.of(), weir.sessions(10));
    }

    @Test
    void shouldForgetSessionsThatWereFlushedBefore() {
        policy(1, ALLOW);
        connect();
        weir.flushSessions("b");

        restart(2, ALLOW);

        assertEquals(DropReason.TCP_NO_SESSION, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
    }

    @Test
    void shouldBeginAnewWhereAnotherCapacityIsWanted() {
        policy(1, ALLOW);
        connect();

        SwitchSettings larger = TestPorts.kept(SwitchSettings.DEFAULT.withSessions(2048), state);
        // Resized, the file must not be mapped any more by the process before.
        switches.remove(weir);
        weir.close();
        weir = new OfflineSwitch(larger, PortLines.parse(PORTS), nowNs);
        switches.add(weir);
        policy(2, ALLOW);

        assertEquals(DropReason.TCP_NO_SESSION, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
    }
}
