package io.weir.datapath.worker;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** VLAN tags, which the kernel takes off in front of a packet socket, pass a trunk with type, priority and VLAN. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TaggedFramesIT {
    private static final int VLAN = 100;
    /** Priority 5, drop eligible, VLAN 100. */
    private static final int TCI = 0xB000 | VLAN;

    private static final int LENGTH = 200;

    private TestNamespace host;
    private Switch weir;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        weir = new Switch(TestPorts.workers(1));
        weir.start();
    }

    @AfterEach
    void delete() {
        if (weir != null) {
            weir.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PACKET,PACKET,0x8100",
        "PACKET,PACKET,0x88a8",
        "PACKET,TAP,0x8100",
        "TAP,PACKET,0x88a8",
        "TAP,TAP,0x88a8"
    })
    void shouldCarryTagsUnchangedOverATrunk(Guest.Attachment left, Guest.Attachment right, String type) {
        int tagType = Integer.decode(type);
        try (Guest a = trunk("a", left, tagType);
                Guest b = trunk("b", right, tagType)) {
            byte[] payload = TestFrames.ofLength(TestFrames.MAC_B, TestFrames.MAC_A, LENGTH);
            byte[] tagged = TestFrames.tagged(payload, tagType, TCI);
            byte[] doubleTagged =
                    TestFrames.tagged(TestFrames.tagged(payload, VlanSettings.TAG_CUSTOMER, 0x2007), tagType, TCI);

            a.socket().send(tagged);
            a.socket().send(doubleTagged);

            b.socket().expect(tagged);
            b.socket().expect(doubleTagged);
            SwitchLaws.assertConserved(weir);
            assertEquals(tagged.length + doubleTagged.length, a.counters(weir).rxBytes());
            assertEquals(tagged.length + doubleTagged.length, b.counters(weir).txBytes());
            assertEquals(Map.of(), weir.statistics().drops());
        }
    }

    @ParameterizedTest
    @CsvSource({"PACKET,PACKET", "PACKET,TAP", "TAP,PACKET"})
    void shouldCarryTaggedSuperFramesWhole(Guest.Attachment left, Guest.Attachment right) {
        try (Guest a = trunk("a", left, VlanSettings.TAG_CUSTOMER);
                Guest b = trunk("b", right, VlanSettings.TAG_CUSTOMER)) {
            GuestSocket.Frame sent = TestFrames.taggedSuperFrame(
                    TestFrames.MAC_B, TestFrames.MAC_A, 30_000, VlanSettings.TAG_CUSTOMER, TCI);

            a.socket().send(sent);
            GuestSocket.Frame received = b.socket().receive();

            assertArrayEquals(sent.bytes(), received.bytes());
            assertEquals(sent.gsoType(), received.gsoType());
            assertEquals(sent.gsoSize(), received.gsoSize());
            assertEquals(sent.checksumStart(), received.checksumStart());
            SwitchLaws.assertConserved(weir);
        }
    }

    @Test
    void shouldRefuseToMakeATrunkOfAVethOverXdpWhichDoesNotSeeTags() {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.XDP)) {
            VlanSettings before = SwitchLaws.status(weir, "a").settings().vlan();

            PortException refused = assertThrows(
                    PortException.class, () -> change("a", TestPorts.trunk(VlanSettings.TAG_CUSTOMER, VLAN)));

            assertTrue(refused.reason().contains("trunk"), refused.reason());
            assertEquals(before, SwitchLaws.status(weir, a.name()).settings().vlan());
        }
    }

    @Test
    void shouldTakeTheTagOffTowardsAnAccessPortAndPutItOnTowardsTheTrunk() {
        try (Guest a = trunk("a", Guest.Attachment.PACKET, VlanSettings.TAG_CUSTOMER);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.PACKET)) {
            change("b", VlanSettings.access(VLAN));
            byte[] towardsB = TestFrames.ofLength(TestFrames.MAC_B, TestFrames.MAC_A, LENGTH);
            byte[] towardsA = TestFrames.ofLength(TestFrames.MAC_A, TestFrames.MAC_B, LENGTH);

            a.socket().send(TestFrames.tagged(towardsB, VlanSettings.TAG_CUSTOMER, TCI));
            b.socket().expect(towardsB);
            b.socket().send(towardsA);

            a.socket().expect(TestFrames.tagged(towardsA, VlanSettings.TAG_CUSTOMER, VLAN));
            SwitchLaws.assertConserved(weir);
        }
    }

    private Guest trunk(String name, Guest.Attachment attachment, int tagType) {
        Guest guest = new Guest(weir, host, name, attachment);
        try {
            change(name, TestPorts.trunk(tagType, VLAN));
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
        return guest;
    }

    private void change(String name, VlanSettings vlan) {
        PortSettings port = SwitchLaws.status(weir, name).settings();
        weir.changePort(TestPorts.with(port, vlan));
    }
}
