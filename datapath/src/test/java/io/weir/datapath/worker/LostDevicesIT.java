package io.weir.datapath.worker;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.weir.datapath.pipeline.PortEvents.Kind;
import io.weir.datapath.port.PortSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Interfaces and namespaces that disappear, also under load, and come back; the other ports go on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostDevicesIT {
    private static final int FRAMES = 20;

    private TestNamespace host;
    private TestNamespace guest;
    private Switch weir;
    private final EventLog events = new EventLog();

    @BeforeEach
    void create() {
        host = new TestNamespace();
        guest = new TestNamespace();
        weir = new Switch(TestPorts.workers(1));
        weir.listen(events);
        weir.start();
    }

    @AfterEach
    void delete() {
        if (weir != null) {
            weir.close();
        }
        if (guest != null) {
            guest.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKET", "XDP"})
    void shouldGoDownWithTheDeviceAndComeBackWithIt(PortSettings.Io io) {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.TAP)) {
            host.veth("v0", guest, "eth0");
            PortSettings port = io == PortSettings.Io.XDP
                    ? TestPorts.xdp("lost", host, "v0")
                    : TestPorts.packet("lost", host, "v0");
            weir.addPort(port);
            floodTo(a, b);

            for (int i = 0; i < FRAMES; i++) {
                a.socket().send(TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, i));
            }
            host.ip("link del dev v0");
            events.await(Kind.PORT_DOWN, "lost");
            PortStatus down = SwitchLaws.status(weir, "lost");
            for (int i = 0; i < FRAMES; i++) {
                assertEquals(i, TestFrames.number(b.socket().receive().bytes()));
            }
            floodTo(a, b);
            host.veth("v0", guest, "eth0");
            events.await(Kind.PORT_UP, "lost");

            assertEquals(PortStatus.State.DOWN, down.state());
            assertTrue(down.stateReason().contains("v0"), down.stateReason());
            assertCarries(a, b);
            SwitchLaws.assertConserved(weir);
        }
    }

    /** Frames between the port that came back and another. */
    private void assertCarries(Guest a, Guest b) {
        try (GuestSocket back = new GuestSocket(guest, "eth0")) {
            byte[] in = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_B, 77);
            back.send(in);
            a.socket().expect(in);
            b.socket().expect(in);
            byte[] out = TestFrames.numbered(TestFrames.MAC_B, TestFrames.MAC_A, 78);
            a.socket().send(out);
            back.expect(out);
        }
        assertEquals(PortStatus.State.UP, SwitchLaws.status(weir, "lost").state());
    }

    private static void floodTo(Guest a, Guest b) {
        byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
        a.socket().send(frame);
        b.socket().expect(frame);
    }

    @Test
    void shouldWaitForADeviceThatDoesNotExistYet() {
        PortStatus added = weir.addPort(TestPorts.packet("later", host, "v0"));

        host.veth("v0", guest, "eth0");
        events.await(Kind.PORT_UP, "later");

        assertEquals(PortStatus.State.DOWN, added.state());
        assertTrue(added.stateReason().contains("v0 does not exist"), added.stateReason());
        assertEquals(PortStatus.State.UP, SwitchLaws.status(weir, "later").state());
        assertEquals("packet", SwitchLaws.status(weir, "later").io());
    }

    @Test
    void shouldMakeTheTapAnewWhenItsNamespaceIsMadeAnew() {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.PACKET)) {
            weir.addPort(TestPorts.tap("lost", guest, "eth0"));
            guest.ip("link set eth0 up");
            events.await(Kind.PORT_UP, "lost");

            guest.delete();
            events.await(Kind.PORT_DOWN, "lost");
            PortStatus down = SwitchLaws.status(weir, "lost");
            guest.make();
            events.await(Kind.PORT_DOWN, "lost");
            guest.ip("link set eth0 up");
            events.await(Kind.PORT_UP, "lost");

            assertEquals(PortStatus.State.DOWN, down.state());
            try (GuestSocket back = new GuestSocket(guest, "eth0")) {
                byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 5);
                a.socket().send(frame);
                back.expect(frame);
            }
            SwitchLaws.assertConserved(weir);
        }
    }

    @Test
    void shouldTellWhenATapIsDeletedAndMakeItAgain() {
        weir.addPort(TestPorts.tap("lost", guest, "eth0"));
        guest.ip("link set eth0 up");
        events.await(Kind.PORT_UP, "lost");
        int before = guest.index("eth0");

        guest.ip("link del eth0");
        events.await(Kind.PORT_DOWN, "lost");
        events.await(Kind.PORT_DOWN, "lost");

        assertTrue(guest.index("eth0") > before, "a new interface");
    }

    @Test
    void shouldFollowLinkAndCarrier() {
        host.veth("v0", guest, "eth0");
        PortStatus.State added = weir.addPort(TestPorts.packet("p", host, "v0")).state();

        guest.ip("link set eth0 down");
        String noCarrier = events.await(Kind.PORT_DOWN, "p").detail();
        guest.ip("link set eth0 up");
        events.await(Kind.PORT_UP, "p");
        host.ip("link set v0 down");
        String down = events.await(Kind.PORT_DOWN, "p").detail();
        host.ip("link set v0 up");
        events.await(Kind.PORT_UP, "p");

        assertEquals(PortStatus.State.UP, added);
        assertTrue(noCarrier.contains("no carrier"), noCarrier);
        assertTrue(down.contains("ip link set v0 up"), down);
        assertEquals(List.of(), events.rest());
    }
}
