package io.weir.ipsec.tunnel;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.Transmitter;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.transport.Transports;
import io.weir.kernel.Memory;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Super-frames, single frames, refusals and ICMP errors through two devices over sockets of the loopback interface. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TunnelAllocationTest {
    private static final int ROUNDS = 4;
    private static final int JVM_BYTES = 1024;
    private static final int WARM_UP = 6_000;
    private static final int LOOPS = 3_000;
    private static final int PORT = 47_500;
    private static final int FRAME_ROOM = 70_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long frames = Memory.map(3 * FRAME_ROOM);
    private final PacketPool pool = new PacketPool();
    private final PacketBatch batch = new PacketBatch();
    private long received;

    @Test
    void shouldAllocateNothingPerPacket() {
        Assumptions.assumeTrue(CryptoLibrary.best().offHeap(), "skipped: needs libcrypto");
        assertTrue(threads.isThreadAllocatedMemoryEnabled(), "the JVM must count allocated bytes");
        TunnelSettings settings = settings("127.0.0.1", "127.0.0.2");
        try (RealEsp esp = new RealEsp(EspCipher.AES_256_GCM_16, 2);
                TunnelEnd one = end(esp, settings);
                TunnelEnd other = end(esp, settings("127.0.0.2", "127.0.0.1"))) {
            // The other ear keeps what it hears.
            one.transmitter.tell(Transmitter.Refusals.NONE);
            write(0, tcp().payload(counting(40_000, 1)), 1, VirtioNetHeader.GSO_TCPV4, 1400);
            write(1, udp(500), 0, 0, 0);
            write(2, udp(65_480), 0, 0, 0);
            run(WARM_UP, one, other);

            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > JVM_BYTES; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                run(LOOPS, one, other);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }

            assertTrue(least <= JVM_BYTES, least + " bytes for " + LOOPS + " rounds");
            assertTrue(received > LOOPS, "received " + received);
            assertTrue(other.parts.counters().read(TunnelCounters.COALESCED) > LOOPS, "little was joined");
            assertTrue(one.parts.counters().read(TunnelCounters.ICMP_ERRORS) > 0, "nobody was told");
        }
        Memory.unmap(frames, 3 * FRAME_ROOM);
        pool.close();
    }

    private static TunnelEnd end(RealEsp esp, TunnelSettings settings) {
        DatagramTransport transport = Transports.open(settings.transportSettings());
        return new TunnelEnd(transport, esp.sealer(), esp.opener(), settings);
    }

    private static TunnelSettings settings(String local, String remote) {
        try {
            return new TunnelSettings(
                    "peer",
                    InetAddress.getByName(local),
                    InetAddress.getByName(remote),
                    Encapsulation.UDP,
                    PORT,
                    TunnelSettings.Payload.ETHERNET,
                    Transport.SOCKET,
                    List.of(),
                    true,
                    List.of());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(int slot, TestPacket packet, int flags, int gsoType, int gsoSize) {
        byte[] bytes = packet.frame();
        long address = address(slot);
        new VirtioNetHeader().wrapBefore(address).set(flags, gsoType, 0, gsoSize, packet.transportOffset(), 16);
        Memory.copy(bytes, 0, address, bytes.length);
    }

    private long address(int slot) {
        return frames + (long) slot * FRAME_ROOM + VirtioNetHeader.LENGTH;
    }

    private void run(int loops, TunnelEnd one, TunnelEnd other) {
        Transmitter transmitter = one.transmitter;
        for (int i = 0; i < loops; i++) {
            one.nowNs += 1_000_000;
            transmitter.transmit(address(0), 40_054, 2);
            transmitter.transmit(address(1), 542, 2);
            transmitter.transmit(address(1), 542, 9);
            transmitter.transmit(address(2), 65_522, 2);
            transmitter.flush();
            receive(one);
            receive(other);
            received += batch.count();
        }
        assertTrue(one.counters.read(TunnelEnd.PORT, CounterTable.TX_FRAMES) > 0);
    }

    private void receive(TunnelEnd end) {
        batch.reset(TunnelEnd.PORT, end.nowNs);
        end.device.receiver().receive(batch, pool);
    }
}
