package io.weir.datapath.worker;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.PortEvents.Kind;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Flooded frames go only where they can arrive. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FloodDomainIT {
    private TestNamespace host;
    private Switch weir;
    private final EventLog events = new EventLog();

    @BeforeEach
    void create() {
        host = new TestNamespace();
        weir = new Switch(TestPorts.workers(1));
        weir.listen(events);
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

    @Test
    void shouldNotFloodToAPortWhoseLinkIsDown() {
        byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.PACKET);
                Guest c = new Guest(weir, host, "c", Guest.Attachment.PACKET);
                Guest d = new Guest(weir, host, "d", Guest.Attachment.TAP)) {
            c.namespace().ip("link set eth0 down");
            events.await(Kind.PORT_DOWN, "c");
            d.namespace().ip("link set eth0 down");
            events.await(Kind.PORT_DOWN, "d");

            a.socket().send(frame);
            b.socket().expect(frame);

            SwitchLaws.assertConserved(weir);
            assertEquals(Map.of(), weir.statistics().drops());
            assertEquals(0, c.counters(weir).egressFrames());
            assertEquals(0, d.counters(weir).egressFrames());
        }
    }

    @Test
    void shouldFloodAgainWhenTheLinkIsBack() {
        byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.TAP)) {
            b.namespace().ip("link set eth0 down");
            events.await(Kind.PORT_DOWN, "b");
            b.namespace().ip("link set eth0 up");
            events.await(Kind.PORT_UP, "b");
            // The guest's socket hears first that its interface was down.
            b.socket().drain();

            a.socket().send(frame);

            b.socket().expect(frame);
        }
    }

    @Test
    void shouldGiveATapTheSameAddressAfterARestart() {
        try (TestNamespace guest = new TestNamespace()) {
            weir.addPort(TestPorts.tap("vm7", guest, "eth0"));
            String before = address(guest);
            weir.removePort("vm7");
            weir.addPort(TestPorts.tap("vm7", guest, "eth0"));
            String after = address(guest);
            weir.addPort(TestPorts.tap("vm8", guest, "eth1"));

            assertEquals(before, after);
            assertEquals("02", before.substring(0, 2));
            assertEquals(
                    2,
                    guest.exec("cat /sys/class/net/eth0/address /sys/class/net/eth1/address")
                            .lines()
                            .distinct()
                            .count());
        }
    }

    @Test
    void shouldLeaveTheAddressOfATapThatSomeoneElseMade() {
        try (TestNamespace guest = new TestNamespace()) {
            guest.ip("tuntap add dev eth0 mode tap vnet_hdr");
            guest.ip("link set eth0 address 02:00:00:00:00:99");

            weir.addPort(TestPorts.tap("vm7", guest, "eth0"));

            assertEquals("02:00:00:00:00:99", address(guest));
        }
    }

    private static String address(TestNamespace guest) {
        return guest.exec("cat /sys/class/net/eth0/address").trim();
    }
}
