package io.weir.datapath.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ports: 0 asks; 1, with suppression, has the neighbour; 2 has suppression; 3 has none. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class NeighbourStageTest implements ReplySink {
    private static final long EXPIRY_NS = 300 * TestSwitch.SECOND_NS;
    private static final int IP_A = Frames.address4("10.0.0.1");
    private static final int IP_B = Frames.address4("10.0.0.2");
    private static final byte[] IP6_A = Frames.address6("fe80::a");
    private static final byte[] IP6_B = Frames.address6("2001:db8::b");
    private static final byte[] NOBODY6 = Frames.address6("::");
    private static final int NA_ROUTER = 0x8000_0000;
    private static final int NA_OVERRIDE = 0x2000_0000;

    private final UpdateLog log = new UpdateLog();
    private final NeighbourTable neighbours = new NeighbourTable(64, EXPIRY_NS, 0x5EED, log);
    private final TestSwitch on = new TestSwitch().ports(1);
    private final UnsafeBuffer room = new UnsafeBuffer(BufferUtil.allocateDirectAligned(256, 64));
    private final List<byte[]> sent = new ArrayList<>();
    private int sentTo = -1;
    private int sentLevel;
    private boolean roomLeft = true;

    NeighbourStageTest() {
        BridgeSettings suppressing = Bridge.with().suppressNeighbours().done();
        on.port(VlanSettings.access(1), suppressing)
                .port(VlanSettings.access(1), suppressing)
                .ports(1);
    }

    @Override
    public long take() {
        return roomLeft ? room.addressOffset() + 64 : 0;
    }

    @Override
    public boolean sendCopy(long frameAddress, int lengthBytes, int port, int level) {
        throw new AssertionError("the stage makes no copies");
    }

    @Override
    public void send(long frameAddress, int lengthBytes, int port, int vlan, int level) {
        sentLevel = level;
        sent.add(on.bytes(frameAddress, lengthBytes));
        sentTo = port;
        assertEquals(1, vlan);
    }

    /** Sends a frame through learning, bridge and neighbour stage; returns where it goes. */
    private PortSet send(int port, byte[] frame) {
        on.receiveIn(1, port, frame);
        new LearnStage(on.ports, on.macs, on.blocks, on, on.settings).process(on.batch);
        new BridgeStage(on.ports, on.macs, on.blocks).process(on.batch);
        new NeighbourStage(on.ports, on.macs, neighbours, this).process(on.batch);
        return on.egress(0);
    }

    private void introduceB() {
        send(1, Frames.arpRequest(Frames.HOST_B, IP_B, IP_B));
    }

    private void introduceB6(int flags) {
        byte[] message = Frames.ndMessage(136, flags, IP6_B, 2, Frames.HOST_B);
        send(1, Frames.nd(Frames.HOST_C, Frames.HOST_B, IP6_B, IP6_A, message));
    }

    @Test
    void shouldAnswerAnArpRequestAndKeepItFromSuppressingPorts() {
        introduceB();

        PortSet egress = send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B));

        assertEquals(TestSwitch.set(3), egress);
        assertEquals(1, sent.size());
        assertEquals(0, sentTo);
        assertArrayEquals(Frames.arp(Frames.HOST_A, 2, Frames.HOST_B, IP_B, Frames.HOST_A, IP_A), sent.getFirst());
    }

    @Test
    void shouldAnswerAtTheLevelOfTheRequest() {
        introduceB();
        on.receiveIn(1, 0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B));
        on.batch.label(0, 5);
        new BridgeStage(on.ports, on.macs, on.blocks).process(on.batch);

        new NeighbourStage(on.ports, on.macs, neighbours, this).process(on.batch);

        assertEquals(5, sentLevel);
    }

    @Test
    void shouldConsumeTheRequestWhenNoPortIsLeft() {
        on.replacePort(3, Bridge.with().suppressNeighbours().done());
        introduceB();

        send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B));

        assertTrue(on.batch.consumed(0));
    }

    @Test
    void shouldAnswerASolicitationWithACheckedAdvertisement() {
        introduceB6(NA_ROUTER | NA_OVERRIDE);

        PortSet egress = send(0, Frames.solicitation(Frames.HOST_A, IP6_A, IP6_B));

        byte[] message = Frames.ndMessage(136, 0xE000_0000, IP6_B, 2, Frames.HOST_B);
        assertEquals(TestSwitch.set(3), egress);
        assertArrayEquals(Frames.nd(Frames.HOST_A, Frames.HOST_B, IP6_B, IP6_A, message), sent.getFirst());
    }

    @Test
    void shouldNotCallAHostARouter() {
        introduceB6(NA_OVERRIDE);

        send(0, Frames.solicitation(Frames.HOST_A, IP6_A, IP6_B));

        assertEquals(0x60, sent.getFirst()[14 + 40 + 4] & 0xFF);
    }

    @Test
    void shouldLearnARouterFromItsAdvertisement() {
        byte[] routerIp = Frames.address6("fe80::1");
        byte[] allNodes = Frames.address6("ff02::1");
        byte[] advertisement = Frames.ndMessage(134, 0, new byte[8], 1, Frames.HOST_B);
        send(1, Frames.nd(Frames.groupMac6(allNodes), Frames.HOST_B, routerIp, allNodes, advertisement));

        send(0, Frames.solicitation(Frames.HOST_A, IP6_A, routerIp));

        assertEquals(0xE0, sent.getFirst()[14 + 40 + 4] & 0xFF);
    }

    @Test
    void shouldFloodWhenTheAnswerIsNotKnown() {
        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B)));
        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.solicitation(Frames.HOST_A, IP6_A, IP6_B)));
        assertEquals(0, sent.size());
    }

    @Test
    void shouldFloodWhenTheNeighboursPortDoesNotSuppress() {
        send(3, Frames.arpRequest(Frames.HOST_B, IP_B, IP_B));

        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B)));
        assertEquals(0, sent.size());
    }

    @Test
    void shouldNotAnswerForANeighbourThatTheRequestWouldNotReach() {
        introduceB();
        on.replacePort(0, Bridge.with().isolated().done());
        on.replacePort(1, Bridge.with().isolated().suppressNeighbours().done());
        PortSet isolated = send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B));
        PortSet fromTheSamePort = send(1, Frames.arpRequest(Frames.HOST_C, IP_A, IP_B));
        on.macs.flushPort(1);
        PortSet unknownMac = send(2, Frames.arpRequest(0x0200_0000_0001L, IP_A, IP_B));

        assertEquals(TestSwitch.set(2, 3), isolated);
        assertEquals(TestSwitch.set(2, 3), fromTheSamePort);
        assertEquals(TestSwitch.set(0, 1, 3), unknownMac);
        assertEquals(0, sent.size());
    }

    @Test
    void shouldFloodWhenTheNeighbourExpired() {
        introduceB();
        on.nowNs += EXPIRY_NS;
        on.macs.bind(1, Frames.HOST_B, 1, on.nowNs);
        on.nowNs += 1;

        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B)));
    }

    @Test
    void shouldNeverHoldBackDuplicateAddressDetectionOrGratuitousArp() {
        introduceB();
        introduceB6(NA_OVERRIDE);

        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, 0, IP_B)));
        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.solicitation(Frames.HOST_A, NOBODY6, IP6_B)));
        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_A)));
        assertEquals(0, sent.size());
    }

    @Test
    void shouldLetUnicastRequestsThrough() {
        introduceB();

        assertEquals(
                TestSwitch.set(1), send(0, Frames.arp(Frames.HOST_B, 1, Frames.HOST_A, IP_A, Frames.HOST_B, IP_B)));
        assertEquals(0, sent.size());
    }

    @Test
    void shouldFloodWhenThereIsNoRoomForAnAnswer() {
        introduceB();
        roomLeft = false;

        assertEquals(TestSwitch.set(1, 2, 3), send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B)));
        assertFalse(on.batch.consumed(0));
    }

    @Test
    void shouldNotLearnFromSendersThatSpeakForAnotherMac() {
        byte[] spoofed = Frames.arpRequest(Frames.HOST_C, IP_B, IP_B);
        spoofed[11] = 0x0F;
        send(1, spoofed);

        assertEquals(NeighbourTable.UNKNOWN, neighbours.find(1, 0, InternetAddresses.ipv4Low(IP_B), on.nowNs));
    }

    @Test
    void shouldIgnoreDiscoveryFromOffTheLinkOrDamaged() {
        byte[] message = Frames.ndMessage(136, NA_OVERRIDE, IP6_B, 2, Frames.HOST_B);
        byte[] damaged = Frames.nd(Frames.HOST_C, Frames.HOST_B, IP6_B, IP6_A, message);
        int reservedByte = 14 + 40 + 7;
        damaged[reservedByte] ^= 1;
        byte[] routed =
                Frames.ethernet(Frames.HOST_C, Frames.HOST_B, 0x86DD, Frames.ipv6(IP6_B, IP6_A, 254, false, message));
        send(1, damaged);
        send(1, routed);

        send(0, Frames.solicitation(Frames.HOST_A, IP6_A, IP6_B));

        assertEquals(0, sent.size());
    }

    @Test
    void shouldForgetABindingThatASolicitationContradicts() {
        introduceB6(NA_OVERRIDE);
        send(3, Frames.solicitation(Frames.HOST_C, IP6_B, IP6_A));

        send(0, Frames.solicitation(Frames.HOST_A, IP6_A, IP6_B));

        assertEquals(0, sent.size());
    }

    @Test
    void shouldTellOtherWorkersOfNewChangedAndOldNeighboursOnly() {
        introduceB();
        introduceB();
        send(1, Frames.arpRequest(Frames.HOST_C, IP_B, IP_B));
        on.nowNs += 30 * TestSwitch.SECOND_NS;
        send(1, Frames.arpRequest(Frames.HOST_C, IP_B, IP_B));

        assertEquals(
                List.of("neighbour 1 2000000000b k0", "neighbour 1 2000000000c k0", "neighbour 1 2000000000c k0"),
                log.lines);
    }

    @Test
    void shouldAnswerFromWhatAnotherWorkerSaw() {
        neighbours.applyRemoteSeen(1, 0, InternetAddresses.ipv4Low(IP_B), Frames.HOST_B, NeighbourTable.HOST, on.nowNs);
        on.macs.applyRemoteLearned(1, Frames.HOST_B, 1, MacTable.LEARNED, on.nowNs);

        send(0, Frames.arpRequest(Frames.HOST_A, IP_A, IP_B));

        assertEquals(1, sent.size());
        assertEquals(List.of("neighbour 1 2000000000a k0"), log.lines);
    }

    @Test
    void shouldStayBoundedAndKeepTheNewest() {
        for (int i = 0; i < 10_000; i++) {
            neighbours.see(1, 7, i, Frames.HOST_B, NeighbourTable.HOST, i);
        }
        int found = 0;
        for (int i = 0; i < 10_000; i++) {
            found += neighbours.find(1, 7, i, 10_000) == NeighbourTable.UNKNOWN ? 0 : 1;
        }

        assertEquals(64, found);
        assertEquals(Frames.HOST_B, neighbours.find(1, 7, 9_999, 10_000));
        assertEquals(NeighbourTable.UNKNOWN, neighbours.find(2, 7, 9_999, 10_000));
    }
}
