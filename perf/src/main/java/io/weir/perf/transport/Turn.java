package io.weir.perf.transport;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

import io.weir.ipsec.transport.DatagramTransport;

/**
 * One turn of a transport: batches go out of one end, and are received at the other before the next is sent. So nothing is lost, and
 * processor time tells the cost of each side whatever else the machine does.
 *
 * <p>Threading: one thread, which is the worker of both ends.
 */
final class Turn {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int EMPTY_MAX = 1_000_000;

    private final DatagramTransport from;
    private final DatagramTransport to;
    private final long payload;
    private final Load load;
    private final long thread = Thread.currentThread().threadId();
    private long sendNs;
    private long receiveNs;
    private long wallNs;
    private long allocatedBytes;
    private long datagrams;

    /** @param messages of a batch, each with {@code segments} datagrams of {@code length} bytes */
    record Load(int messages, int segments, int length) {
        int datagrams() {
            return messages * segments;
        }
    }

    Turn(DatagramTransport from, DatagramTransport to, long payload, Load load) {
        this.from = from;
        this.to = to;
        this.payload = payload;
        this.load = load;
    }

    /** Sends and receives for a time. */
    Turn run(long durationNs) {
        sendNs = receiveNs = datagrams = 0;
        long allocated = THREADS.getThreadAllocatedBytes(thread);
        long start = System.nanoTime();
        while (System.nanoTime() - start < durationNs) {
            long before = THREADS.getCurrentThreadCpuTime();
            send();
            long between = THREADS.getCurrentThreadCpuTime();
            receive();
            sendNs += between - before;
            receiveNs += THREADS.getCurrentThreadCpuTime() - between;
            datagrams += load.datagrams();
        }
        wallNs = System.nanoTime() - start;
        allocatedBytes = THREADS.getThreadAllocatedBytes(thread) - allocated;
        return this;
    }

    private void send() {
        int length = load.segments() * load.length();
        for (int i = 0; i < load.messages(); i++) {
            from.send(payload, length, load.length(), 0);
        }
        int refused = from.flush();
        if (refused != 0) {
            throw new IllegalStateException(from.name() + " refused " + refused + ", errno " + from.errno());
        }
    }

    private void receive() {
        int missing = load.datagrams();
        int empty = 0;
        while (missing > 0) {
            int messages = to.receive();
            for (int i = 0; i < messages; i++) {
                missing -= (to.length(i) + load.length() - 1) / load.length();
            }
            empty = messages > 0 ? 0 : empty + 1;
            if (messages < 0 || empty > EMPTY_MAX) {
                throw new IllegalStateException(to.name() + ": " + missing + " datagrams are lost, errno " + messages);
            }
        }
    }

    double sendGbps() {
        return datagrams * load.length() * 8.0 / sendNs;
    }

    double receiveGbps() {
        return datagrams * load.length() * 8.0 / receiveNs;
    }

    /** Of one core that does both. */
    double bothGbps() {
        return datagrams * load.length() * 8.0 / (sendNs + receiveNs);
    }

    /** Of one core that does both. */
    double bothMpps() {
        return datagrams * 1e3 / (sendNs + receiveNs);
    }

    double wallGbps() {
        return datagrams * load.length() * 8.0 / wallNs;
    }

    double allocatedPerDatagram() {
        return (double) allocatedBytes / datagrams;
    }
}
