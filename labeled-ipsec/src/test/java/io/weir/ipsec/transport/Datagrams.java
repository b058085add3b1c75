package io.weir.ipsec.transport;

import java.util.ArrayList;
import java.util.List;

import io.weir.kernel.Epoll;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a transport received, each datagram for itself. */
final class Datagrams {
    private static final long TIMEOUT_NS = 10_000_000_000L;
    private static final int POLL_MS = 1000;

    final List<byte[]> payloads = new ArrayList<>();
    final List<Integer> trafficClasses = new ArrayList<>();
    /** Datagrams of each message. */
    final List<Integer> messages = new ArrayList<>();

    /** Waits for that many datagrams. */
    static Datagrams await(DatagramTransport transport, int count) {
        Datagrams result = new Datagrams();
        try (Epoll epoll = Epoll.create(1)) {
            assertEquals(0, epoll.add(transport.pollDescriptor(), Epoll.IN, 0));
            long start = System.nanoTime();
            while (result.payloads.size() < count && System.nanoTime() - start < TIMEOUT_NS) {
                epoll.wait(POLL_MS);
                result.take(transport);
            }
        }
        assertEquals(count, result.payloads.size(), "datagrams before the timeout");
        return result;
    }

    /** Waits until the descriptor reports something. */
    static void awaitReady(DatagramTransport transport) {
        try (Epoll epoll = Epoll.create(1)) {
            assertEquals(0, epoll.add(transport.pollDescriptor(), Epoll.IN, 0));
            assertEquals(1, epoll.wait((int) (TIMEOUT_NS / 1_000_000)));
        }
    }

    /** Receives once. */
    void take(DatagramTransport transport) {
        int count = transport.receive();
        assertTrue(count >= 0 && count <= DatagramTransport.RECEIVED_MAX, () -> "received " + count);
        for (int i = 0; i < count; i++) {
            add(transport, i);
        }
    }

    private void add(DatagramTransport transport, int i) {
        int length = transport.length(i);
        int segment = transport.segment(i);
        int datagrams = 0;
        for (int offset = 0; offset < length; offset += segment) {
            byte[] payload = new byte[Math.min(segment, length - offset)];
            Memory.copy(transport.address(i) + offset, payload, 0, payload.length);
            payloads.add(payload);
            trafficClasses.add(transport.trafficClass(i));
            datagrams++;
        }
        messages.add(datagrams);
    }
}
