package io.weir.identity.conformance;

import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;

/**
 * SCTP for machines whose kernel has none: sends the frame of an INIT on a pod's interface and sees which INITs arrive there.
 *
 * <p>Threading: {@link #attempt} from any thread; arrivals are read on a thread of its own.
 */
final class SctpTap implements AutoCloseable {
    private static final int FRAME_BYTES = 2048;
    private static final int POLL_MS = 50;

    /** Of all taps together, so that an arrival is known by its source port alone. */
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(20_000);

    private final Place place;
    private final PacketSocket socket;
    private final ConcurrentHashMap<Integer, CountDownLatch> awaited = new ConcurrentHashMap<>(); // by source port
    private final Thread reader;
    private volatile boolean open = true;

    private SctpTap(Place place, PacketSocket socket) {
        this.place = place;
        this.socket = socket;
        this.reader = Thread.ofPlatform().name("sctp-" + place.port()).daemon().start(this::read);
    }

    static SctpTap open(NetworkNamespace namespace, Place place) {
        int index = namespace.call(() -> NetworkInterface.getByName("eth0").getIndex());
        PacketSocketOptions options =
                PacketSocketOptions.receiving(index, namespace).withVnetHeader(false);
        return new SctpTap(place, PacketSocket.open(options));
    }

    /** Sends an INIT and says whether it arrived. */
    Pod.Outcome attempt(SctpTap to, Probe probe, Family family, int timeoutMs) {
        int sourcePort = NEXT_PORT.getAndIncrement();
        CountDownLatch arrival = new CountDownLatch(1);
        to.awaited.put(sourcePort, arrival);
        try {
            send(new ProbeFrames(probe, family, place, to.place, sourcePort).first());
            return arrival.await(timeoutMs, TimeUnit.MILLISECONDS) ? Pod.Outcome.ANSWERED : Pod.Outcome.SILENCE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an INIT", e);
        } finally {
            to.awaited.remove(sourcePort);
        }
    }

    private void send(byte[] frame) {
        try (Scratch memory = new Scratch(frame.length)) {
            Memory.copy(frame, 0, memory.address(), frame.length);
            long sent = Syscall.write(socket.fd(), memory.address(), frame.length);
            if (sent != frame.length) {
                throw new IllegalStateException("sending on " + place.port() + " returned " + sent);
            }
        }
    }

    private void read() {
        byte[] frame = new byte[FRAME_BYTES];
        try (Scratch memory = new Scratch(FRAME_BYTES);
                Scratch entry = new Scratch(8)) {
            while (open) {
                Memory.writeInt(entry.address(), socket.fd());
                Memory.writeShort(entry.address() + 4, Syscall.POLLIN);
                Syscall.poll(entry.address(), 1, POLL_MS);
                int length = (int) Syscall.read(socket.fd(), memory.address(), FRAME_BYTES);
                if (length > 0) {
                    Memory.copy(memory.address(), frame, 0, length);
                    arrived(ByteBuffer.wrap(frame, 0, length));
                }
            }
        }
    }

    private void arrived(ByteBuffer frame) {
        boolean ipv6 = frame.getShort(EthernetHeader.TYPE_OFFSET) == (short) EthernetHeader.TYPE_IPV6;
        int start = EthernetHeader.LENGTH + (ipv6 ? Ipv6Header.LENGTH : Ipv4Header.MIN_LENGTH);
        int place = EthernetHeader.LENGTH + (ipv6 ? Ipv6Header.NEXT_HEADER_OFFSET : Ipv4Header.PROTOCOL_OFFSET);
        if (frame.limit() < start + 2 || frame.getLong(0) >>> 16 != this.place.mac()) {
            return;
        }
        boolean sctp = Byte.toUnsignedInt(frame.get(place)) == IpProtocol.SCTP;
        CountDownLatch arrival = sctp ? awaited.get(Short.toUnsignedInt(frame.getShort(start))) : null;
        if (arrival != null) {
            arrival.countDown();
        }
    }

    @Override
    public void close() {
        open = false;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
