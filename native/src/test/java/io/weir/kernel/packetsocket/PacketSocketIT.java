package io.weir.kernel.packetsocket;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.Allocation;
import io.weir.kernel.Errno;
import io.weir.kernel.Frames;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;
import io.weir.kernel.TestNamespace;
import io.weir.kernel.tuntap.Tap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * <pre>
 *   PacketSocket -- left ======== right -- PacketSocket        (veth pair in one namespace)
 *   descriptor   -- tap0                -- PacketSocket
 * </pre>
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PacketSocketIT {
    private static final int BATCH = 8;
    private static final int FLOOD = 1_000; // several times round a ring of 4 blocks
    private static final int SLOT = 1 << 17;
    private static final int TIMEOUT_MS = 5_000;
    private static final int VNET = PacketSocket.VNET_HEADER_LENGTH;

    private final long buffers = Memory.map((long) BATCH * SLOT);
    private final MessageVector receive = new MessageVector(BATCH);
    private final MessageVector send = new MessageVector(BATCH);
    private TestNamespace inside;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
        inside.vethPair("left", "right");
        for (int i = 0; i < BATCH; i++) {
            receive.base(i, slot(i), SLOT);
        }
    }

    @AfterEach
    void delete() {
        if (inside != null) {
            inside.close();
        }
        receive.close();
        send.close();
        Memory.unmap(buffers, (long) BATCH * SLOT);
    }

    @Test
    void shouldCarryABatchInOrderFromVethToVeth() {
        try (PacketSocket left = sending("left");
                PacketSocket right = receiving("right")) {
            for (int i = 0; i < BATCH; i++) {
                prepare(i, Frames.numbered(i, 60 + i));
            }

            int sent = send.send(left.fd(), 0, BATCH);
            int received = receiveAll(right, BATCH);

            assertEquals(BATCH, sent);
            assertEquals(BATCH, received);
            for (int i = 0; i < BATCH; i++) {
                assertArrayEquals(Frames.numbered(i, 60 + i), frame(i));
                assertFalse(receive.vlanPresent(i));
                assertFalse(receive.truncated(i));
            }
            assertEquals(0, right.drops());
        }
    }

    @Test
    void shouldReportTheVlanTagThatTheKernelTookOff() {
        try (PacketSocket left = sending("left");
                PacketSocket right = receiving("right")) {
            prepare(0, Frames.tagged(Frames.numbered(1, 60), 0xA0D2));

            send.send(left.fd(), 0, 1);
            receiveAll(right, 1);

            assertTrue(receive.vlanPresent(0));
            assertEquals(0xA0D2, receive.vlanTci(0));
            assertEquals(0x8100, receive.vlanTpid(0));
            assertArrayEquals(Frames.numbered(1, 60), frame(0));
        }
    }

    @Test
    void shouldSayTruncatedWhenTheBufferIsTooShort() {
        try (PacketSocket left = sending("left");
                PacketSocket right = receiving("right")) {
            receive.base(0, slot(0), VNET + 100);
            prepare(0, Frames.numbered(1, 500));

            send.send(left.fd(), 0, 1);
            receiveAll(right, 1);

            assertTrue(receive.truncated(0));
            assertEquals(VNET + 100, receive.length(0));
        }
    }

    @Test
    void shouldPassFramesBetweenTapAndSocketBothWays() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            inside.quiet("tap0");
            try (PacketSocket socket = receiving("tap0")) {
                byte[] in = Frames.numbered(7, 64);
                byte[] out = Frames.numbered(8, 1514);
                Memory.copy(in, 0, slot(0) + VNET, in.length);

                long written = Syscall.write(tap.fd(), slot(0), VNET + in.length);
                receiveAll(socket, 1);
                byte[] arrived = frame(0);
                prepare(1, out);
                int sent = send.send(socket.fd(), 1, 1);
                long read = Frames.await(tap.fd(), slot(0), SLOT);

                assertEquals(VNET + in.length, written);
                assertArrayEquals(in, arrived);
                assertEquals(1, sent);
                assertEquals(VNET + out.length, read);
                assertArrayEquals(out, bytes(slot(0) + VNET, out.length));
            }
        }
    }

    @Test
    void shouldKeepSegmentationAndChecksumHintsOfASuperFrame() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            inside.quiet("tap0");
            try (PacketSocket socket = receiving("tap0")) {
                int length = Frames.superFrame(slot(0) + VNET, 40_000);
                writeTcp4Header(slot(0), 1448);

                long written = Syscall.write(tap.fd(), slot(0), VNET + length);
                Memory.writeLong(slot(0), 0);
                receiveAll(socket, 1);

                assertEquals(VNET + length, written);
                assertEquals(VNET + length, receive.length(0));
                assertEquals(1, Memory.readByte(slot(0)) & 1, "checksum needed");
                assertEquals(1, Memory.readByte(slot(0) + 1), "GSO type TCPv4");
                assertEquals(1448, Memory.readUnsignedShort(slot(0) + 4));
                assertTrue(receive.checksumNotReady(0));
            }
        }
    }

    @Test
    void shouldReceiveThroughTheRingWithVlanTagAndVnetHeader() {
        var ringOptions = PacketSocketOptions.receiving(inside.index("right"), inside.namespace())
                .withRing(new RingGeometry(1 << 17, 4, 1));
        try (PacketSocket left = sending("left");
                PacketSocket right = PacketSocket.open(ringOptions)) {
            RxRing ring = right.ring();
            assertNotNull(ring);
            prepare(0, Frames.numbered(1, 100));
            prepare(1, Frames.tagged(Frames.numbered(2, 200), 0x6007));
            send.send(left.fd(), 0, 2);

            int[] numbers = new int[2];
            int[] tcis = new int[2];
            int received = 0;
            while (received < 2 && Frames.readable(right.fd(), TIMEOUT_MS)) {
                int frames = ring.acquire();
                for (int i = 0; i < frames; i++, ring.next()) {
                    numbers[received] = Integer.reverseBytes(Memory.readInt(ring.address() + 14));
                    tcis[received] = ring.vlanPresent() ? ring.vlanTci() : -1;
                    assertEquals(100 * (received + 1), ring.length());
                    assertEquals(0, Memory.readByte(ring.address() - VNET), "flags of vnet header");
                    assertFalse(ring.truncated());
                    received++;
                }
                if (frames > 0) {
                    ring.release();
                }
            }

            assertArrayEquals(new int[] {1, 2}, numbers);
            assertArrayEquals(new int[] {-1, 0x6007}, tcis);
        }
    }

    @Test
    void shouldGoRoundTheRingWithoutLosingOrAllocating() {
        var ringOptions = PacketSocketOptions.receiving(inside.index("right"), inside.namespace())
                .withRing(new RingGeometry(1 << 14, 4, 1));
        try (PacketSocket left = sending("left");
                PacketSocket right = PacketSocket.open(ringOptions)) {
            RxRing ring = right.ring();
            assertNotNull(ring);
            prepare(0, Frames.numbered(1, 100));
            int received = 0;
            for (int i = 0; i < FLOOD; i++) {
                assertEquals(1, send.send(left.fd(), 0, 1));
                received += drain(ring);
            }
            while (received < FLOOD && Frames.readable(right.fd(), TIMEOUT_MS)) {
                received += drain(ring);
            }

            long allocated = Allocation.bytes(100_000, ring::acquire);

            assertEquals(FLOOD, received);
            assertEquals(0, allocated, "bytes allocated");
        }
    }

    @Test
    void shouldQueueNothingOnASocketThatOnlySends() {
        try (PacketSocket left = sending("left");
                PacketSocket sendOnly = sending("right");
                PacketSocket control = receiving("right")) {
            prepare(0, Frames.numbered(1, 60));
            send.send(left.fd(), 0, 1);

            assertEquals(1, receiveAll(control, 1));
            assertEquals(0, receive.receive(sendOnly.fd()));
        }
    }

    @Test
    void shouldNotSeeWhatItSentItself() {
        try (PacketSocket right = receiving("right");
                PacketSocket left = receiving("left")) {
            prepare(0, Frames.numbered(1, 60));
            send.send(left.fd(), 0, 1);

            assertEquals(1, receiveAll(right, 1));
            assertEquals(0, receive.receive(left.fd()));
        }
    }

    @Test
    void shouldShareFramesInAFanoutGroup() {
        var options = PacketSocketOptions.receiving(inside.index("right"), inside.namespace())
                .withFanoutGroup(77);
        try (PacketSocket left = sending("left");
                PacketSocket first = PacketSocket.open(options);
                PacketSocket second = PacketSocket.open(options);
                PacketSocket witness = receiving("right")) {
            prepare(0, Frames.numbered(1, 60));
            send.send(left.fd(), 0, 1);

            assertEquals(1, receiveAll(witness, 1));
            assertEquals(1, receive.receive(first.fd()) + receive.receive(second.fd()));
        }
    }

    @Test
    void shouldCountDropsWhenTheBufferIsFull() {
        var options = PacketSocketOptions.receiving(inside.index("right"), inside.namespace())
                .withBuffers(4096, 0);
        try (PacketSocket left = sending("left");
                PacketSocket right = PacketSocket.open(options)) {
            prepare(0, Frames.numbered(1, 1000));
            for (int i = 0; i < 100; i++) {
                assertEquals(1, send.send(left.fd(), 0, 1));
            }
            int received = 0;
            for (int n = receive.receive(right.fd()); n > 0; n = receive.receive(right.fd())) {
                received += n;
            }

            assertEquals(100, received + right.drops());
            assertTrue(right.drops() > 0);
        }
    }

    @Test
    void shouldReturnErrnoWhenTheInterfaceGoesDown() {
        try (PacketSocket left = sending("left")) {
            inside.ip("link set left down");
            prepare(0, Frames.numbered(1, 60));

            assertEquals(-Errno.ENETDOWN, send.send(left.fd(), 0, 1));
            assertEquals(-Errno.ENETDOWN, sendAfterDeletion(left));
        }
    }

    private int sendAfterDeletion(PacketSocket left) {
        inside.ip("link del left");
        int result = send.send(left.fd(), 0, 1);
        return result == -Errno.ENXIO ? -Errno.ENETDOWN : result;
    }

    @Test
    void shouldExplainWhenTheInterfaceDoesNotExist() {
        var refused = assertThrows(
                KernelException.class,
                () -> PacketSocket.open(PacketSocketOptions.receiving(9999, inside.namespace())));

        assertEquals(-Errno.ENODEV, refused.errno());
        assertTrue(refused.getMessage().contains("interface 9999"), refused.getMessage());
    }

    @Test
    void shouldAllocateNothingWhenSendingAndReceiving() {
        try (PacketSocket left = sending("left");
                PacketSocket right = receiving("right")) {
            prepare(0, Frames.numbered(1, 60));

            long allocated = Allocation.bytes(50_000, () -> {
                send.send(left.fd(), 0, 1);
                receive.receive(right.fd());
                receive.vlanTci(0);
            });

            assertEquals(0, allocated, "bytes allocated");
        }
    }

    private static int drain(RxRing ring) {
        int frames = ring.acquire();
        if (frames > 0) {
            ring.release();
        }
        return frames;
    }

    private PacketSocket sending(String link) {
        return PacketSocket.open(PacketSocketOptions.sending(inside.index(link), inside.namespace()));
    }

    private PacketSocket receiving(String link) {
        return PacketSocket.open(PacketSocketOptions.receiving(inside.index(link), inside.namespace()));
    }

    /** Puts a frame behind an empty vnet header, both in slot i, as header and payload of message i. */
    private void prepare(int i, byte[] frame) {
        long address = slot(i) + SLOT / 2;
        Memory.writeLong(address, 0);
        Memory.writeShort(address + 8, 0);
        Memory.copy(frame, 0, address + VNET, frame.length);
        send.header(i, address, VNET);
        send.base(i, address + VNET, frame.length);
    }

    private static void writeTcp4Header(long address, int segmentLength) {
        Memory.writeByte(address, (byte) 1); // VIRTIO_NET_HDR_F_NEEDS_CSUM
        Memory.writeByte(address + 1, (byte) 1); // VIRTIO_NET_HDR_GSO_TCPV4
        Memory.writeShort(address + 2, 54);
        Memory.writeShort(address + 4, segmentLength);
        Memory.writeShort(address + 6, 34);
        Memory.writeShort(address + 8, 16);
    }

    /** Receives from the front of the vector until {@code count} came or nothing comes any more. */
    private int receiveAll(PacketSocket socket, int count) {
        int received = 0;
        while (received < count && Frames.readable(socket.fd(), TIMEOUT_MS)) {
            received += receive.receive(socket.fd(), received, count - received);
        }
        return received;
    }

    private byte[] frame(int i) {
        return bytes(slot(i) + VNET, receive.length(i) - VNET);
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return bytes;
    }

    private long slot(int i) {
        return buffers + (long) i * SLOT;
    }
}
