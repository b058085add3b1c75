package io.weir.kernel.inet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.Allocation;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two sockets on loopback: what is sent is there when the call returns. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DatagramVectorTest {
    private static final int PORT = 45_318;
    private static final int STRIDE = 1 << 16;

    private final Scratch payload = new Scratch(STRIDE);
    private final Scratch buffers = new Scratch(4L * STRIDE);
    private final DatagramVector outgoing = new DatagramVector(false, 4);
    private final DatagramVector incoming = new DatagramVector(false, 4);
    private InetSocket left;
    private InetSocket right;

    @BeforeEach
    void open() throws UnknownHostException {
        left = InetSocket.udp(options("127.0.8.1", "127.0.8.2"));
        right = InetSocket.udp(options("127.0.8.2", "127.0.8.1"));
        for (int i = 0; i < 4; i++) {
            incoming.base(i, buffers.address() + (long) i * STRIDE, STRIDE);
        }
    }

    @AfterEach
    void close() {
        left.close();
        right.close();
        outgoing.close();
        incoming.close();
        buffers.close();
        payload.close();
    }

    private static InetSocketOptions options(String local, String remote) throws UnknownHostException {
        return new InetSocketOptions(InetAddress.getByName(local), InetAddress.getByName(remote), PORT);
    }

    @Test
    void shouldCarryLengthSegmentsAndTrafficClass() {
        Memory.writeInt(payload.address(), 0x5EED);
        message(0, 2500, 1000, 0x2e << 2);
        message(1, 7, 0, 0);

        assertEquals(2, outgoing.send(left.fd(), 0, 2));
        assertEquals(2, incoming.receive(right.fd(), 4));

        assertTrue(right.coalescing());
        assertEquals(2500, incoming.length(0));
        assertEquals(1000, incoming.segment(0));
        assertEquals(0x2e << 2, incoming.trafficClass(0));
        assertEquals(0x5EED, Memory.readInt(buffers.address()));
        assertEquals(7, incoming.length(1));
        assertEquals(0, incoming.segment(1));
        assertEquals(0, incoming.trafficClass(1));
        assertEquals(0, incoming.receive(right.fd(), 4), "nothing more");
    }

    @Test
    void shouldTellWhatItWasToldToSend() {
        message(2, 2500, 1000, 0x2e << 2);

        assertEquals(payload.address(), outgoing.address(2));
        assertEquals(2500, outgoing.capacity(2));
        assertEquals(1000, outgoing.segmentToSend(2));
        assertEquals(0, outgoing.segmentToSend(0));
    }

    @Test
    void shouldSayWhenAMessageWasCut() {
        incoming.base(0, buffers.address(), 10);
        message(0, 11, 0, 0);
        message(1, 11, 0, 0);

        outgoing.send(left.fd(), 0, 2);
        incoming.receive(right.fd(), 2);

        assertTrue(incoming.truncated(0));
        assertFalse(incoming.truncated(1));
    }

    @Test
    void shouldReportAnAbsentPeerOnceAndGoOn() {
        right.close();
        message(0, 11, 0, 0);
        assertEquals(1, outgoing.send(left.fd(), 0, 1));

        assertEquals(-Errno.ECONNREFUSED, incoming.receive(left.fd(), 1));
        assertEquals(0, incoming.receive(left.fd(), 1));
        assertEquals(1, outgoing.send(left.fd(), 0, 1));
        assertEquals(-Errno.ECONNREFUSED, outgoing.send(left.fd(), 0, 1));
        assertEquals(1, outgoing.send(left.fd(), 0, 1));
    }

    @Test
    void shouldCountWhatTheQueueCouldNotHold() throws UnknownHostException {
        right.close();
        InetSocketOptions large = options("127.0.8.2", "127.0.8.1");
        InetSocketOptions small = new InetSocketOptions(large.local(), large.remote(), PORT, true, 4096);
        right = InetSocket.udp(small);
        message(0, 1000, 0, 0);

        int sent = 0;
        for (int i = 0; i < 100; i++) {
            sent += outgoing.send(left.fd(), 0, 1);
        }
        int received = 0;
        int count = incoming.receive(right.fd(), 4);
        while (count > 0) {
            received += count;
            count = incoming.receive(right.fd(), 4);
        }

        assertTrue(right.drops() > 0);
        assertEquals(sent, received + right.drops());
    }

    @Test
    void shouldKnowTheMtuOfItsPath() {
        assertEquals(65_535, left.mtu(), "of loopback");
    }

    @Test
    void shouldAllocateNothing() {
        message(0, 2500, 1000, 0x2e << 2);
        message(1, 7, 0, 0);

        long bytes = Allocation.bytes(10_000, () -> {
            outgoing.send(left.fd(), 0, 2);
            int count = incoming.receive(right.fd(), 4);
            for (int i = 0; i < count; i++) {
                assertTrue(incoming.length(i) + incoming.segment(i) + incoming.trafficClass(i) > 0);
            }
            assertTrue(left.mtu() > 0);
        });

        assertEquals(0, bytes);
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> new DatagramVector(false, 1025));
        assertThrows(IllegalArgumentException.class, () -> options("127.0.8.1", "::1"));
        var refused = assertThrows(KernelException.class, () -> InetSocket.udp(options("203.0.113.1", "127.0.8.1")));
        assertEquals(-Errno.EADDRNOTAVAIL, refused.errno());
        assertEquals("bind UDP socket from 203.0.113.1 to 127.0.8.1 port " + PORT, refused.operation());
    }

    private void message(int i, int length, int segment, int trafficClass) {
        outgoing.base(i, payload.address(), length);
        outgoing.sendAs(i, trafficClass, segment);
    }
}
