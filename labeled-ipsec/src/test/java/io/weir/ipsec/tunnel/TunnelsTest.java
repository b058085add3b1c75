package io.weir.ipsec.tunnel;

import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.agrona.concurrent.NanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadOpener;
import io.weir.crypto.AeadSealer;
import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;
import io.weir.ipsec.sa.TrafficSelector;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TunnelsTest {
    private static final int SPI = 0x1000;

    private final SaStateFile state = SaStateFile.inMemory(() -> 1_700_000_000_000_000_000L);
    // Of the device opened last.
    private final List<MemoryTransport> transports = new ArrayList<>();
    private final Tunnels tunnels = new Tunnels(CryptoLibrary.best(), state, () -> 0, _ -> {
        transports.add(MemoryTransport.alone());
        return transports.getLast();
    });

    @AfterEach
    void close() {
        tunnels.close();
        state.close();
    }

    private static TunnelSettings peer(String name, String local, SaSettings... sas) {
        return peer(name, local, TunnelSettings.Payload.ETHERNET, List.of(), sas);
    }

    private static TunnelSettings peer(
            String name,
            String local,
            TunnelSettings.Payload payload,
            List<TrafficSelector> selectors,
            SaSettings... sas) {
        try {
            return new TunnelSettings(
                    name,
                    InetAddress.getByName(local),
                    InetAddress.getByName("192.0.2.9"),
                    Encapsulation.UDP,
                    4500,
                    payload,
                    Transport.AUTO,
                    selectors,
                    true,
                    List.of(sas));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SaSettings sa(Direction direction, int spi, Lifetime lifetime) {
        byte[] key = new byte[36];
        Arrays.fill(key, (byte) spi);
        return new SaSettings(
                direction,
                spi,
                0,
                "",
                EspCipher.AES_256_GCM_16,
                new SaKey(key),
                true,
                direction == Direction.INBOUND ? SaSettings.DEFAULT_REPLAY_WINDOW : 0,
                0,
                lifetime);
    }

    private static SaSettings sa(Direction direction, int spi) {
        return sa(direction, spi, Lifetime.UNLIMITED);
    }

    private static PortSettings port(String device) {
        return new PortSettings(
                "tun",
                PortSettings.Type.ESP,
                device,
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.OFF);
    }

    /** Its openers fail when they are closed, but for the last. */
    private record Failing(CountDownLatch left) implements CryptoLibrary {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public boolean offHeap() {
            return true;
        }

        @Override
        public AeadSealer sealer(AeadAlgorithm algorithm, byte[] material) {
            throw new UnsupportedOperationException("only opens");
        }

        @Override
        public AeadOpener opener(AeadAlgorithm algorithm, byte[] material) {
            return new AeadOpener() {
                @Override
                public int open(long iv, long aad, int aadLength, long text, int length, long out) {
                    return 0;
                }

                @Override
                public void close() {
                    left.countDown();
                    if (left.getCount() > 0) {
                        throw new IllegalStateException("for a test");
                    }
                }
            };
        }
    }

    @Test
    void shouldRefuseTunnelsWhenClosed() {
        tunnels.close();

        assertThrows(
                IllegalStateException.class,
                () -> tunnels.add(peer("hv9", "127.0.0.1", sa(Direction.INBOUND, SPI + 9))));
    }

    @Test
    void shouldGoOnAfterAFailureAndShowIt() throws InterruptedException {
        CountDownLatch left = new CountDownLatch(3);
        try (Tunnels failing = new Tunnels(new Failing(left), state, () -> 0, _ -> MemoryTransport.alone())) {
            failing.add(peer("hv2", "127.0.0.1", sa(Direction.INBOUND, SPI), sa(Direction.INBOUND, SPI + 1)));
            failing.add(peer("hv3", "127.0.0.1", sa(Direction.INBOUND, SPI + 2)));
            synchronized (failing) {
                failing.change("hv2", List.of(), List.of(new Sad.SaId(Direction.INBOUND, SPI)));
                failing.maintain(0);
                assertEquals(Errno.EIO, failing.status().getFirst().stateError());
                assertEquals(0, failing.status().getLast().stateError());
            }
            failing.change("hv2", List.of(), List.of(new Sad.SaId(Direction.INBOUND, SPI + 1)));
            failing.change("hv3", List.of(), List.of(new Sad.SaId(Direction.INBOUND, SPI + 2)));

            assertTrue(left.await(20, TimeUnit.SECONDS), "the keeper's thread ended with a failure");
        }
    }

    @Test
    void shouldGoOnAfterTheDiskFailedUnderTheState(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("sa.state");
        CountDownLatch wiped = new CountDownLatch(1);
        // The clock is read in each round of the keeper; with the file cut off it goes through more than one between
        // two forces.
        AtomicBoolean cut = new AtomicBoolean();
        CountDownLatch rounds = new CountDownLatch(2 * Tunnels.FORCE_ROUNDS);
        NanoClock clock = () -> {
            if (cut.get()) {
                rounds.countDown();
            }
            return 0;
        };
        try (SaStateFile kept =
                        SaStateFile.open(file, folder.resolve("sa.received"), () -> 1_700_000_000_000_000_000L);
                Tunnels going = new Tunnels(new Failing(wiped), kept, clock, _ -> MemoryTransport.alone())) {
            going.add(peer("hv2", "127.0.0.1", sa(Direction.INBOUND, SPI)));
            try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
                long length = raw.length();
                // Stores into a mapping of it would raise SIGBUS, as when the file system was remounted read-only.
                raw.setLength(0);
                cut.set(true);
                assertTrue(rounds.await(20, TimeUnit.SECONDS), "the keeper makes no rounds");
                raw.setLength(length);
            }
            going.change("hv2", List.of(), List.of(new Sad.SaId(Direction.INBOUND, SPI)));

            assertTrue(wiped.await(5, TimeUnit.SECONDS), "the keeper's thread ended");
        }
    }

    @Test
    void shouldShowThatTheStateIsNotOnTheDisk() {
        tunnels.add(peer("hv2", "127.0.0.1"));
        synchronized (tunnels) {
            tunnels.maintain(-Errno.ENOSPC);
            assertEquals(Errno.ENOSPC, tunnels.status().getFirst().stateError());
        }
    }

    @Test
    void shouldListATunnelClosedAndOpen() {
        tunnels.add(peer("hv2", "127.0.0.1", sa(Direction.OUTBOUND, SPI), sa(Direction.INBOUND, SPI + 1)));

        TunnelStatus closed = tunnels.status().getFirst();
        assertEquals("", closed.io());
        assertEquals(1, closed.inboundSas());
        assertEquals(1, closed.outboundSas());
        assertEquals(0, closed.pathMtu());

        try (PortDevice device = tunnels.open(4, port("hv2"))) {
            TunnelStatus open = tunnels.status().getFirst();
            assertEquals("memory", open.io());
            assertEquals(1500, open.pathMtu());
            assertEquals(1424, open.mtu());
            assertEquals(1424, device.mtu());
            assertEquals(PortDevice.Link.UP, device.link());
        }

        assertEquals("", tunnels.status().getFirst().io());
    }

    @Test
    void shouldLetSasComeAndGoWhileOpenAndClosed() {
        tunnels.add(peer("hv2", "127.0.0.1"));
        tunnels.change("hv2", List.of(sa(Direction.OUTBOUND, SPI)), List.of());
        try (PortDevice device = tunnels.open(4, port("hv2"))) {
            assertEquals(PortDevice.Link.UP, device.link());
            tunnels.change("hv2", List.of(), List.of(new Sad.SaId(Direction.OUTBOUND, SPI)));
            assertEquals(PortDevice.Link.NO_CARRIER, device.link());
            tunnels.change("hv2", List.of(sa(Direction.OUTBOUND, SPI + 2)), List.of());
            assertEquals(PortDevice.Link.UP, device.link());
        }
        assertEquals(
                List.of(SPI + 2),
                tunnels.sas("hv2").stream().map(sa -> sa.spi()).toList());
    }

    @Test
    void shouldHaveNoCarrierWhenTheOnlySaIsUsedUp() {
        tunnels.add(peer("hv2", "127.0.0.1", sa(Direction.OUTBOUND, SPI, new Lifetime(0, 0, 1))));
        try (PortDevice device = tunnels.open(4, port("hv2"))) {
            var transmitter = device.transmitter(new CounterTable(), true);
            long frame = Memory.map(4096);
            transmitter.transmit(frame + 10, 60, 0);
            transmitter.flush();
            Memory.unmap(frame, 4096);

            assertEquals(1, transports.getLast().sent.size());
            assertEquals(PortDevice.Link.NO_CARRIER, device.link());
        }
    }

    @Test
    void shouldRefuseWhatIsNotThereOrThereAlready() {
        tunnels.add(peer("hv2", "127.0.0.1"));

        assertThrows(IllegalArgumentException.class, () -> tunnels.add(peer("hv2", "127.0.0.1")));
        assertThrows(IllegalArgumentException.class, () -> tunnels.sas("hv3"));
        assertThrows(IllegalArgumentException.class, () -> tunnels.change("hv3", List.of(), List.of()));
        PortException unknown = assertThrows(PortException.class, () -> tunnels.open(4, port("hv3")));
        assertTrue(unknown.toString().contains("[hv2]"), unknown.toString());
    }

    @Test
    void shouldChangeNothingWhenOneSaCannotBe() {
        SaSettings twice = sa(Direction.OUTBOUND, SPI);

        assertThrows(IllegalArgumentException.class, () -> tunnels.add(peer("hv2", "127.0.0.1", twice, twice)));
        assertTrue(tunnels.status().isEmpty());
        tunnels.add(peer("hv2", "127.0.0.1", twice));
        assertThrows(IllegalArgumentException.class, () -> tunnels.change("hv2", List.of(twice), List.of()));
        assertEquals(1, tunnels.sas("hv2").size());
    }

    @Test
    void shouldNotOpenTwiceATunnelThatIsInUse() {
        tunnels.add(peer("hv2", "127.0.0.1"));
        try (PortDevice device = tunnels.open(4, port("hv2"))) {
            assertNotEquals(PortDevice.Link.UP, device.link());
            assertThrows(PortException.class, () -> tunnels.open(5, port("hv2")));
        }
    }

    @Test
    void shouldWaitForALocalAddressThatTheHostHasNotYet() {
        tunnels.add(peer("hv2", "192.0.2.77"));

        PortException missing = assertThrows(PortException.class, () -> tunnels.open(4, port("hv2")));

        assertTrue(missing.deviceMissing());
        assertTrue(missing.toString().contains("192.0.2.77"), missing.toString());
        assertEquals("", tunnels.status().getFirst().io());
    }

    @Test
    void shouldRefuseSelectorsThatWouldNotBeLookedAt() {
        TrafficSelector all = new TrafficSelector(new long[2], new long[] {-1, -1}, new long[2], new long[] {-1, -1});

        assertThrows(
                IllegalArgumentException.class,
                () -> peer("hv2", "127.0.0.1", TunnelSettings.Payload.ETHERNET, List.of(all)));
        assertThrows(
                IllegalArgumentException.class, () -> peer("hv2", "127.0.0.1", TunnelSettings.Payload.IP, List.of()));
        tunnels.add(peer("hv2", "127.0.0.1", TunnelSettings.Payload.IP, List.of(all)));
        assertEquals(0x02, tunnels.status().getFirst().gatewayMac() >>> 40);
    }
}
