package io.weir.datapath.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.port.PortSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A process that ran a switch was killed: the next takes its devices over at once, and leaves nothing when it ends. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KilledSwitchIT {
    private static final String READY = "ready";
    private static final String MTU = "mtu 1500";

    private TestNamespace host;
    private TestNamespace guest;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        guest = new TestNamespace();
        host.ipv6(true);
        host.veth("v0", guest, "eth0");
        host.veth("v1", guest, "eth1");
        host.ip("link set dev v0 addrgenmode eui64");
    }

    @AfterEach
    void delete() {
        if (guest != null) {
            guest.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @Test
    void shouldTakeOverTheDevicesOfAKilledSwitch() throws Exception {
        String before = state();
        Process killed = startSwitch();
        try {
            assertEquals(READY, firstLine(killed));
            boolean sealed = state().contains("NOARP");
            killed.destroyForcibly();
            assertTrue(killed.waitFor(10, TimeUnit.SECONDS));
            boolean guarded = host.exec("tc filter show dev v0 ingress").contains("bpf");

            try (Switch next = new Switch(TestPorts.workers(1))) {
                next.start();
                for (PortSettings port : ports(host, guest)) {
                    next.addPort(port);
                }
                guest.ip("link set tap0 up");
                assertCarries();
                SwitchLaws.assertConserved(next);
            }

            assertTrue(sealed, "the first switch held the devices");
            assertTrue(guarded, "the guest does not reach the host because its switch died");
            assertEquals(before, state());
            assertTrue(guest.index("tap0") < 0, "the tap is gone");
        } finally {
            killed.destroyForcibly();
        }
    }

    private void assertCarries() {
        byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
        try (GuestSocket tap = new GuestSocket(guest, "tap0");
                GuestSocket packet = new GuestSocket(guest, "eth0");
                GuestSocket xdp = new GuestSocket(guest, "eth1")) {
            packet.send(frame);
            tap.expect(frame);
            xdp.expect(frame);
        }
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        for (String device : List.of("v0", "v1")) {
            state.append(host.ip("-d -o link show dev " + device).replaceAll("promiscuity.*allmulti", ""))
                    .append(host.ip("-o addr show dev " + device).replaceAll("tentative ", ""))
                    .append(host.exec("tc qdisc show dev " + device))
                    .append(host.exec("tc filter show dev " + device + " ingress"));
        }
        assertTrue(state.toString().contains(MTU), state.toString());
        return state.toString();
    }

    @Test
    void shouldLeaveNothingButTheDropWhenKilled() throws Exception {
        Process killed = startSwitch();
        try {
            assertEquals(READY, firstLine(killed));
            boolean programmed = host.ip("link show dev v1").contains("xdp");
            killed.destroyForcibly();
            assertTrue(killed.waitFor(10, TimeUnit.SECONDS));

            assertTrue(programmed);
            assertFalse(host.ip("link show dev v1").contains("xdp"));
            assertFalse(host.ip("-d link show dev v0").contains("promiscuity 1"));
            assertTrue(guest.index("tap0") < 0);
        } finally {
            killed.destroyForcibly();
        }
    }

    private static List<PortSettings> ports(TestNamespace host, TestNamespace guest) {
        return List.of(
                TestPorts.tap("t", guest, "tap0"), TestPorts.packet("p", host, "v0"), TestPorts.xdp("x", host, "v1"));
    }

    private Process startSwitch() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports",
                        "java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        host.name(),
                        guest.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** Runs a switch with a port of each kind until it is killed, or its parent is, which closes its input. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            String host = arguments[0];
            String guest = arguments[1];
            try (Switch weir = new Switch(TestPorts.workers(1))) {
                weir.start();
                weir.addPort(TestPorts.port("t", PortSettings.Type.TAP, "tap0", guest, PortSettings.Io.AUTO));
                weir.addPort(TestPorts.port("p", PortSettings.Type.NETDEV, "v0", host, PortSettings.Io.PACKET));
                weir.addPort(TestPorts.port("x", PortSettings.Type.NETDEV, "v1", host, PortSettings.Io.XDP));
                System.out.println(READY);
                int ignored = System.in.read();
            }
        }
    }
}
