package io.weir.datapath.bridge;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Modelled on the kernel's selftests bridge_vlan_aware, bridge_vlan_unaware and bridge_port_isolation. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class BridgeStageTest {
    private static final long SOME_GROUP = 0x0100_0C00_0001L;
    private static final BridgeSettings DEFAULT = BridgeSettings.DEFAULT;

    private static TestSwitch with(BridgeSettings... bridges) {
        TestSwitch on = new TestSwitch();
        for (BridgeSettings bridge : bridges) {
            on.port(VlanSettings.access(1), bridge);
        }
        return on;
    }

    private static @Nullable DropReason send(TestSwitch on, int vlan, int port, long destination) {
        on.receiveIn(vlan, port, Frames.plain(destination, Frames.HOST_A));
        return on.process(new BridgeStage(on.ports, on.macs, on.blocks));
    }

    private static @Nullable DropReason send(TestSwitch on, int port, long destination) {
        return send(on, 1, port, destination);
    }

    private static void learn(TestSwitch on, int vlan, long mac, int port) {
        on.macs.learn(vlan, mac, port, on.nowNs, MacTable.LEARNED, 0, 0);
    }

    @Test
    void shouldSendAKnownAddressToItsPortOnly() {
        TestSwitch on = with(DEFAULT, DEFAULT, DEFAULT);
        learn(on, 1, Frames.HOST_B, 2);

        assertNull(send(on, 0, Frames.HOST_B));
        assertEquals(2, on.batch.egressPort(0));
    }

    @Test
    void shouldFloodAnUnknownAddressBroadcastAndMulticast() {
        TestSwitch on = with(DEFAULT, DEFAULT, DEFAULT);

        for (long destination : new long[] {Frames.HOST_B, Frames.BROADCAST, SOME_GROUP}) {
            assertNull(send(on, 0, destination));
            assertEquals(PacketBatch.EGRESS_SET, on.batch.egressPort(0));
            assertEquals(TestSwitch.set(1, 2), on.egress(0));
        }
    }

    @Test
    void shouldFloodAnAddressWhoseTimeIsOver() {
        TestSwitch on = with(DEFAULT, DEFAULT, DEFAULT);
        learn(on, 1, Frames.HOST_B, 2);
        on.nowNs += on.settings.ageingNs() + 1;

        send(on, 0, Frames.HOST_B);

        assertEquals(TestSwitch.set(1, 2), on.egress(0));
    }

    @Test
    void shouldKeepVlansApart() {
        TestSwitch on = new TestSwitch()
                .port(VlanSettings.access(10), DEFAULT)
                .port(VlanSettings.access(10), DEFAULT)
                .port(VlanSettings.access(20), DEFAULT)
                .port(VlanSettings.trunk(0, 10, 20), DEFAULT);
        learn(on, 20, Frames.HOST_B, 2);

        send(on, 10, 0, Frames.BROADCAST);
        assertEquals(TestSwitch.set(1, 3), on.egress(0));
        send(on, 10, 0, Frames.HOST_B);
        assertEquals(TestSwitch.set(1, 3), on.egress(0));
        send(on, 20, 3, Frames.HOST_B);
        assertEquals(TestSwitch.set(2), on.egress(0));
    }

    @Test
    void shouldIgnoreVlansWhenAllPortsAreTunnelsOfOneService() {
        TestSwitch on = new TestSwitch().port(VlanSettings.tunnel(1), DEFAULT).port(VlanSettings.tunnel(1), DEFAULT);
        on.receive(0, Frames.tagged(555, Frames.plain(Frames.BROADCAST, Frames.HOST_A)));
        new VlanIngressStage(on.ports).process(on.batch);

        new BridgeStage(on.ports, on.macs, on.blocks).process(on.batch);

        assertEquals(TestSwitch.set(1), on.egress(0));
    }

    @Test
    void shouldNotSendFromOneTunnelOfAMeshToAnother() {
        BridgeSettings mesh = Bridge.with().splitHorizon().done();
        TestSwitch on = with(DEFAULT, mesh, mesh);
        learn(on, 1, Frames.HOST_B, 2);
        learn(on, 1, Frames.HOST_C, 0);

        assertEquals(DropReason.SPLIT_HORIZON, send(on, 1, Frames.HOST_B));
        assertNull(send(on, 1, Frames.HOST_C));
        assertNull(send(on, 0, Frames.HOST_B));
        for (long flooded : new long[] {0x0200_0000_0077L, Frames.BROADCAST, SOME_GROUP}) {
            assertNull(send(on, 1, flooded));
            assertEquals(TestSwitch.set(0), on.egress(0));
            assertNull(send(on, 0, flooded));
            assertEquals(TestSwitch.set(1, 2), on.egress(0));
        }
    }

    @Test
    void shouldNotSendBackIntoATunnelOfAMeshEvenByHairpin() {
        BridgeSettings mesh = Bridge.with().splitHorizon().hairpin().done();
        TestSwitch on = with(mesh, mesh);
        learn(on, 1, Frames.HOST_B, 0);

        assertEquals(DropReason.SPLIT_HORIZON, send(on, 0, Frames.HOST_B));
        assertEquals(DropReason.SPLIT_HORIZON, send(on, 0, Frames.BROADCAST));
    }

    @Test
    void shouldNotSendAGroupsFramesFromOneTunnelOfAMeshToAnother() {
        BridgeSettings mesh = Bridge.with().splitHorizon().done();
        TestSwitch on = with(DEFAULT, mesh, mesh);

        assertNull(sendToMembers(on, 1, 0, 2));
        assertEquals(TestSwitch.set(0), on.egress(0));
        assertEquals(DropReason.SPLIT_HORIZON, sendToMembers(on, 1, 2));
    }

    private static @Nullable DropReason sendToMembers(TestSwitch on, int port, int... members) {
        on.receiveIn(1, port, Frames.plain(SOME_GROUP, Frames.HOST_A));
        on.batch.egressSet(0).copyFrom(TestSwitch.set(members));
        on.batch.egressPort(0, PacketBatch.EGRESS_SET);
        return on.process(new BridgeStage(on.ports, on.macs, on.blocks));
    }

    @Test
    void shouldNotFloodToPortsThatAreDownOrShut() {
        TestSwitch on = with(DEFAULT, DEFAULT, DEFAULT).port(VlanSettings.access(1), DEFAULT, false);
        on.blocks.block(1, on.nowNs + 1);

        send(on, 0, Frames.BROADCAST);
        assertEquals(TestSwitch.set(2), on.egress(0));
        on.nowNs++;
        send(on, 0, Frames.BROADCAST);
        assertEquals(TestSwitch.set(1, 2), on.egress(0));
    }

    @Test
    void shouldDropWhenTheDestinationIsBehindTheIngressPort() {
        TestSwitch on = with(DEFAULT, DEFAULT);
        learn(on, 1, Frames.HOST_B, 0);

        assertEquals(DropReason.DESTINATION_IS_SOURCE, send(on, 0, Frames.HOST_B));
    }

    @Test
    void shouldReflectEveryKindOfFrameOnAHairpinPort() {
        TestSwitch on = with(Bridge.with().hairpin().done(), DEFAULT);
        learn(on, 1, Frames.HOST_B, 0);

        send(on, 0, Frames.HOST_B);
        assertEquals(TestSwitch.set(0), on.egress(0));
        for (long destination : new long[] {Frames.HOST_C, Frames.BROADCAST, SOME_GROUP}) {
            send(on, 0, destination);
            assertEquals(TestSwitch.set(0, 1), on.egress(0));
        }
    }

    @Test
    void shouldKeepIsolatedPortsApartButNotFromOthers() {
        BridgeSettings isolated = Bridge.with().isolated().done();
        TestSwitch on = with(isolated, isolated, DEFAULT);
        learn(on, 1, Frames.HOST_B, 1);
        learn(on, 1, Frames.HOST_C, 2);

        assertEquals(DropReason.PORT_ISOLATED, send(on, 0, Frames.HOST_B));
        assertNull(send(on, 0, Frames.HOST_C));
        assertNull(send(on, 2, Frames.HOST_B));
        send(on, 0, Frames.BROADCAST);
        assertEquals(TestSwitch.set(2), on.egress(0));
        send(on, 2, Frames.BROADCAST);
        assertEquals(TestSwitch.set(0, 1), on.egress(0));
    }

    @Test
    void shouldDropAFloodThatReachesOnlyIsolatedPorts() {
        BridgeSettings isolated = Bridge.with().isolated().done();
        TestSwitch on = with(isolated, isolated);

        assertEquals(DropReason.PORT_ISOLATED, send(on, 0, Frames.BROADCAST));
    }

    @Test
    void shouldNotReflectOnAPortThatIsHairpinAndIsolated() {
        TestSwitch on = with(Bridge.with().hairpin().isolated().done(), DEFAULT);
        learn(on, 1, Frames.HOST_B, 0);

        assertEquals(DropReason.PORT_ISOLATED, send(on, 0, Frames.HOST_B));
    }

    @Test
    void shouldObeyTheFloodSwitchOfEachKind() {
        TestSwitch on = with(
                DEFAULT,
                Bridge.with().noFloodUnknown().done(),
                Bridge.with().noFloodBroadcast().done(),
                Bridge.with().noFloodMulticast().done());

        send(on, 0, Frames.HOST_B);
        assertEquals(TestSwitch.set(2, 3), on.egress(0));
        send(on, 0, Frames.BROADCAST);
        assertEquals(TestSwitch.set(1, 3), on.egress(0));
        send(on, 0, SOME_GROUP);
        assertEquals(TestSwitch.set(1, 2), on.egress(0));
    }

    @Test
    void shouldDropWhenEveryPortRefusesTheFlood() {
        TestSwitch on = with(DEFAULT, Bridge.with().noFloodUnknown().done());

        assertEquals(DropReason.FLOOD_DISABLED, send(on, 0, Frames.HOST_B));
    }

    @Test
    void shouldDropWhenNoOtherPortCarriesTheVlan() {
        TestSwitch on = new TestSwitch().port(VlanSettings.access(10), DEFAULT).port(VlanSettings.access(20), DEFAULT);
        learn(on, 10, Frames.HOST_B, 1);

        assertEquals(DropReason.NO_DESTINATION, send(on, 10, 0, Frames.BROADCAST));
        assertEquals(DropReason.NO_DESTINATION, send(on, 10, 0, Frames.HOST_B));
    }

    @Test
    void shouldSendAClaimedGroupToItsMembersOfTheVlanWhateverTheFloodSwitchSays() {
        TestSwitch on =
                with(DEFAULT, Bridge.with().noFloodMulticast().done(), DEFAULT).port(VlanSettings.access(20), DEFAULT);
        on.receiveIn(1, 0, Frames.plain(SOME_GROUP, Frames.HOST_A));
        on.batch.egressSet(0).copyFrom(TestSwitch.set(0, 1, 3));
        on.batch.egressPort(0, PacketBatch.EGRESS_SET);

        new BridgeStage(on.ports, on.macs, on.blocks).process(on.batch);

        assertEquals(TestSwitch.set(1), on.egress(0));
    }

    @Test
    void shouldDropAClaimedGroupWithoutReachableMember() {
        TestSwitch on = with(DEFAULT, DEFAULT);
        on.receiveIn(1, 0, Frames.plain(SOME_GROUP, Frames.HOST_A));
        on.batch.egressSet(0).copyFrom(TestSwitch.set(0));
        on.batch.egressPort(0, PacketBatch.EGRESS_SET);

        assertEquals(DropReason.MULTICAST_NO_MEMBER, on.process(new BridgeStage(on.ports, on.macs, on.blocks)));
    }

    @Test
    void shouldDeclareExactlyTheReasonsOfItsName() {
        TestSwitch on = new TestSwitch();

        StageReasons.assertComplete(new BridgeStage(on.ports, on.macs, on.blocks));
    }
}
