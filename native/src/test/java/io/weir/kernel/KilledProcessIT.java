package io.weir.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.netlink.RouteNetlink;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;
import io.weir.kernel.tuntap.Tap;
import io.weir.kernel.xdp.XdpProgram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a process killed with SIGKILL leaves in the kernel: only the ingress drop, which the next one takes over. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KilledProcessIT {
    private static final String READY = "ready";

    private TestNamespace inside;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
        inside.vethPair("left", "right");
    }

    @AfterEach
    void delete() {
        if (inside != null) {
            inside.close();
        }
    }

    @Test
    void shouldLeaveOnlyTheIngressDropWhenKilled() throws Exception {
        Process holder = startHolder();
        try {
            assertEquals(READY, firstLine(holder));
            boolean xdpBefore = inside.ip("link show dev left").contains("prog/xdp");
            boolean promiscuousBefore = inside.ip("-d link show dev right").contains("promiscuity 1");
            assertTrue(inside.index("tap0") > 0);

            holder.destroyForcibly();
            assertTrue(holder.waitFor(10, TimeUnit.SECONDS));

            assertTrue(xdpBefore);
            assertTrue(promiscuousBefore);
            assertFalse(inside.ip("link show dev left").contains("prog/xdp"));
            assertFalse(inside.ip("-d link show dev right").contains("promiscuity 1"));
            assertEquals(-Errno.ENODEV, inside.index("tap0"));
            takeOverIngressDrop();
        } finally {
            holder.destroyForcibly();
        }
    }

    private void takeOverIngressDrop() {
        int right = inside.index("right");
        try (RouteNetlink netlink = RouteNetlink.open(inside.namespace())) {
            assertEquals(1, netlink.ingressFilters(right).size());
            assertEquals(0, netlink.addIngressDrop(right));
            assertEquals(1, netlink.ingressFilters(right).size());
            assertEquals(0, netlink.removeIngressDrop(right));
            assertEquals(0, netlink.addClsact(right), "no clsact left behind");
        }
    }

    private Process startHolder() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        inside.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** Holds one of each kind of object until it is killed, or its parent is and closes its input. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            NetworkNamespace namespace = NetworkNamespace.open(arguments[0]);
            int left = namespace.call(() -> Syscall.interfaceIndex("left"));
            int right = namespace.call(() -> Syscall.interfaceIndex("right"));
            try (Tap _ = Tap.open("tap0", namespace, true);
                    XdpProgram _ = XdpProgram.attach(namespace, left, 1);
                    PacketSocket _ = PacketSocket.open(PacketSocketOptions.receiving(right, namespace));
                    RouteNetlink netlink = RouteNetlink.open(namespace)) {
                Errno.require(netlink.addIngressDrop(right), "add ingress drop", "none");
                System.out.println(READY);
                int ignored = System.in.read();
            }
        }
    }
}
