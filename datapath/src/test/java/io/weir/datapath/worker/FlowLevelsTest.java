package io.weir.datapath.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.firewall.FlowRecord;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.worker.LabelledTunnels.Left;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * At which security level packets leave, and which sessions they are of. All ports are tunnels without another end, so that
 * the levels show: a and b stand for guests, whose packets prove none, t for a tunnel to C.
 */
@Timeout(20)
class FlowLevelsTest {
    private static final String PORTS = """
            a access 10 enforce esp
            b access 10 enforce esp
            t access 10 enforce esp role uplink
            l access 99 esp
            """;
    private static final String BOUND = """
            component web a 02:00:00:00:00:0a - 10.0.0.10
            component db b 02:00:00:00:00:0b - 10.0.0.11
            levels web 2,5
            levels db 2,5
            """;
    private static final String ALLOW = "allow * * *\n";

    private LabelledTunnels tunnels = new LabelledTunnels();
    private OfflineSwitch weir = offline(PORTS);
    private long nowNs = 1_000_000_000L;
    private int epoch;

    private OfflineSwitch offline(String ports) {
        return new OfflineSwitch(SwitchSettings.DEFAULT.withSessions(4096), PortLines.parse(ports), tunnels);
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private void restart(String ports) {
        weir.close();
        tunnels = new LabelledTunnels();
        weir = offline(ports);
    }

    private void policy(String rules) {
        weir.policy(new TablePolicy(++epoch, BOUND + rules));
    }

    /** All have been heard, so that nothing is flooded. */
    private void hear() {
        arrive("a", opaque(MAC_A, MAC_B), 0);
        arrive("b", opaque(MAC_B, MAC_A), 0);
        arrive("t", opaque(MAC_C, MAC_A), 2);
    }

    /** Where the frame left, as port and level. */
    private List<String> arrive(String port, byte[] frame, int level) {
        return frames(port, frame, level).stream()
                .map(left -> left.port() + ' ' + left.level())
                .toList();
    }

    private List<Left> frames(String port, byte[] frame, int level) {
        nowNs += 1_000_000;
        tunnels.arrive(port, frame, level);
        weir.poll(port, nowNs);
        return tunnels.left();
    }

    /** The frame is dropped for that reason, and leaves nowhere. */
    private void assertDropped(DropReason reason, String port, byte[] frame, int level) {
        long before = weir.drops(port, reason);
        assertEquals(List.of(), arrive(port, frame, level));
        assertEquals(before + 1, weir.drops(port, reason), reason::label);
    }

    private List<Integer> levels() {
        return weir.sessions(2_000).stream().map(SessionInfo::label).sorted().toList();
    }

    @Test
    void shouldLetAFlowLeaveAtTheLowestLevelOfItsSource() {
        policy(ALLOW);
        hear();

        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
        assertEquals(List.of("a 2"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 2));
        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
        assertEquals(List.of(2), levels());
    }

    @Test
    void shouldLetAFlowThatProvesALevelLeaveAtIt() {
        policy(ALLOW);
        hear();

        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 5));
        assertEquals(
                List.of("t 5"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0), "the reply, of which nothing says a level");
        assertEquals(List.of(5), levels());
    }

    @Test
    void shouldKeepFlowsBetweenTheSameEndsApart() {
        policy("allow world web udp/1\nallow world web ether\nallow web db ether\nallow db web ether\n");
        hear();

        assertEquals(List.of("a 2"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 2));
        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 5));
        assertEquals(List.of("a 2"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 2));

        assertEquals(List.of(2, 5), levels());
        assertEquals(List.of("t 5"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 5));
        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 2));
        assertDropped(DropReason.EGRESS_NO_RULE, "a", udp(MAC_A, MAC_C, 1, 2), 0);
    }

    @Test
    void shouldKeepAThousandLevelsBetweenTheSameEndsApart() {
        withoutLevels();
        Set<String> left = new HashSet<>();
        for (int level = 1; level <= 1_000; level++) {
            left.addAll(arrive("t", udp(MAC_C, MAC_A, 2, 1), level));
        }

        assertEquals(1_000, left.size());
        assertEquals(1_000, levels().size());
        for (int level = 1_000; level > 0; level -= 7) {
            assertEquals(List.of("t " + level), arrive("a", udp(MAC_A, MAC_C, 1, 2), level));
        }
        assertEquals(1_000, levels().size());
    }

    private void withoutLevels() {
        weir.policy(new TablePolicy(++epoch, "numbers 0\n" + BOUND.replaceAll("levels .*\n", "") + ALLOW));
        hear();
    }

    @Test
    void shouldNotTakeAReplyAtAnotherLevelForOne() {
        policy("allow web world tcp/80\nallow * * ether\n");
        hear();
        assertEquals(List.of("t 2"), arrive("a", tcp(MAC_A, MAC_C, 4000, 80, SYN, 100, 0), 0));

        assertDropped(DropReason.EGRESS_NO_RULE, "t", tcp(MAC_C, MAC_A, 80, 4000, SYN | ACK, 500, 101), 5);
        assertDropped(DropReason.LABEL_DENIED, "t", tcp(MAC_C, MAC_A, 80, 4000, SYN | ACK, 500, 101), 7);
        policy("allow web world tcp/80\nallow world web tcp/*\nallow * * ether\n");
        assertDropped(DropReason.TCP_NO_SESSION, "t", tcp(MAC_C, MAC_A, 80, 4000, SYN | ACK, 500, 101), 5);
        assertEquals(List.of("a 2"), arrive("t", tcp(MAC_C, MAC_A, 80, 4000, SYN | ACK, 500, 101), 2));
        assertEquals(List.of("t 2"), arrive("a", tcp(MAC_A, MAC_C, 4000, 80, ACK, 101, 501), 0));
    }

    @Test
    void shouldMatchIcmpErrorsAtTheLevelOfTheirSession() {
        policy("allow web world udp/53\nallow * * ether\n");
        hear();
        byte[] query = udp(MAC_A, MAC_C, 4000, 53);
        arrive("a", query, 0);

        assertDropped(DropReason.ICMP_UNRELATED, "t", icmpError(MAC_C, MAC_A, 3, 3, query), 5);
        assertEquals(List.of("a 2"), arrive("t", icmpError(MAC_C, MAC_A, 3, 3, query), 2));
    }

    /** Else a guest that sends too much, and what does not fit the tunnel, would bring its peer into quarantine. */
    @Test
    void shouldHoldNobodyToAccountForErrorsOfTheSwitch() {
        policy("limits 1 packets=2\nallow,limits=1 web world udp/53\nallow * * ether\n");
        hear();
        byte[] query = udp(MAC_A, MAC_C, 4000, 53);
        for (int i = 0; i < 20; i++) {
            arrive("a", query, 0);
        }
        assertTrue(weir.drops("a", DropReason.RATE_EXCEEDED) > 0);

        tunnels.say("t", icmpError(MAC_C, MAC_A, 3, 4, query), 2);

        weir.poll("t", nowNs);
        assertEquals(List.of("a"), tunnels.left().stream().map(Left::port).toList());
        assertEquals(0, weir.drops("t", DropReason.RATE_EXCEEDED));
    }

    @Test
    void shouldLetAnErrorThatProvesNoLevelLeaveAtThatOfItsSession() {
        policy("allow world web udp/53\nallow * * ether\n");
        hear();
        byte[] query = udp(MAC_C, MAC_A, 4000, 53);
        arrive("t", query, 5);

        assertEquals(List.of("t 5"), arrive("a", icmpError(MAC_A, MAC_C, 3, 3, query), 0));
        arrive("t", query, 2);
        assertDropped(DropReason.ICMP_UNRELATED, "a", icmpError(MAC_A, MAC_C, 3, 3, query), 0);
    }

    @Test
    void shouldNotLetFragmentsShareTheVerdictOfAnotherLevel() {
        policy(ALLOW);
        hear();

        assertEquals(List.of("a 5"), arrive("t", fragment(MAC_C, MAC_A, 53, true), 5));
        assertDropped(DropReason.FRAGMENT_UNJUDGED, "t", fragment(MAC_C, MAC_A, 53, false), 2);
        assertEquals(List.of("a 5"), arrive("t", fragment(MAC_C, MAC_A, 53, false), 5));
    }

    @Test
    void shouldLetFragmentsLeaveAtTheLevelOfTheirSession() {
        policy(ALLOW);
        hear();

        assertEquals(List.of("t 2"), arrive("a", fragment(MAC_A, MAC_C, 53, true), 0));
        assertEquals(List.of("t 2"), arrive("a", fragment(MAC_A, MAC_C, 53, false), 0));
    }

    @Test
    void shouldLetWhatHostsNeedFirstLeaveAtTheLevelOfItsSender() {
        policy(ALLOW);
        hear();

        assertEquals(List.of("b 2", "t 2"), arrive("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_C)), 0));
        assertEquals(List.of("a 5"), arrive("t", Traffic.arp(MAC_A, 2, MAC_C, ip(MAC_C), MAC_A, ip(MAC_A)), 5));
        assertEquals(List.of("b 2", "t 2"), arrive("a", opaque(MAC_A, BROADCAST), 0));
        assertEquals(List.of("b 2", "t 2"), arrive("a", udp(MAC_A, BROADCAST, ip(MAC_A), -1, 1, 2), 0));
    }

    @Test
    void shouldFloodWhatHostsNeedFirstAtOneLevelOnly() {
        byte[] request = Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B));
        restart("a access 10 enforce esp\nb access 10 enforce esp\nc access 10 enforce esp\n");
        String bound = BOUND + "component ops c 02:00:00:00:00:0c - 10.0.0.11\n";
        weir.policy(new TablePolicy(++epoch, bound.replace("db 2,5", "db 2") + "levels ops 5\n" + ALLOW));

        assertEquals(List.of("b 2"), arrive("a", request, 0));
        assertEquals(List.of("c 5"), arrive("a", request, 5));

        weir.policy(new TablePolicy(++epoch, bound.replace("db 2,5", "db 5") + "levels ops 2\n" + ALLOW));
        assertEquals(List.of("c 2"), arrive("a", request, 0), "the sender's own level, though not the first port's");

        weir.policy(new TablePolicy(++epoch, bound.replace("db 2,5", "db 5") + "levels ops 5\n" + ALLOW));
        assertEquals(List.of("b 5", "c 5"), arrive("a", request, 0), "so that those who may begin a flow are found");
    }

    @Test
    void shouldAskAHostAtItsLevelThoughOthersWouldHearTheSendersOwn() {
        byte[] request = Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B));
        restart("a access 10 enforce esp\nb access 10 enforce esp\nc access 10 enforce esp\n");
        String bound =
                BOUND.replace("db 2,5", "db 5") + "component ops c 02:00:00:00:00:0c - 10.0.0.12\nlevels ops 2\n";
        weir.policy(new TablePolicy(++epoch, bound + ALLOW));

        assertEquals(List.of("b 5"), arrive("a", request, 0), "db, for which it asks");
        assertEquals(List.of("b 2", "c 2"), arrive("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_C)), 0));
        assertEquals(List.of("c 2"), arrive("a", request, 2), "a proven level stays");
    }

    @Test
    void shouldFindInAuditModeWhomEnforcementWouldFind() {
        restart(PORTS.replace("enforce", "audit"));
        weir.policy(new TablePolicy(++epoch, BOUND.replace("db 2,5", "db 5") + ALLOW));
        byte[] answer = Traffic.arp(MAC_B, 2, MAC_A, ip(MAC_A), MAC_B, ip(MAC_B));

        assertEquals(List.of("b 5"), arrive("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)), 0));
        assertEquals(List.of("a 5"), arrive("b", opaque(MAC_B, MAC_A), 0));
        assertEquals(List.of("b 5"), arrive("a", answer, 0));
        assertEquals(List.of(), arrive("a", answer, 2), "a proven level stays");
    }

    /** ARP is refused for whom it names, though of all that is at the ports some could talk. */
    @Test
    void shouldNotLetAuditModeLetArpCrossLevelsWhereComponentsShareAPort() {
        restart("a access 10 audit esp\nb access 10 audit esp\n");
        weir.policy(new TablePolicy(++epoch, """
                component other a - - 10.0.0.99
                component web a - - 10.0.0.10
                component db b - - 10.0.0.11
                levels other 2
                levels web 5
                levels db 2
                """ + ALLOW));
        arrive("b", opaque(MAC_B, MAC_A), 0);

        assertDropped(DropReason.LABEL_DENIED, "a", Traffic.arp(MAC_B, 2, MAC_A, ip(MAC_A), MAC_B, ip(MAC_B)), 0);
        assertEquals(List.of(), arrive("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)), 0));
    }

    @Test
    void shouldAnswerForANeighbourOnlyWhoMayHearIt() {
        byte[] request = Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B));
        restart("a access 10 enforce esp\nb access 10 enforce esp suppress-neighbours\n");
        policy(ALLOW);
        assertEquals(List.of("a 2"), arrive("b", Traffic.arpRequest(MAC_B, ip(MAC_B), ip(MAC_A)), 0));
        assertEquals(List.of("a 2"), arrive("a", request, 0), "the switch answers");
        assertEquals(List.of("a 5"), arrive("a", request, 5));

        weir.policy(new TablePolicy(++epoch, BOUND.replace("web 2,5", "web 2").replace("db 2,5", "db 5") + ALLOW));

        assertDropped(DropReason.NEIGHBOUR_UNREACHABLE, "a", request, 0);
    }

    @Test
    void shouldTakeWhatATunnelBringsWithoutLevelForUnlabelledWhoeverItClaimsToBeFrom() {
        String far = "component far t 02:00:00:00:00:0c - 10.0.0.12\nlevels far 5\n";
        policy(far + ALLOW);
        hear();
        byte[] arp = Traffic.arp(MAC_A, 2, MAC_C, ip(MAC_C), MAC_A, ip(MAC_A));
        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 1, 2), 5), "the peer that has the SA at 5");

        policy("unproven 1\n" + far + ALLOW);

        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 1, 2), 5));
        assertEquals(List.of("a 5"), arrive("t", arp, 5));
        assertDropped(DropReason.LABEL_DENIED, "t", udp(MAC_C, MAC_A, 3, 4), 0);
        assertDropped(DropReason.LABEL_DENIED, "t", udp(MAC_C, MAC_A, 1, 2), 0);
        assertDropped(DropReason.LABEL_DENIED, "t", opaque(MAC_C, MAC_A), 0);
        assertDropped(DropReason.LABEL_DENIED, "t", fragment(MAC_C, MAC_A, 53, true), 0);
        assertDropped(DropReason.NEIGHBOUR_UNREACHABLE, "t", arp, 0);
        assertDropped(DropReason.NEIGHBOUR_UNREACHABLE, "t", Traffic.arpRequest(MAC_C, ip(MAC_C), ip(MAC_A)), 0);
        assertEquals(List.of(5), levels());
    }

    @Test
    void shouldJudgeWhatATunnelBringsWithoutLevelAtThatOfTheUnlabelled() {
        policy("unproven 2\ncomponent far t 02:00:00:00:00:0c - 10.0.0.12\nlevels far 5,2\n" + ALLOW);
        hear();

        assertEquals(List.of("a 2"), arrive("t", udp(MAC_C, MAC_A, 1, 2), 0));
        assertEquals(List.of("a 2"), arrive("t", Traffic.arp(MAC_A, 2, MAC_C, ip(MAC_C), MAC_A, ip(MAC_A)), 0));
        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 2, 1), 2));
    }

    @Test
    void shouldGiveNoLevelToWhatNoPortUnderPolicyTouches() {
        restart("a access 10 esp\nb access 10 esp\nt access 20 enforce esp\n");
        policy(ALLOW);

        assertEquals(List.of("b 0"), arrive("a", opaque(MAC_A, BROADCAST), 0));
        assertEquals(List.of("b 0"), arrive("a", udp(MAC_A, BROADCAST, ip(MAC_A), -1, 1, 2), 0));
    }

    private static final String DHCP_PORTS = """
            a access 10 enforce esp dhcp client
            b access 10 enforce esp dhcp server
            t access 10 enforce esp role uplink dhcp server
            """;

    @Test
    void shouldJudgeTheLevelOfDhcp() {
        restart(DHCP_PORTS);
        weir.policy(new TablePolicy(++epoch, BOUND.replace("levels db 2,5", "levels db 5") + ALLOW));
        arrive("b", opaque(MAC_B, MAC_A), 0);
        byte[] request = udp(MAC_A, MAC_B, 0, -1, 68, 67);

        assertEquals(List.of("b 5"), arrive("a", request, 0), "the level that both have");
        assertEquals(List.of("b 5"), arrive("a", request, 5));
        assertDropped(DropReason.LABEL_DENIED, "a", request, 2);
        assertDropped(DropReason.LABEL_DENIED, "a", request, 7);
        assertEquals(List.of("a 5"), arrive("b", udp(MAC_B, MAC_A, 67, 68), 0));
    }

    @Test
    void shouldLetADhcpServerOfSeveralLevelsAnswerAClientOfOne() {
        restart(DHCP_PORTS);
        String clients = BOUND.replace("10.0.0.10", "-").replace("levels web 2,5", "levels web 5");
        weir.policy(new TablePolicy(++epoch, clients + ALLOW));
        arrive("b", opaque(MAC_B, MAC_A), 5);
        arrive("a", opaque(MAC_A, MAC_B), 0);

        assertEquals(List.of("b 5"), arrive("a", udp(MAC_A, MAC_B, 0, -1, 68, 67), 0));
        assertEquals(List.of("a 5"), arrive("b", udp(MAC_B, MAC_A, 67, 68), 0), "the offer");
        assertEquals(List.of("a 5"), arrive("b", udp(MAC_B, BROADCAST, ip(MAC_B), -1, 67, 68), 0), "by broadcast");
        assertDropped(DropReason.LABEL_DENIED, "b", udp(MAC_B, MAC_A, 67, 68), 2);
    }

    @Test
    void shouldFloodDhcpAtOneLevelOnly() {
        restart(DHCP_PORTS.replace(
                "t access 10 enforce esp role uplink dhcp server", "t access 10 enforce esp dhcp client"));
        String clients =
                BOUND.replace("10.0.0.10", "-").replace("web 2,5", "web 5") + "component far t 02:00:00:00:00:0c - -\n";
        byte[] offer = udp(MAC_B, BROADCAST, ip(MAC_B), -1, 67, 68);
        weir.policy(new TablePolicy(++epoch, clients + "levels far 2\n" + ALLOW));

        assertEquals(List.of("t 2"), arrive("b", offer, 0), "the sender's own level, which one client has");
        assertEquals(List.of("a 5"), arrive("b", offer, 5));
        weir.policy(new TablePolicy(++epoch, clients + "levels far 5\n" + ALLOW));
        assertEquals(List.of("a 5", "t 5"), arrive("b", offer, 0), "no client has the sender's own level");
    }

    @Test
    void shouldFloodDhcpToWhomItsLevelMayReach() {
        restart(DHCP_PORTS);
        weir.policy(new TablePolicy(++epoch, BOUND.replace("levels db 2,5", "levels db 5") + ALLOW));
        byte[] request = udp(MAC_A, BROADCAST, 0, -1, 68, 67);

        assertEquals(List.of("t 2"), arrive("a", request, 0));
        assertEquals(List.of("b 5", "t 5"), arrive("a", request, 5));
        assertDropped(DropReason.LABEL_DENIED, "a", request, 7);
    }

    @Test
    void shouldNotLetAuditModeLetDhcpCrossLevels() {
        restart(DHCP_PORTS.replace("enforce", "audit"));
        weir.policy(new TablePolicy(++epoch, BOUND.replace("levels db 2,5", "levels db 5") + ALLOW));
        arrive("b", opaque(MAC_B, MAC_A), 0);

        assertDropped(DropReason.LABEL_DENIED, "a", udp(MAC_A, MAC_B, 0, -1, 68, 67), 2);

        weir.policy(new TablePolicy(
                ++epoch, BOUND.replace("web 2,5", "web 2").replace("levels db 2,5", "levels db 5") + ALLOW));
        assertDropped(DropReason.LABEL_DENIED, "a", udp(MAC_A, MAC_B, 0, -1, 68, 67), 0);
    }

    @Test
    void shouldAnswerWhatItRejectsAtTheSameLevel() {
        policy("reject * * tcp/80\nreject * * udp/53\nallow * * *\n");
        hear();

        assertEquals(List.of("t 5"), arrive("t", tcp(MAC_C, MAC_A, 4000, 80, SYN, 100, 0), 5));
        assertEquals(List.of("t 2"), arrive("t", udp(MAC_C, MAC_A, 4000, 53), 2));
        assertEquals(List.of("a 2"), arrive("a", udp(MAC_A, MAC_C, 4000, 53), 0));
    }

    @Test
    void shouldResetBothEndsOfASessionAtItsLevel() {
        policy("allow,until=1500000000,reset world web tcp/80\nallow * * ether\n");
        hear();
        arrive("t", tcp(MAC_C, MAC_A, 4000, 80, SYN, 100, 0), 5);
        arrive("a", tcp(MAC_A, MAC_C, 80, 4000, SYN | ACK, 500, 101), 0);
        arrive("t", tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501), 5);

        weir.pass(1_600_000_000L);

        assertEquals(
                Set.of("t 5", "a 5"),
                new HashSet<>(tunnels.left().stream()
                        .map(left -> left.port() + ' ' + left.level())
                        .toList()));
    }

    @Test
    void shouldSendCopiesAtTheLevelOfTheirFlow() {
        policy("allow,mirror=l world web udp/53\nredirect=l world web udp/54\nallow * * *\n");
        hear();

        assertEquals(List.of("l 5", "a 5"), arrive("t", udp(MAC_C, MAC_A, 4000, 53), 5));
        assertEquals(List.of("l 5"), arrive("t", udp(MAC_C, MAC_A, 4000, 54), 5));
    }

    @Test
    void shouldSendCopiesToNoPortThatTheirLevelMayNotLeaveBy() {
        policy("port-levels l 2\nallow,mirror=l world web udp/53\nredirect=l world web udp/54\nallow * * *\n");
        hear();

        assertEquals(List.of("l 2", "a 2"), arrive("t", udp(MAC_C, MAC_A, 4000, 53), 2));
        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 4000, 53), 5));
        assertEquals(List.of("l 2"), arrive("t", udp(MAC_C, MAC_A, 4000, 54), 2));
        assertDropped(DropReason.REDIRECT_TARGET_DOWN, "t", udp(MAC_C, MAC_A, 4000, 54), 5);
    }

    @Test
    void shouldCutCopiesSoThatTheirLabelsFit() {
        restart(PORTS.replace("l access 99 esp", "l access 99 mtu 200 wire-label required"));
        policy("numbers 0\nredirect=l world web udp/54\nallow * * *\n");
        hear();
        byte[] frame = Arrays.copyOf(udp(MAC_C, MAC_A, 4000, 54), 600);
        frame[16] = (byte) ((600 - 14) >>> 8);
        frame[17] = (byte) (600 - 14);

        arrive("t", frame, 5);

        assertEquals(0, weir.drops("l", DropReason.EGRESS_MTU_EXCEEDED));
        assertEquals(0, weir.drops("t", DropReason.REDIRECT_TARGET_DOWN));
        assertEquals(1, weir.counter("t", CounterTable.CONSUMED));
    }

    @Test
    void shouldNotSayOfACopyThatCouldNotBeLabelledThatItWasSent() {
        restart(PORTS.replace("l access 99 esp", "l access 99 wire-label required"));
        String unlabelled = BOUND.replaceAll("levels .*\n", "");
        weir.policy(new TablePolicy(++epoch, unlabelled + "redirect=l world web udp/54\nallow * * *\n"));
        hear();

        tunnels.arrive("t", udp(MAC_C, MAC_A, 4000, 54), 0);
        weir.poll("t", ++nowNs);

        assertEquals(1, weir.drops("l", DropReason.EGRESS_LABEL_UNWRITABLE));
        assertEquals(1, weir.drops("t", DropReason.REDIRECT_TARGET_DOWN));
    }

    @Test
    void shouldLetWhatIsNotJudgedLeaveAtItsOwnLevelWhateverTheOneBefore() {
        restart(PORTS.replace("enforce", "audit"));
        weir.policy(new TablePolicy(
                ++epoch, BOUND.replace("02:00:00:00:00:0b - 10.0.0.11", "- - -").replace("db 2,5", "db 5") + ALLOW));
        hear();

        tunnels.arrive("a", udp(MAC_A, MAC_B, 1, 2), 5);
        tunnels.arrive("a", fragment(MAC_A, MAC_C, 53, false), 0);
        weir.poll("a", ++nowNs);

        assertEquals(
                List.of("b 5", "t 2"),
                tunnels.left().stream()
                        .map(left -> left.port() + ' ' + left.level())
                        .toList());
    }

    @Test
    void shouldEndASessionWhoseLevelItsEndsMayNotHaveAnyMore() {
        policy("allow,keep * * *\n");
        hear();
        arrive("a", udp(MAC_A, MAC_C, 1, 2), 0);
        arrive("t", udp(MAC_C, MAC_A, 3, 4), 5);

        weir.policy(new TablePolicy(++epoch, BOUND.replace("levels web 2,5", "levels web 5") + "allow,keep * * *\n"));

        assertDropped(DropReason.LABEL_DENIED, "a", udp(MAC_A, MAC_C, 1, 2), 0);
        assertEquals(List.of("t 5"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0), "another session, at its level of now");
        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 3, 4), 5));
        weir.pass(nowNs);
        assertEquals(List.of(5, 5), levels());
    }

    @Test
    void shouldKeepTheLevelThatASessionBeganAtWhileItsEndsMayHaveIt() {
        policy(ALLOW);
        hear();
        arrive("a", udp(MAC_A, MAC_C, 1, 2), 0);

        weir.policy(new TablePolicy(++epoch, BOUND.replace("levels web 2,5", "levels web 5,2") + ALLOW));

        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
        assertEquals(List.of("t 5"), arrive("a", udp(MAC_A, MAC_C, 1, 3), 0));
    }

    @Test
    void shouldGiveSessionsLevelsWhenThePolicyBeginsToHaveThem() {
        withoutLevels();
        assertEquals(List.of("t 0"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
        assertEquals(List.of("a 0"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 0));

        policy(ALLOW);

        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
        assertEquals(List.of("a 2"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 2));
        assertEquals(List.of(2), levels());
    }

    @Test
    void shouldFindSessionsByTheirLevelsAfterARestartWithOtherNumbers(@TempDir Path state) {
        SwitchSettings settings = TestPorts.kept(SwitchSettings.DEFAULT.withSessions(1024), state);
        weir.close();
        weir = new OfflineSwitch(settings, PortLines.parse(PORTS), nowNs, tunnels);
        policy(ALLOW);
        hear();
        for (int level : new int[] {2, 5}) {
            arrive("t", tcp(MAC_C, MAC_A, 4000, 80, SYN, 100, 0), level);
            arrive("a", tcp(MAC_A, MAC_C, 80, 4000, SYN | ACK, 500, 101), level);
            arrive("t", tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501), level);
        }
        arrive("t", tcp(MAC_C, MAC_A, 4001, 80, SYN, 100, 0), 5);
        List<Integer> before = levels();
        OfflineSwitch killed = weir;

        tunnels = new LabelledTunnels();
        weir = new OfflineSwitch(settings, PortLines.parse(PORTS), nowNs, tunnels);
        String moved = BOUND.replace("2,5", "5,8,6");
        weir.policy(new TablePolicy(++epoch, "numbers 3\n" + moved + ALLOW));

        assertEquals(List.of(2, 5, 5), before);
        assertDropped(DropReason.TCP_NO_SESSION, "t", tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501), 6);
        assertEquals(List.of("a 5"), arrive("t", tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501), 5));
        assertEquals(List.of("a 8"), arrive("t", tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501), 8));
        assertEquals(List.of("t 8"), arrive("a", tcp(MAC_A, MAC_C, 80, 4000, ACK, 501, 101), 8));
        assertEquals(List.of("t 8"), arrive("a", tcp(MAC_A, MAC_C, 80, 4001, SYN | ACK, 500, 101), 0));
        assertEquals(List.of(5, 8, 8), levels());
        killed.close();
    }

    @Test
    void shouldTakeThePlaceOfASessionAtItsLevelWithAPacketThatProvesNone() {
        policy(ALLOW);
        hear();
        arrive("a", udp(MAC_A, MAC_C, 1, 2), 2);

        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));

        assertEquals(List.of(2), levels());
        assertEquals(List.of("t 2"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 2));
        assertEquals(List.of(2), levels());
    }

    @Test
    void shouldNotWeakenLevelsByAuditMode() {
        restart(PORTS.replace("enforce", "audit"));
        policy("drop * * *\n");
        hear();

        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 5), "what a rule denies passes");
        assertDropped(DropReason.LABEL_DENIED, "t", udp(MAC_C, MAC_A, 2, 1), 7);
        assertDropped(DropReason.LABEL_DENIED, "t", tcp(MAC_C, MAC_A, 1, 2, ACK, 1, 1), 7);
        assertDropped(DropReason.LABEL_DENIED, "t", fragment(MAC_C, MAC_A, 53, false), 7);
        assertDropped(DropReason.LABEL_DENIED, "t", icmpError(MAC_C, MAC_A, 3, 3, udp(MAC_A, MAC_C, 9, 9)), 7);
        assertDropped(DropReason.LABEL_DENIED, "t", Traffic.arp(MAC_A, 2, MAC_C, ip(MAC_C), MAC_A, ip(MAC_A)), 7);
        assertEquals(List.of("a 5"), arrive("t", fragment(MAC_C, MAC_A, 53, false), 5), "unjudged, and passes");
    }

    @Test
    void shouldLeaveLevelsAloneOnPortsThatAreNotJudged() {
        restart("a access 10 esp\nt access 10 esp\n");

        assertEquals(List.of("a 5"), arrive("t", udp(MAC_C, MAC_A, 2, 1), 5));
        assertEquals(List.of("t 0"), arrive("a", udp(MAC_A, MAC_C, 1, 2), 0));
    }

    @Test
    void shouldTellTheLevelOfFlowsAndDenials() {
        policy("drop world db udp/9\nallow * * *\n");
        hear();
        List<String> told = new ArrayList<>();
        weir.drainFlows(record -> {});
        weir.drainDenies(record -> {});

        arrive("t", udp(MAC_C, MAC_A, 2, 1), 5);
        arrive("t", udp(MAC_C, MAC_B, 2, 9), 5);
        arrive("a", udp(MAC_A, MAC_C, 8, 8), 0);
        weir.drainFlows(record -> told.add(record.kind() + " at " + record.label()));
        weir.drainDenies(record -> told.add("deny at " + record.label()));

        assertEquals(
                List.of(
                        FlowRecord.BEGUN + " at 5",
                        FlowRecord.DENIED + " at 5",
                        FlowRecord.BEGUN + " at 2",
                        "deny at 5"),
                told);
    }

    @Test
    void shouldHandSuperFramesToATunnelWhole() {
        policy(ALLOW);
        hear();
        arrive("t", tcp(MAC_C, MAC_A, 4000, 80, SYN, 100, 0), 5);
        arrive("a", tcp(MAC_A, MAC_C, 80, 4000, SYN | ACK, 500, 101), 0);
        byte[] segment = tcp(MAC_C, MAC_A, 4000, 80, ACK, 101, 501);
        byte[] whole = Arrays.copyOf(segment, segment.length + 4_000);
        whole[16] = (byte) ((whole.length - 14) >>> 8);
        whole[17] = (byte) (whole.length - 14);

        tunnels.arriveWhole("t", whole, 5, 1_000);
        weir.poll("t", ++nowNs);

        List<Left> left = tunnels.left();
        assertEquals(1, left.size());
        assertEquals(5, left.getFirst().level());
        assertEquals(1_000, left.getFirst().gsoSize());
        assertTrue(left.getFirst().frame().length > 4_000);
        assertNotEquals("t", left.getFirst().port());
    }
}
