package io.weir.datapath.bridge;

import java.util.BitSet;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class VlanIngressStageTest {
    private static final byte[] UNTAGGED = Frames.plain(Frames.HOST_B, Frames.HOST_A);
    private static final int PRIORITY_5 = 5 << 13;

    private @Nullable DropReason reason;

    /** The VLAN that the frame is classified to; the drop reason is left in a field. */
    private int classify(VlanSettings settings, byte[] frame) {
        TestSwitch on = new TestSwitch().port(settings, BridgeSettings.DEFAULT);
        on.receive(0, frame);
        reason = on.process(new VlanIngressStage(on.ports));
        return on.batch.vlan(0);
    }

    @Test
    void shouldPutUntaggedAndPriorityTaggedFramesIntoTheAccessVlan() {
        VlanSettings access = VlanSettings.access(10);

        assertEquals(10, classify(access, UNTAGGED));
        assertEquals(10, classify(access, Frames.tagged(PRIORITY_5, UNTAGGED)));
    }

    @Test
    void shouldRefuseTaggedFramesOnAccess() {
        classify(VlanSettings.access(10), Frames.tagged(10, UNTAGGED));
        assertEquals(DropReason.VLAN_TAGGED_ON_ACCESS, reason);

        classify(VlanSettings.access(10), Frames.tagged(Frames.TPID_SERVICE, 20, UNTAGGED));
        assertEquals(DropReason.VLAN_TAGGED_ON_ACCESS, reason);
    }

    @Test
    void shouldTakeTheTagsVlanOnATrunkThatCarriesIt() {
        VlanSettings trunk = VlanSettings.trunk(10, 20, 30);

        assertEquals(20, classify(trunk, Frames.tagged(PRIORITY_5 | 20, UNTAGGED)));
        assertEquals(10, classify(trunk, Frames.tagged(10, UNTAGGED)));
    }

    @Test
    void shouldRefuseVlansThatTheTrunkDoesNotCarry() {
        VlanSettings trunk = VlanSettings.trunk(10, 20, 30);

        for (int vid : new int[] {1, 40, 4094, 4095}) {
            classify(trunk, Frames.tagged(vid, UNTAGGED));
            assertEquals(DropReason.VLAN_NOT_ALLOWED, reason, "vid " + vid);
        }
    }

    @Test
    void shouldPutUntaggedFramesIntoTheNativeVlanOrRefuseThem() {
        assertEquals(10, classify(VlanSettings.trunk(10, 20), UNTAGGED));
        assertEquals(10, classify(VlanSettings.trunk(10, 20), Frames.tagged(PRIORITY_5, UNTAGGED)));

        classify(VlanSettings.trunk(0, 20), UNTAGGED);
        assertEquals(DropReason.VLAN_UNTAGGED_REFUSED, reason);
        classify(VlanSettings.trunk(0, 20), Frames.tagged(PRIORITY_5, UNTAGGED));
        assertEquals(DropReason.VLAN_UNTAGGED_REFUSED, reason);
    }

    @Test
    void shouldTakeATagOfAnotherTypeForPayload() {
        byte[] serviceTagged = Frames.tagged(Frames.TPID_SERVICE, 20, UNTAGGED);

        assertEquals(10, classify(VlanSettings.trunk(10, 20), serviceTagged));
        assertNull(reason);
        classify(VlanSettings.trunk(0, 20), serviceTagged);
        assertEquals(DropReason.VLAN_UNTAGGED_REFUSED, reason);
    }

    @Test
    void shouldReadServiceTagsOnAServiceTrunk() {
        BitSet vlans = new BitSet();
        vlans.set(100);
        VlanSettings trunk = new VlanSettings(VlanSettings.Mode.TRUNK, 0, vlans, VlanSettings.TAG_SERVICE);
        byte[] doubleTagged = Frames.tagged(Frames.TPID_SERVICE, 100, Frames.tagged(7, UNTAGGED));

        assertEquals(100, classify(trunk, doubleTagged));
    }

    @Test
    void shouldPutEveryFrameOfATunnelIntoItsServiceVlan() {
        VlanSettings tunnel = VlanSettings.tunnel(100);

        assertEquals(100, classify(tunnel, UNTAGGED));
        assertEquals(100, classify(tunnel, Frames.tagged(7, UNTAGGED)));
        assertEquals(100, classify(tunnel, Frames.tagged(Frames.TPID_SERVICE, 8, Frames.tagged(7, UNTAGGED))));
    }

    @Test
    void shouldCarryNothingWhenThePortHasGone() {
        TestSwitch on = new TestSwitch();
        on.receive(0, UNTAGGED);

        assertEquals(DropReason.VLAN_NOT_ALLOWED, on.process(new VlanIngressStage(on.ports)));
    }

    @Test
    void shouldDeclareExactlyTheReasonsOfItsName() {
        StageReasons.assertComplete(new VlanIngressStage(new TestSwitch().ports));
    }
}
