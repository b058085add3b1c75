package io.weir.datapath.port;

import java.util.concurrent.atomic.AtomicLong;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Errno;
import io.weir.kernel.packetsocket.MessageVector;
import io.weir.kernel.packetsocket.PacketSocket;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Receives from an AF_PACKET socket, many frames a system call. The kernel takes VLAN tags out of the frames it hands over;
 * they are put back in front of the frame's type.
 *
 * <p>Threading: the worker that owns the port.
 */
final class PacketSocketReceiver implements Receiver, AutoCloseable {
    // Frames up to about here in one batch: more would push the first out of the L2 cache before they are sent.
    private static final int BATCH_BYTES = 256 * 1024;
    private static final int MIN_COUNT = 4;
    private static final int MACS_LENGTH = 12;
    private static final int TAG_LENGTH = 4;

    private final PacketSocket socket;
    private final MessageVector vector = new MessageVector(PacketBatch.CAPACITY);
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int wanted = PacketBatch.CAPACITY;
    // Frames that the kernel had for this socket and could not hand over; one writer, the worker.
    private final AtomicLong unreceivable = new AtomicLong();
    private boolean programmed;

    PacketSocketReceiver(PacketSocket socket) {
        this.socket = socket;
    }

    @Override
    public int receive(PacketBatch batch, PacketPool pool) {
        if (!programmed) {
            program(pool);
        }
        int count = vector.receive(socket.fd(), 0, wanted);
        if (count <= 0) {
            return count < 0 ? failed(count) : 0;
        }
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += add(batch, pool, i);
        }
        adapt(count, bytes);
        return batch.count();
    }

    private void program(PacketPool pool) {
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            vector.base(i, pool.receiveAddress(i), PacketPool.RECEIVE_CAPACITY);
        }
        programmed = true;
    }

    /** A frame of which only a part was received is handed on longer than any frame may be, so that parsing drops it. */
    private int add(PacketBatch batch, PacketPool pool, int i) {
        int length = vector.length(i) - VirtioNetHeader.LENGTH;
        if (length < 0) {
            length = 0;
        }
        long address = pool.receiveAddress(i) + VirtioNetHeader.LENGTH;
        if (vector.vlanPresent(i) && length >= MACS_LENGTH) {
            address = restoreTag(address, vector.vlanTpid(i) << 16 | vector.vlanTci(i));
            length += TAG_LENGTH;
        }
        batch.add(address, length, i);
        return length;
    }

    private long restoreTag(long address, int tag) {
        long to = address - TAG_LENGTH;
        header.moveBefore(address, to, TAG_LENGTH);
        view.wrap(to, MACS_LENGTH + TAG_LENGTH);
        for (int i = 0; i < MACS_LENGTH; i += TAG_LENGTH) {
            view.putInt(i, view.getInt(i + TAG_LENGTH));
        }
        view.putInt(MACS_LENGTH, tag, BIG_ENDIAN);
        return to;
    }

    /** Asks for fewer frames while they are large. */
    private void adapt(int count, int bytes) {
        int fitting = (int) ((long) BATCH_BYTES * count / Math.max(bytes, 1));
        wanted = Math.max(MIN_COUNT, Math.min(PacketBatch.CAPACITY, fitting));
    }

    /**
     * Of what a sender can provoke, nothing may close the port: the kernel answers EINVAL to a frame whose offload it cannot
     * put into a virtio-net header (UDP fragmentation offload), and has dropped it. A link that goes down reports ENETDOWN
     * once; the socket serves again when it comes back.
     */
    private int failed(int error) {
        if (error == -Errno.EBADF) {
            return GONE;
        }
        if (error != -Errno.EINTR && error != -Errno.ENETDOWN) {
            unreceivable.lazySet(unreceivable.get() + 1);
        }
        return 0;
    }

    @Override
    public int pollDescriptor() {
        return socket.fd();
    }

    @Override
    public long kernelDrops() {
        return socket.drops() + unreceivable.get();
    }

    @Override
    public void close() {
        socket.close();
        vector.close();
    }
}
