package io.weir.datapath.worker;

import java.util.Arrays;
import java.util.HexFormat;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;
import io.weir.kernel.packetsocket.MessageVector;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** What a guest sends and receives on its interface, byte by byte, offload header included. */
final class GuestSocket implements AutoCloseable {
    private static final int TIMEOUT_MS = 5_000;
    private static final int BUFFER_BYTES = 1 << 17;
    private static final byte[] PLAIN = new byte[VirtioNetHeader.LENGTH];

    private final NetworkNamespace namespace;
    private final PacketSocket socket;
    private final MessageVector vector = new MessageVector(1);
    private final long buffer = Memory.map(BUFFER_BYTES);

    /** A frame with what its sender left to others. */
    static final class Frame {
        private final byte[] offload;
        private final byte[] bytes;

        Frame(byte[] offload, byte[] bytes) {
            this.offload = offload;
            this.bytes = bytes;
        }

        byte[] offload() {
            return offload;
        }

        byte[] bytes() {
            return bytes;
        }

        int gsoType() {
            return offload[1] & 0x7F;
        }

        int gsoSize() {
            return Byte.toUnsignedInt(offload[4]) | Byte.toUnsignedInt(offload[5]) << 8;
        }

        int checksumStart() {
            return Byte.toUnsignedInt(offload[6]) | Byte.toUnsignedInt(offload[7]) << 8;
        }

        boolean needsChecksum() {
            return (offload[0] & VirtioNetHeader.NEEDS_CHECKSUM) != 0;
        }
    }

    GuestSocket(TestNamespace guest, String device) {
        namespace = NetworkNamespace.open(guest.name());
        socket = PacketSocket.open(PacketSocketOptions.receiving(guest.index(device), namespace));
    }

    void send(byte[] frame) {
        assertEquals(0, trySend(PLAIN, frame), "error of sending " + frame.length + " bytes");
    }

    void send(Frame frame) {
        assertEquals(0, trySend(frame.offload(), frame.bytes()), "error of sending " + frame.bytes().length + " bytes");
    }

    /** 0 or the kernel's negative errno. */
    int trySend(byte[] offload, byte[] frame) {
        Memory.copy(offload, 0, buffer, offload.length);
        Memory.copy(frame, 0, buffer + offload.length, frame.length);
        int length = offload.length + frame.length;
        long sent = Syscall.write(socket.fd(), buffer, length);
        while (sent == 0) {
            assertEquals(1, poll(Syscall.POLLOUT, TIMEOUT_MS), "the guest's interface takes frames");
            sent = Syscall.write(socket.fd(), buffer, length);
        }
        return sent < 0 ? (int) sent : 0;
    }

    /** The next frame; fails when none comes. */
    Frame receive() {
        Frame frame = receive(TIMEOUT_MS);
        assertNotNull(frame, "a frame arrives within " + TIMEOUT_MS + " ms");
        return frame;
    }

    /** The next frame, null when none comes within the time. */
    @Nullable
    Frame receive(int timeoutMs) {
        vector.base(0, buffer, BUFFER_BYTES);
        int count = vector.receive(socket.fd());
        if (count == 0) {
            poll(Syscall.POLLIN, timeoutMs);
            count = vector.receive(socket.fd());
        }
        if (count <= 0) {
            return null;
        }
        byte[] offload = new byte[VirtioNetHeader.LENGTH];
        byte[] bytes = new byte[vector.length(0) - VirtioNetHeader.LENGTH];
        Memory.copy(buffer, offload, 0, offload.length);
        Memory.copy(buffer + VirtioNetHeader.LENGTH, bytes, 0, bytes.length);
        return vector.vlanPresent(0) ? withTag(offload, bytes) : new Frame(offload, bytes);
    }

    /** The kernel takes the outer tag off; a guest's network card would have seen it. */
    private Frame withTag(byte[] offload, byte[] bytes) {
        byte[] tagged = TestFrames.tagged(bytes, vector.vlanTpid(0), vector.vlanTci(0));
        UnsafeBuffer header = new UnsafeBuffer(offload);
        if ((offload[0] & VirtioNetHeader.NEEDS_CHECKSUM) != 0) {
            header.putShort(6, (short) (header.getShort(6) + tagged.length - bytes.length));
        }
        return new Frame(offload, tagged);
    }

    /** The next frame is this one, byte for byte. */
    void expect(byte[] frame) {
        byte[] received = receive().bytes();
        if (!Arrays.equals(frame, received)) {
            assertArrayEquals(
                    frame,
                    received,
                    () -> "received " + HexFormat.of().formatHex(received, 0, Math.min(received.length, 32)));
        }
    }

    private int poll(int events, int timeoutMs) {
        try (var entry = new Scratch(8)) {
            Memory.writeInt(entry.address(), socket.fd());
            Memory.writeShort(entry.address() + 4, events);
            return Syscall.poll(entry.address(), 1, timeoutMs);
        }
    }

    /** Forgets what has arrived. */
    void drain() {
        while (receive(0) != null) {}
    }

    @Override
    public void close() {
        socket.close();
        vector.close();
        namespace.close();
        Memory.unmap(buffer, BUFFER_BYTES);
    }
}
