package io.weir.ipsec.transport;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.weir.datapath.port.PortException;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** On loopback, which needs no root. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TransportsIT {
    private static final int PORT = 45_317;

    private static TransportSettings settings(Transport transport, String local, String remote) {
        return new TransportSettings(
                remote, Hosts.address(local), Hosts.address(remote), Encapsulation.UDP, PORT, transport, true);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldKeepPeersApartThatShareAPort(Transport transport) {
        try (var hub = Transports.open(settings(transport, "127.0.9.1", "127.0.9.2"));
                var otherHub = Transports.open(settings(transport, "127.0.9.1", "127.0.9.3"));
                var peer = Transports.open(settings(transport, "127.0.9.2", "127.0.9.1"));
                var otherPeer = Transports.open(settings(transport, "127.0.9.3", "127.0.9.1"))) {
            send(peer, "from 2");
            send(otherPeer, "from 3");

            assertArrayEquals(
                    "from 2".getBytes(UTF_8), Datagrams.await(hub, 1).payloads.getFirst());
            assertArrayEquals(
                    "from 3".getBytes(UTF_8),
                    Datagrams.await(otherHub, 1).payloads.getFirst());
            assertEquals(0, hub.receive());
            assertEquals(0, otherHub.receive());
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldReceiveNothingFromOthers(Transport transport) throws IOException {
        try (var hub = Transports.open(settings(transport, "127.0.9.1", "127.0.9.2"));
                var peer = Transports.open(settings(transport, "127.0.9.2", "127.0.9.1"));
                var stranger = new DatagramSocket(new InetSocketAddress("127.0.9.4", PORT))) {
            byte[] forged = "forged".getBytes(UTF_8);
            stranger.send(new DatagramPacket(forged, forged.length, InetAddress.getByName("127.0.9.1"), PORT));
            send(peer, "true");

            assertArrayEquals(
                    "true".getBytes(UTF_8), Datagrams.await(hub, 1).payloads.getFirst());
            assertEquals(0, hub.receive());
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldReceiveAnEmptyDatagram(Transport transport) throws IOException {
        try (var hub = Transports.open(settings(transport, "127.0.9.1", "127.0.9.2"));
                var peer = new DatagramSocket(new InetSocketAddress("127.0.9.2", PORT))) {
            peer.send(new DatagramPacket(new byte[0], 0, InetAddress.getByName("127.0.9.1"), PORT));
            Datagrams.awaitReady(hub);

            assertEquals(1, hub.receive());
            assertEquals(0, hub.length(0));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldServeAWorkerAndBeClosedByAnotherThread(Transport transport) throws Exception {
        open(transport); // what the libraries open once
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            open(transport);
        }

        assertEquals(before, descriptors());
    }

    private static void open(Transport transport) throws InterruptedException {
        try (var hub = Transports.open(settings(transport, "127.0.9.1", "127.0.9.2"));
                var peer = Transports.open(settings(transport, "127.0.9.2", "127.0.9.1"))) {
            int[] received = new int[1];
            Thread worker = Thread.ofPlatform().start(() -> {
                send(peer, "to the hub");
                received[0] = Datagrams.await(hub, 1).payloads.size();
            });
            worker.join();
            assertEquals(1, received[0]);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldBeSystemCallsByDefault() {
        try (var transport = Transports.open(settings(Transport.AUTO, "127.0.9.1", "127.0.9.2"))) {
            assertEquals("socket", transport.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void shouldSayWhatIsWrongWithAnAddress(Transport transport) {
        var refused = assertThrows(
                PortException.class, () -> Transports.open(settings(transport, "203.0.113.1", "127.0.9.2")));

        assertTrue(refused.reason().startsWith("peer \"127.0.9.2\": bind UDP socket from 203.0.113.1 to 127.0.9.2"));
        assertTrue(refused.reason().contains("EADDRNOTAVAIL"), refused.reason());
        assertEquals("give this host the local address: `ip address`", refused.remedy());
    }

    @Test
    void shouldSayThatAPeerIsNoBroadcastAddress() {
        var refused = assertThrows(
                PortException.class, () -> Transports.open(settings(Transport.AUTO, "127.0.9.1", "127.255.255.255")));

        assertTrue(refused.reason().contains("EACCES"), refused.reason());
        assertEquals("name the address of one host: this is a broadcast address", refused.remedy());
    }

    @Test
    void shouldNotShareAPortWithForeignPrograms() throws IOException {
        try (var foreign = new DatagramSocket(new InetSocketAddress("127.0.9.1", PORT))) {
            assertTrue(foreign.isBound());
            var refused = assertThrows(
                    PortException.class, () -> Transports.open(settings(Transport.AUTO, "127.0.9.1", "127.0.9.2")));

            assertTrue(refused.reason().contains("EADDRINUSE"), refused.reason());
        }
    }

    @Test
    void shouldRefuseSettingsOfTwoFamilies() {
        assertThrows(IllegalArgumentException.class, () -> settings(Transport.AUTO, "127.0.9.1", "::1"));
    }

    private static void send(DatagramTransport transport, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        try (var memory = new Scratch(bytes.length)) {
            Memory.copy(bytes, 0, memory.address(), bytes.length);
            transport.send(memory.address(), bytes.length, bytes.length, 0);
            assertEquals(0, transport.flush());
        }
    }
}
