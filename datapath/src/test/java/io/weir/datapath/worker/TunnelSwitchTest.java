package io.weir.datapath.worker;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.PortEvents.Kind;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ports of type esp in a running switch. */
@Timeout(20)
class TunnelSwitchTest {
    private final LabelledTunnels tunnels = new LabelledTunnels();
    private final EventLog events = new EventLog();

    private static PortSettings tunnel(String name, String peer) {
        return PortLines.parse(name + " access 1 esp peer " + peer).getFirst();
    }

    @Test
    void shouldOpenAndCloseATunnel() {
        try (Switch weir = new Switch(TestPorts.workers(1), tunnels)) {
            weir.start();

            PortStatus status = weir.addPort(tunnel("tun1", "hv2"));

            assertEquals(PortStatus.State.UP, status.state());
            assertEquals("test", status.io());
            assertEquals(1400, status.mtu());
            weir.removePort("tun1");
            assertEquals(0, weir.ports().size());
        }
    }

    @Test
    void shouldWaitForTheLocalAddress() {
        try (Switch weir = new Switch(TestPorts.workers(1), tunnels)) {
            weir.listen(events);
            weir.start();
            tunnels.missing("tun1");

            PortStatus status = weir.addPort(tunnel("tun1", "hv2"));
            assertEquals(PortStatus.State.DOWN, status.state());
            assertEquals("no address; add it", status.stateReason());

            tunnels.missing("");
            assertEquals(
                    "tunnel to peer hv2 is there",
                    events.await(Kind.PORT_UP, "tun1").detail());
            assertEquals(PortStatus.State.UP, weir.ports().getFirst().state());
        }
    }

    @Test
    void shouldRefuseATunnelToAPeerThatHasOne() {
        try (Switch weir = new Switch(TestPorts.workers(1), tunnels)) {
            weir.start();
            weir.addPort(tunnel("tun1", "hv2"));

            PortException e = assertThrows(PortException.class, () -> weir.addPort(tunnel("tun2", "hv2")));

            assertEquals("tunnel to peer hv2 belongs to port \"tun1\"", e.reason());
        }
    }

    @Test
    void shouldRefuseTunnelsInASwitchWithSeveralWorkers() {
        try (Switch weir = new Switch(TestPorts.workers(2), tunnels)) {
            weir.start();

            PortException e = assertThrows(PortException.class, () -> weir.addPort(tunnel("tun1", "hv2")));

            assertTrue(e.reason().contains("one worker, this one has 2"), e.reason());
            assertEquals(0, weir.ports().size());
        }
    }

    @Test
    void shouldRefuseTunnelsWhereNobodyKnowsThem() {
        try (Switch weir = new Switch(TestPorts.workers(1))) {
            weir.start();

            PortException e = assertThrows(PortException.class, () -> weir.addPort(tunnel("tun1", "hv2")));

            assertTrue(e.reason().contains("no peer \"hv2\""), e.reason());
        }
    }
}
