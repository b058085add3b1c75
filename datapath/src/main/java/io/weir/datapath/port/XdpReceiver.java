package io.weir.datapath.port;

import java.util.List;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Epoll;
import io.weir.kernel.Memory;
import io.weir.kernel.xdp.FillRing;
import io.weir.kernel.xdp.ReceiveRing;
import io.weir.kernel.xdp.Umem;
import io.weir.kernel.xdp.XdpSocket;
import io.weir.kernel.xdp.XdpStatistics;

/**
 * Receives from the AF_XDP sockets of an interface, one batch from one queue, the queues in turn. Frames stay where the
 * kernel put them; when the batch has left, they go back to the queue's fill ring.
 *
 * <p>Threading: the worker that owns the port.
 */
final class XdpReceiver implements Receiver {
    private final XdpSocket[] sockets;
    private final Umem[] umems;
    private final Epoll readable;
    private int current;

    XdpReceiver(List<XdpSocket> sockets, List<Umem> umems) {
        this.sockets = sockets.toArray(XdpSocket[]::new);
        this.umems = umems.toArray(Umem[]::new);
        this.readable = Epoll.create(this.sockets.length);
        for (int i = 0; i < this.sockets.length; i++) {
            readable.add(this.sockets[i].fd(), Epoll.IN, i);
            fillAll(this.sockets[i]);
        }
    }

    private static void fillAll(XdpSocket socket) {
        FillRing fill = socket.fill();
        int count = fill.reserve(XdpDevice.RING_SIZE);
        for (int i = 0; i < count; i++) {
            fill.set(i, (long) i * XdpDevice.FRAME_BYTES);
        }
        fill.submit(count);
        socket.wakeReceive();
    }

    @Override
    public int receive(PacketBatch batch, PacketPool pool) {
        for (int tried = 0; tried < sockets.length; tried++) {
            ReceiveRing rx = sockets[current].rx();
            int count = Math.min(rx.available(), PacketBatch.CAPACITY);
            if (count > 0) {
                take(batch, rx, umems[current].address(), count);
                return count;
            }
            current = current + 1 == sockets.length ? 0 : current + 1;
        }
        return 0;
    }

    private static void take(PacketBatch batch, ReceiveRing rx, long base, int count) {
        for (int i = 0; i < count; i++) {
            long offset = rx.address(i);
            long address = base + offset;
            // XDP leaves 256 bytes in front of each frame: there stands the header that asks for nothing.
            Memory.writeLong(address - VirtioNetHeader.LENGTH, 0);
            Memory.writeShort(address - VirtioNetHeader.LENGTH + Long.BYTES, 0);
            batch.add(address, rx.length(i), (int) (offset / XdpDevice.FRAME_BYTES));
        }
        rx.release(count);
    }

    @Override
    public void release(PacketBatch batch) {
        XdpSocket socket = sockets[current];
        FillRing fill = socket.fill();
        // Never short: the ring holds as many entries as there are receive frames.
        int count = fill.reserve(batch.count());
        for (int i = 0; i < count; i++) {
            fill.set(i, (long) batch.slot(i) * XdpDevice.FRAME_BYTES);
        }
        fill.submit(count);
        socket.wakeReceive();
        current = current + 1 == sockets.length ? 0 : current + 1;
    }

    /** With one queue its socket, else an epoll descriptor over all sockets, which polls readable as they do. */
    @Override
    public int pollDescriptor() {
        return sockets.length == 1 ? sockets[0].fd() : readable.fd();
    }

    @Override
    public long kernelDrops() {
        long drops = 0;
        for (XdpSocket socket : sockets) {
            XdpStatistics statistics = socket.statistics();
            drops += statistics.rxDropped() + statistics.rxRingFull();
        }
        return drops;
    }

    /** Leaves the sockets to their owner. */
    void close() {
        readable.close();
    }
}
