package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.capture.CaptureVerdict;
import io.weir.datapath.firewall.FlowRecord;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.SwitchSettings;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What becomes of live flows when the policy, a port or the time changes. */
@Timeout(20)
class FirewallTest {
    private static final String PORTS = "a access 10 enforce\nb access 10 enforce\nc access 10 enforce\nl access 99\n";
    private static final String BOUND = """
            component web a 02:00:00:00:00:0a - 10.0.0.10
            component db b 02:00:00:00:00:0b - 10.0.0.11
            component ops c 02:00:00:00:00:0c - 10.0.0.12
            """;
    private static final long SECOND_NS = 1_000_000_000L;

    private OfflineSwitch weir = offline(PORTS);
    private long nowNs = SECOND_NS;

    private static OfflineSwitch offline(String ports) {
        return new OfflineSwitch(SwitchSettings.DEFAULT.withSessions(4096), PortLines.parse(ports));
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private void policy(int epoch, String rules) {
        weir.policy(new TablePolicy(epoch, BOUND + rules + "allow * * ether\n"));
    }

    private OfflineSwitch.Result receive(String port, byte[] frame) {
        nowNs += 1_000_000;
        return weir.receive(port, frame, nowNs);
    }

    private @Nullable DropReason reason(String port, byte[] frame) {
        return receive(port, frame).outcome().reason();
    }

    /** The first frame that left by the port. */
    private static byte[] first(Map<String, List<byte[]>> sent, String port) {
        return sent.getOrDefault(port, List.of()).get(0);
    }

    private void hear() {
        receive("a", opaque(MAC_A, MAC_B));
        receive("b", opaque(MAC_B, MAC_A));
        receive("c", opaque(MAC_C, MAC_A));
    }

    private void connect() {
        hear();
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0)));
        assertNull(reason("b", tcp(MAC_B, MAC_A, 80, 4000, SYN | ACK, 500, 101)));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
        assertNull(reason("b", tcp(MAC_B, MAC_A, 80, 4000, ACK, 501, 101)));
    }

    @Test
    void shouldCutAConnectionWithTheFirstPacketOfEitherSideAfterThePolicyChanged() {
        policy(1, "allow web db tcp/80\n");
        connect();

        policy(2, "drop web db tcp/80\n");

        assertEquals(DropReason.EGRESS_DENIED, reason("b", tcp(MAC_B, MAC_A, 80, 4000, ACK, 501, 101)));
        assertEquals(DropReason.EGRESS_DENIED, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501)));
        assertEquals(List.of(), weir.sessions(10));
    }

    @Test
    void shouldTellTheSenderOfARejectedConnectionAndTheOtherEndWhereTheRuleSaysSo() {
        policy(1, "allow,reset web db tcp/80\n");
        connect();
        policy(2, "reject web db tcp/80\n");

        OfflineSwitch.Result result = receive("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501));

        assertEquals(List.of("a", "b"), List.copyOf(result.sent().keySet()));
        byte[] toSender = first(result.sent(), "a");
        byte[] toReceiver = first(result.sent(), "b");
        assertEquals("RST seq 501 ack 0 from 80 to 4000", Replies.tcp(toSender));
        assertEquals("RST ACK seq 101 ack 501 from 4000 to 80", Replies.tcp(toReceiver));
    }

    @Test
    void shouldLetASessionGoOnWhoseRuleSaysKeepAndDrainOneThatSaysDrain() {
        policy(1, "allow,keep web db udp/1\nallow,drain web db udp/2\n");
        hear();
        receive("a", udp(MAC_A, MAC_B, 9, 1));
        receive("a", udp(MAC_A, MAC_B, 9, 2));

        policy(2, "drop web db *\n");

        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 1)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 2)));
        nowNs += 20 * SECOND_NS;
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 1)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 2)));
        policy(3, "drop web db *\n");
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 2)), "another epoch gives no more time");
        nowNs += 11 * SECOND_NS;
        assertEquals(DropReason.EGRESS_DENIED, reason("a", udp(MAC_A, MAC_B, 9, 2)));
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 1)));
        policy(4, "quarantined web\n");
        assertEquals(DropReason.QUARANTINED, reason("a", udp(MAC_A, MAC_B, 9, 1)), "nothing spares a quarantined one");
    }

    @Test
    void shouldEndAnIdleConnectionWhenItsGrantExpiresAndResetBothEnds() {
        policy(1, "allow,reset,until=" + 10 * SECOND_NS + " web db tcp/80\n");
        connect();

        Map<String, List<byte[]>> sent = new HashMap<>();
        for (int i = 0; i < 400 && sent.isEmpty(); i++) {
            nowNs += 100_000_000;
            sent.putAll(weir.pass(nowNs));
        }

        assertTrue(nowNs >= 10 * SECOND_NS && nowNs < 11 * SECOND_NS, "at " + nowNs);
        assertEquals("RST ACK seq 101 ack 501 from 4000 to 80", Replies.tcp(first(sent, "b")));
        assertEquals("RST ACK seq 501 ack 101 from 80 to 4000", Replies.tcp(first(sent, "a")));
        assertEquals(List.of(), weir.sessions(10));
    }

    @Test
    void shouldSweepIdleSessionsOfAFormerEpoch() {
        policy(1, "allow web db udp/*\n");
        hear();
        receive("a", udp(MAC_A, MAC_B, 9, 1));
        receive("a", udp(MAC_A, MAC_B, 9, 2));
        weir.drainFlows(record -> {});

        policy(2, "allow web db udp/2\n");
        nowNs += SECOND_NS;
        weir.pass(nowNs);

        List<String> events = new ArrayList<>();
        weir.drainFlows(record -> events.add(
                record.kind() + " " + record.destinationPort() + " " + record.epoch() + " " + record.reason()));
        assertEquals(1, weir.sessions(10).size());
        assertEquals(2, weir.sessions(10).get(0).epoch());
        assertTrue(events.contains(FlowRecord.ENDED + " 1 1 " + DropReason.EGRESS_NO_RULE.code()), events.toString());
        assertTrue(events.contains(FlowRecord.REJUDGED + " 2 2 0"), events.toString());
    }

    @Test
    void shouldInheritNothingFromAFormerGuestOfThePort() {
        policy(1, "allow web db udp/*\n");
        hear();
        receive("a", udp(MAC_A, MAC_B, 9, 1));
        assertNull(reason("b", udp(MAC_B, MAC_A, 1, 9)));

        weir.flushSessions("b");

        assertEquals(DropReason.EGRESS_NO_RULE, reason("b", udp(MAC_B, MAC_A, 1, 9)));
    }

    @Test
    void shouldLetNoOtherComponentRideOnASessionBehindTheSamePort() {
        // Told apart by MAC address alone; nothing says whose the IP address is.
        weir.policy(new TablePolicy(1, """
                component web a 02:00:00:00:00:0a - -
                component other a 02:00:00:00:00:0c - -
                component db b 02:00:00:00:00:0b - -
                allow web db udp/*
                allow * * ether
                """));
        receive("b", opaque(MAC_B, MAC_A));
        assertNull(reason("a", udp(MAC_A, MAC_B, ip(MAC_A), ip(MAC_B), 9, 1)));

        byte[] forged = udp(MAC_C, MAC_B, ip(MAC_A), ip(MAC_B), 9, 1);

        assertEquals(DropReason.EGRESS_NO_RULE, reason("a", forged));
        assertNull(reason("a", udp(MAC_A, MAC_B, ip(MAC_A), ip(MAC_B), 9, 1)));
    }

    @Test
    void shouldLetNobodyElseAnswerForASessionsEnd() {
        weir.policy(new TablePolicy(1, """
                component web a 02:00:00:00:00:0a - 10.0.0.10
                component db b 02:00:00:00:00:0b - 10.0.0.11
                component ops c 02:00:00:00:00:0c - -
                allow web db udp/*
                allow * * ether
                """));
        hear();
        receive("a", udp(MAC_A, MAC_B, 9, 1));
        receive("b", udp(MAC_B, MAC_A, 1, 9));

        assertEquals(DropReason.EGRESS_NO_RULE, reason("c", udp(MAC_C, MAC_A, ip(MAC_B), ip(MAC_A), 1, 9)));
        assertNull(reason("b", udp(MAC_B, MAC_A, 1, 9)), "and the session lives on");
    }

    @Test
    void shouldCountEveryDenialUnderItsKey() {
        policy(1, "drop web db udp/53\n");
        hear();
        for (int i = 0; i < 7; i++) {
            receive("a", udp(MAC_A, MAC_B, 1000 + i, 53));
        }
        receive("b", udp(MAC_B, MAC_A, 1, 2));

        Map<String, Long> denies = new HashMap<>();
        weir.drainDenies(record -> denies.put(
                record.sourceIdentity() + ">" + record.destinationIdentity() + " rule " + record.rule() + " "
                        + DropReason.ofCode(record.reason()).label() + " port " + record.ingressPort() + " epoch "
                        + record.epoch() + " last " + record.sourcePort(),
                record.packets()));

        assertEquals(
                Map.of(
                        "16>17 rule 4 egress-denied port 0 epoch 1 last 1006",
                        7L,
                        "17>16 rule 0 egress-no-rule port 1 epoch 1 last 1",
                        1L),
                denies);
        assertEquals(0, weir.drainDenies(record -> {}));
    }

    @Test
    void shouldRecordWhatAuditLetsPass() {
        weir.close();
        weir = offline(PORTS.replace("enforce", "audit"));
        policy(1, "drop web db *\n");
        hear();

        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 1)));
        assertNull(reason("a", tcp(MAC_A, MAC_B, 9, 80, ACK, 1, 1)), "picked up");

        List<String> denies = new ArrayList<>();
        weir.drainDenies(record -> denies.add(Action.name(record.action()) + " "
                + DropReason.ofCode(record.reason()).label()));
        assertTrue(denies.contains("allow egress-denied"), denies.toString());
        assertTrue(denies.contains("allow tcp-no-session"), denies.toString());
        assertEquals(2, weir.sessions(10).size());
        assertTrue(weir.sessions(10).get(0).audited());
    }

    @Test
    void shouldTellWhatASessionHasCarriedWhenItEnds() {
        policy(1, "allow web db udp/*\n");
        hear();
        receive("a", udp(MAC_A, MAC_B, 9, 1));
        receive("b", udp(MAC_B, MAC_A, 1, 9));
        receive("b", udp(MAC_B, MAC_A, 1, 9));

        nowNs += 200 * SECOND_NS;
        weir.pass(nowNs);

        List<String> events = new ArrayList<>();
        weir.drainFlows(record -> events.add(record.kind() + " " + record.forwardPackets() + "/" + record.replyPackets()
                + " " + record.ingressPort() + ">" + record.egressPort()));
        assertEquals(List.of(FlowRecord.BEGUN + " 0/0 0>1", FlowRecord.ENDED + " 1/2 0>1"), events);
    }

    @Test
    void shouldAnswerNoMoreRejectsThanAPortGetsInASecondAndNoRejectItself() {
        policy(1, "reject web db *\n");
        hear();
        int answers = 0;
        for (int i = 0; i < 5_000; i++) {
            nowNs += 10_000 - 1_000_000;
            answers += receive("a", udp(MAC_A, MAC_B, 9, 1)).sent().size();
        }
        assertTrue(answers >= 100 && answers <= 160, answers + " answers in 50 ms");

        nowNs += SECOND_NS;
        assertEquals(Map.of(), receive("a", tcp(MAC_A, MAC_B, 9, 1, RST, 0, 0)).sent());
        byte[] error = icmpError(MAC_A, MAC_B, 3, 13, udp(MAC_B, MAC_A, 1, 2));
        assertEquals(Map.of(), receive("a", error).sent());
        assertEquals(Map.of(), receive("a", fragment(MAC_A, MAC_B, 53, false)).sent());
    }

    @Test
    void shouldWriteRejectsThatTheirReceiverAccepts() {
        policy(1, "reject web db *\n");
        hear();

        byte[] icmp = first(receive("a", udp(MAC_A, MAC_B, 9, 1)).sent(), "a");
        byte[] reset =
                first(receive("a", tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0)).sent(), "a");

        assertEquals("RST ACK seq 0 ack 101 from 80 to 4000", Replies.tcp(reset));
        assertEquals("ICMP 3/13 quotes UDP 9 > 1", Replies.icmp(icmp));
    }

    @Test
    void shouldSendRedirectedFramesWholeAndConsumeThem() {
        policy(1, "redirect=l web db udp/53\n");
        hear();

        byte[] frame = udp(MAC_A, MAC_B, 9, 53);
        OfflineSwitch.Result result = receive("a", frame);

        assertEquals(CaptureVerdict.CONSUMED, result.outcome().verdict());
        byte[] copy = first(result.sent(), "l");
        assertEquals(frame.length + 86, copy.length);
        assertEquals(HexFormat.of().formatHex(frame), HexFormat.of().formatHex(copy, 86, copy.length));
        assertEquals(
                // class, type, length | epoch | identities | rules | reason, action, kind | ports | level
                "ff570108" + "00000001" + "00000010" + "00000011" + "00000004" + "00000004" + "007c0201" + "00000001"
                        + "00000000",
                HexFormat.of().formatHex(copy, 50, 86));
    }

    private void ports(String lines) {
        weir.close();
        weir = offline(lines);
    }

    @Test
    void shouldJudgeWhatADhcpServerSendsToOtherPortsThanThoseOfDhcp() {
        ports("a access 10 enforce dhcp client\nb access 10 enforce dhcp server\n");
        policy(1, "");
        receive("a", opaque(MAC_A, MAC_B));
        receive("b", opaque(MAC_B, MAC_A));

        assertNull(reason("b", udp(MAC_B, MAC_A, 67, 68)));
        assertEquals(DropReason.EGRESS_NO_RULE, reason("b", udp(MAC_B, MAC_A, 67, 5432)));
    }

    @Test
    void shouldLimitPacketsThatHaveNoSession() {
        policy(1, "limits 1 packets=10\nallow,limits=1 web * udp/9\nallow,limits=1 web db ether\n");
        byte[] toAll = udp(MAC_A, BROADCAST, ip(MAC_A), ip(MAC_B), 9, 9);

        assertNull(reason("a", toAll));
        assertEquals(DropReason.RATE_EXCEEDED, reason("a", toAll));
        nowNs += SECOND_NS;
        receive("b", opaque(MAC_B, MAC_A));
        assertNull(reason("a", opaque(MAC_A, MAC_B)));
        assertEquals(DropReason.RATE_EXCEEDED, reason("a", opaque(MAC_A, MAC_B)));
    }

    @Test
    void shouldFloodWhatBelongsToNoFlowToNoEnforcedPort() {
        ports("a access 10\nb access 10 enforce\nc access 10\n");
        policy(1, "");
        byte[] unrelated = icmpError(MAC_A, BROADCAST, 3, 1, udp(MAC_B, MAC_A, 1, 2));

        assertEquals(List.of("c"), List.copyOf(receive("a", unrelated).sent().keySet()));
        weir.close();
        weir = offline("a access 10\nb access 10 enforce\n");
        policy(1, "");
        assertEquals(DropReason.ICMP_UNRELATED, reason("a", unrelated));
    }

    @Test
    void shouldBlameForAPacketOfASessionWhoeverSentIt() {
        policy(1, "allow web db tcp/80\n");
        connect();

        assertEquals(DropReason.TCP_INVALID, reason("b", tcp(MAC_B, MAC_A, 80, 4000, ACK, 900_000_000, 101)));
        assertEquals(DropReason.TCP_INVALID, reason("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 900_000_000, 501)));

        List<String> denies = new ArrayList<>();
        weir.drainDenies(record -> denies.add(record.sourceIdentity() + ">" + record.destinationIdentity() + " from "
                + record.sourcePort() + " port " + record.ingressPort()));
        assertEquals(List.of("17>16 from 80 port 1", "16>17 from 4000 port 0"), denies);
    }

    private static byte[] advertisement(long from, String address) {
        return discovery(from, BROADCAST, "fe80::" + Long.toHexString(from & 0xFFF), "ff02::1", 136, address, 2);
    }

    @Test
    void shouldLetNobodyClaimTheLinkLocalAddressOfARouterOrOfAnother() {
        ports("a access 10 enforce\nb access 10 enforce\nr access 10 role uplink\n");
        weir.policy(new TablePolicy(1, BOUND + "allow * * *\n"));
        long router = 0x0200_0000_0001L;

        assertNull(reason("a", advertisement(MAC_A, "fe80::5")), "first come");
        assertEquals(DropReason.SPOOFED_ND, reason("b", advertisement(MAC_B, "fe80::5")));
        assertNull(reason("a", advertisement(MAC_A, "fe80::5")));
        assertNull(reason("b", advertisement(MAC_B, "fe80::1")), "nobody's yet");
        assertNull(reason("r", routerAdvertisement(router)), "a port under no policy");
        assertEquals(DropReason.SPOOFED_ND, reason("b", advertisement(MAC_B, "fe80::1")));
        byte[] flow = ipv6(MAC_B, MAC_A, "fe80::1", "fe80::5", 59, new byte[8]);
        assertEquals(DropReason.SPOOFED_IP, reason("b", flow));
        nowNs += 400 * SECOND_NS;
        assertEquals(DropReason.SPOOFED_ND, reason("b", advertisement(MAC_B, "fe80::1")), "a router's for an hour");
        assertNull(reason("b", advertisement(MAC_B, "fe80::5")), "given up by silence");
    }

    @Test
    void shouldLetNobodyButAServerSendToWhereDhcpClientsListen() {
        ports("a access 10 enforce dhcp client\nb access 10 enforce\n");
        policy(1, "allow * * *\n");

        assertEquals(DropReason.DHCP_SERVER_REFUSED, reason("b", udp(MAC_B, MAC_A, 5000, 68)));
        assertNull(reason("b", udp(MAC_B, MAC_A, 5000, 69)));
    }

    @Test
    void shouldTakeARedirectFromNobodyButARouter() {
        ports("a access 10 enforce\nb access 10 enforce\nr access 10 enforce role uplink\n");
        weir.policy(new TablePolicy(1, BOUND.replace("ops c", "ops r") + "allow * * *\n"));
        receive("a", opaque(MAC_A, MAC_B));
        receive("b", opaque(MAC_B, MAC_A));
        byte[] query = udp(MAC_A, MAC_B, 4000, 53);
        assertNull(reason("a", query));

        assertEquals(DropReason.ROUTER_ADVERTISEMENT_REFUSED, reason("b", icmpError(MAC_B, MAC_A, 5, 1, query)));
        assertEquals(DropReason.ICMP_UNRELATED, reason("r", icmpError(MAC_C, MAC_A, 5, 1, query)));
    }

    @Test
    void shouldTakeAnErrorFromNobodyButTheMacAddressOfTheSessionsEnd() {
        weir.policy(new TablePolicy(1, """
                component web a 02:00:00:00:00:0a - -
                component db b 02:00:00:00:00:0b - -
                component other b 02:00:00:00:00:0c - -
                allow web db udp/*
                allow * * ether
                """));
        receive("a", opaque(MAC_A, MAC_B));
        receive("b", opaque(MAC_B, MAC_A));
        byte[] query = udp(MAC_A, MAC_B, 4000, 53);
        assertNull(reason("a", query));

        assertEquals(DropReason.ICMP_UNRELATED, reason("b", icmpError(MAC_C, MAC_A, 3, 3, query)));
        assertNull(reason("b", icmpError(MAC_B, MAC_A, 3, 3, query)));
    }

    @Test
    void shouldBlameTheSenderOfTheReplyThatMeetsANewEpoch() {
        policy(1, "allow web db udp/*\n");
        hear();
        assertNull(reason("a", udp(MAC_A, MAC_B, 9, 1)));
        policy(2, "drop web db udp/*\n");
        weir.drainDenies(record -> {});

        assertEquals(DropReason.EGRESS_DENIED, reason("b", udp(MAC_B, MAC_A, 1, 9)));

        List<String> denies = new ArrayList<>();
        weir.drainDenies(record -> denies.add(record.sourceIdentity() + ">" + record.destinationIdentity() + " from "
                + record.sourcePort() + " port " + record.ingressPort()));
        assertEquals(List.of("17>16 from 1 port 1"), denies);
    }

    @Test
    void shouldRecordEachPortThatAFloodedPacketMayNotReach() {
        policy(1, "allow web db udp/*\n");

        assertNull(reason("a", udp(MAC_A, BROADCAST, ip(MAC_A), ip(MAC_B), 9, 9)));
        assertEquals(DropReason.EGRESS_NO_RULE, reason("c", udp(MAC_C, BROADCAST, ip(MAC_C), ip(MAC_B), 9, 9)));

        List<String> denies = new ArrayList<>();
        weir.drainDenies(record -> denies.add((record.copies() ? "copies " : "frames ") + record.packets() + " "
                + DropReason.ofCode(record.reason()).label() + " port " + record.ingressPort()));
        assertEquals(
                List.of(
                        "copies 1 identity-unknown port 0",
                        "copies 1 identity-unknown port 2",
                        "frames 1 egress-no-rule port 2"),
                denies);
    }

    @Test
    void shouldReadAllSessionsHoweverManySlicesThatTakes() {
        weir.close();
        weir = new OfflineSwitch(SwitchSettings.DEFAULT.withSessions(16384), PortLines.parse(PORTS));
        policy(1, "allow web db udp/*\n");
        hear();
        for (int i = 0; i < 4_000; i++) {
            receive("a", udp(MAC_A, MAC_B, 1000 + i, 53));
        }

        assertEquals(4_000, weir.sessions(10_000).size());
        assertEquals(3_000, weir.sessions(3_000).size());
    }
}
