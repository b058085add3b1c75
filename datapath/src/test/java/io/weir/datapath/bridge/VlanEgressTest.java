package io.weir.datapath.bridge;

import java.util.BitSet;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.port.VlanSettings.Mode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class VlanEgressTest {
    private static final byte[] UNTAGGED = Frames.plain(Frames.HOST_B, Frames.HOST_A);
    private static final int PRIORITY = 0xB000; // priority 5, drop eligible
    private static final VlanSettings ACCESS_10 = VlanSettings.access(10);
    private static final VlanSettings TRUNK = VlanSettings.trunk(0, 10, 20, 100);
    private static final VlanSettings TRUNK_NATIVE_10 = VlanSettings.trunk(10, 20, 100);
    private static final VlanSettings TUNNEL_100 = VlanSettings.tunnel(100);
    private static final VlanSettings SERVICE_TRUNK = serviceTrunk(10, 20, 100);

    private static VlanSettings serviceTrunk(int... vlans) {
        BitSet set = new BitSet();
        for (int vlan : vlans) {
            set.set(vlan);
        }
        return new VlanSettings(Mode.TRUNK, 0, set, VlanSettings.TAG_SERVICE);
    }

    private static byte[] service(int tci, byte[] frame) {
        return Frames.tagged(Frames.TPID_SERVICE, tci, frame);
    }

    /** Sends a frame through: classified at ingress, rewritten for egress. Its offload header must have moved along. */
    private static byte[] through(VlanSettings ingress, byte[] frame, VlanSettings egress) {
        TestSwitch on = new TestSwitch().port(ingress, BridgeSettings.DEFAULT);
        PacketBatch batch = on.receive(0, frame);
        on.process(new VlanIngressStage(on.ports));
        VirtioNetHeader offload = new VirtioNetHeader();
        offload.wrapBefore(batch.address(0))
                .set(VirtioNetHeader.NEEDS_CHECKSUM, VirtioNetHeader.GSO_TCPV4, 54, 1448, 34, 16);
        long plan = VlanEgress.plan(batch.traits(0), batch.outerTag(0), ingress, batch.vlan(0), egress);

        long address = new VlanEgress().apply(plan, batch.address(0));

        int growth = VlanEgress.growth(plan);
        offload.wrapBefore(address);
        assertEquals(batch.address(0) - growth, address);
        assertEquals(34 + growth, offload.checksumStart());
        assertEquals(54 + growth, offload.headerLength());
        assertEquals(1448, offload.gsoSize());
        assertEquals(16, offload.checksumOffset());
        assertEquals(VirtioNetHeader.GSO_TCPV4, offload.gsoType());
        return on.bytes(address, frame.length + growth);
    }

    @Test
    void shouldPushOnATrunkWhatCameUntagged() {
        assertArrayEquals(Frames.tagged(10, UNTAGGED), through(ACCESS_10, UNTAGGED, TRUNK));
        assertArrayEquals(service(10, UNTAGGED), through(ACCESS_10, UNTAGGED, SERVICE_TRUNK));
    }

    @Test
    void shouldPopWhatATrunkBroughtTaggedWhenItLeavesByAccess() {
        assertArrayEquals(UNTAGGED, through(TRUNK, Frames.tagged(PRIORITY | 10, UNTAGGED), ACCESS_10));
        assertArrayEquals(UNTAGGED, through(SERVICE_TRUNK, service(10, UNTAGGED), ACCESS_10));
    }

    @Test
    void shouldLeaveAccessFramesAsTheyAreBetweenAccessPorts() {
        assertArrayEquals(UNTAGGED, through(ACCESS_10, UNTAGGED, ACCESS_10));
    }

    @Test
    void shouldPopPriorityTagsForAccess() {
        assertArrayEquals(UNTAGGED, through(ACCESS_10, Frames.tagged(PRIORITY, UNTAGGED), ACCESS_10));
        assertArrayEquals(UNTAGGED, through(TRUNK_NATIVE_10, Frames.tagged(PRIORITY, UNTAGGED), ACCESS_10));
    }

    @Test
    void shouldKeepPriorityBitsWhenAPriorityTagBecomesAVlanTag() {
        byte[] out = through(ACCESS_10, Frames.tagged(PRIORITY, UNTAGGED), TRUNK);

        assertArrayEquals(Frames.tagged(PRIORITY | 10, UNTAGGED), out);
    }

    @Test
    void shouldSendTheNativeVlanUntagged() {
        assertArrayEquals(UNTAGGED, through(ACCESS_10, UNTAGGED, TRUNK_NATIVE_10));
        assertArrayEquals(UNTAGGED, through(TRUNK, Frames.tagged(10, UNTAGGED), TRUNK_NATIVE_10));
        assertArrayEquals(Frames.tagged(10, UNTAGGED), through(TRUNK_NATIVE_10, UNTAGGED, TRUNK));
    }

    @Test
    void shouldLeaveTheTagBetweenTrunksOfOneType() {
        byte[] frame = Frames.tagged(PRIORITY | 20, UNTAGGED);

        assertArrayEquals(frame, through(TRUNK, frame, TRUNK_NATIVE_10));
    }

    @Test
    void shouldRetagBetweenTrunksOfDifferentTypes() {
        byte[] out = through(TRUNK, Frames.tagged(PRIORITY | 20, UNTAGGED), SERVICE_TRUNK);

        assertArrayEquals(service(PRIORITY | 20, UNTAGGED), out);
    }

    @Test
    void shouldPushTheServiceTagInFrontOfCustomerTagsFromATunnel() {
        byte[] customer = Frames.tagged(7, UNTAGGED);

        assertArrayEquals(service(100, customer), through(TUNNEL_100, customer, SERVICE_TRUNK));
        assertArrayEquals(service(100, UNTAGGED), through(TUNNEL_100, UNTAGGED, SERVICE_TRUNK));
        assertArrayEquals(Frames.tagged(100, customer), through(TUNNEL_100, customer, TRUNK));
    }

    @Test
    void shouldPopTheServiceTagTowardsATunnel() {
        byte[] customer = Frames.tagged(7, UNTAGGED);

        assertArrayEquals(customer, through(SERVICE_TRUNK, service(100, customer), TUNNEL_100));
    }

    @Test
    void shouldLeaveEveryFrameAsItIsBetweenTunnels() {
        byte[] customer = Frames.tagged(7, UNTAGGED);

        assertArrayEquals(customer, through(TUNNEL_100, customer, TUNNEL_100));
        assertArrayEquals(service(9, customer), through(TUNNEL_100, service(9, customer), TUNNEL_100));
    }

    @Test
    void shouldNotLetAnInnerTagHopIntoAnotherVlanThroughTheNativeVlan() {
        byte[] attack = Frames.tagged(10, Frames.tagged(20, UNTAGGED));

        byte[] out = through(TRUNK_NATIVE_10, attack, TRUNK_NATIVE_10);

        assertArrayEquals(attack, out);
        byte[] customer = Frames.tagged(20, UNTAGGED);
        byte[] tunnelled = through(VlanSettings.tunnel(10), customer, TRUNK_NATIVE_10);
        assertArrayEquals(Frames.tagged(10, customer), tunnelled);
    }

    @Test
    void shouldGiveEqualPlansToWaysOutThatNeedTheSameBytes() {
        long one = VlanEgress.plan(0, 0, ACCESS_10, 10, TRUNK);
        long other = VlanEgress.plan(0, 0, ACCESS_10, 10, VlanSettings.trunk(20, 10));

        assertEquals(one, other);
        assertEquals(VlanEgress.PUSH, VlanEgress.action(one));
        assertEquals(0x8100_000A, VlanEgress.tag(one));
    }
}
