package io.weir.perf.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.perf.compare.Testbed.Place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The testbed and the peers that need nothing but the kernel and gcc. Needs root.
 * <pre>
 *   host A eth0 ---- va | linux bridge or C forwarder | vb ---- eth0 host B
 * </pre>
 */
@Timeout(60)
class TestbedIT {
    @TempDir
    private Path directory;

    @BeforeEach
    void requireRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ping")), "ping is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is not installed");
    }

    @Test
    void shouldLeaveNothingBehindWhenClosed() {
        Testbed testbed = Testbed.create();
        String namespace = testbed.namespace(Place.SWITCH);
        boolean existed = namespaceExists(namespace);

        testbed.close();

        assertTrue(existed);
        assertFalse(namespaceExists(namespace));
    }

    @Test
    void shouldConnectTheHostsWhenTheBridgeRuns() {
        try (Testbed testbed = Testbed.create();
                LinuxBridge bridge = new LinuxBridge()) {
            bridge.start(testbed);
            testbed.configureHosts();

            Map<Metric, Double> measured = new Ping(2, 20).measure(testbed, bridge);

            assertEquals(Set.of(Metric.PING_MEDIAN, Metric.PING_P99), measured.keySet());
            assertTrue(measured.values().stream().allMatch(us -> us > 0 && us < 1e6), measured.toString());
        }
    }

    @Test
    void shouldCountFramesAtTheReceiverWhenFlooded() {
        Path forwarder = CPrograms.compile("forwarder", directory);
        Flood flood = new Flood(CPrograms.compile("flood", directory), directory, 100, 300);
        try (Testbed testbed = Testbed.create();
                BareForwarder contender = new BareForwarder(forwarder, directory, 1)) {
            contender.start(testbed);
            testbed.configureHosts();

            Map<Metric, Double> measured = flood.measure(testbed, contender);

            assertTrue(measured.getOrDefault(Metric.FLOOD, 0.0) > 0.001, measured.toString());
        }
    }

    @Test
    void shouldSayTheCauseWhenAPeerCannotStart() {
        try (Testbed testbed = Testbed.create();
                WeirSwitch weir = new WeirSwitch(
                        Path.of("/bin/false"),
                        directory,
                        WeirSwitch.Attachment.TAP,
                        WeirSwitch.Idle.BLOCK,
                        WeirSwitch.Policy.ENFORCE)) {
            BenchException thrown = assertThrows(BenchException.class, () -> weir.start(testbed));

            assertTrue(thrown.reason().startsWith("weir run ended with 1"), thrown.reason());
        }
    }

    private static boolean namespaceExists(String name) {
        return Files.exists(Path.of("/run/netns", name));
    }
}
