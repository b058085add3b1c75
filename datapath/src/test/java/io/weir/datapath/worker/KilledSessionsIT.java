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
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A process that ran a switch was killed: connections go on through the next one without a new handshake. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KilledSessionsIT {
    private static final String READY = "ready";
    private static final String POLICY = """
            component web a 02:00:00:00:00:0a - 10.0.0.10
            component db b 02:00:00:00:00:0b - 10.0.0.11
            allow web db tcp/80
            allow * * ether
            """;

    @TempDir
    private Path state;

    private TestNamespace host;
    private TestNamespace guest;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        guest = new TestNamespace();
        host.veth("v0", guest, "eth0");
        host.veth("v1", guest, "eth1");
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
    void shouldCarryOnWithAConnectionOfAKilledSwitch() throws Exception {
        Process killed = startSwitch();
        try (GuestSocket web = new GuestSocket(guest, "eth0");
                GuestSocket db = new GuestSocket(guest, "eth1")) {
            assertEquals(READY, firstLine(killed));
            carry(db, web, opaque(MAC_B, MAC_A));
            carry(web, db, opaque(MAC_A, MAC_B));
            carry(web, db, tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0));
            carry(db, web, tcp(MAC_B, MAC_A, 80, 4000, SYN | ACK, 500, 101));
            carry(web, db, tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501));
            killed.destroyForcibly();
            assertTrue(killed.waitFor(10, TimeUnit.SECONDS));

            // The ports come in another order, which must not matter.
            try (Switch next = policed(state, 2, List.of(port("b", host.name(), "v1"), port("a", host.name(), "v0")))) {
                next.settle();
                carry(db, web, tcp(MAC_B, MAC_A, 80, 4000, ACK, 501, 101));
                web.send(tcp(MAC_A, MAC_B, 4001, 80, ACK, 101, 501));
                carry(web, db, tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501));

                assertEquals(1, next.sessionCount());
                SessionInfo session = next.sessions(10).get(0);
                assertEquals("a", session.ingressPort());
                assertEquals(2, session.epoch());
                assertEquals(3, session.forwardPackets());
                assertEquals(2, session.replyPackets());
                SwitchLaws.assertConserved(next);
            }
        } finally {
            killed.destroyForcibly();
        }
    }

    private static void carry(GuestSocket from, GuestSocket to, byte[] frame) {
        from.send(frame);
        to.expect(frame);
    }

    private static Switch policed(Path state, int epoch, List<PortSettings> ports) {
        Switch weir = new Switch(TestPorts.kept(SwitchSettings.DEFAULT.withSessions(1024), state));
        weir.policy(new TablePolicy(epoch, POLICY));
        weir.start();
        ports.forEach(weir::addPort);
        return weir;
    }

    private static PortSettings port(String name, String namespace, String device) {
        return new PortSettings(
                name,
                PortSettings.Type.NETDEV,
                device,
                namespace,
                PortSettings.Io.PACKET,
                0,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.ENFORCED);
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
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** Runs a switch under a policy until it is killed, or its parent is, which closes its input. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            String host = arguments[0];
            List<PortSettings> ports = List.of(port("a", host, "v0"), port("b", host, "v1"));
            try (Switch weir = policed(Path.of(arguments[1]), 1, ports)) {
                weir.settle();
                System.out.println(READY);
                int ignored = System.in.read();
            }
        }
    }
}
