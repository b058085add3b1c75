package io.weir.kernel.xdp;

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
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * <pre>
 *   XdpSocket -- left ======== right -- XdpSocket       (veth pair in one namespace, both sockets on one umem)
 * </pre>
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class XdpSocketIT {
    private static final int FRAMES = 256;
    private static final int RING = 64;
    private static final int TIMEOUT_MS = 5_000;
    private static final int SILENCE_MS = 300;

    private final long memory = Memory.map((long) FRAMES * 2048);
    private final Umem umem = new Umem(memory, (long) FRAMES * 2048, 2048, 0);
    private TestNamespace inside;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
        inside.vethPair("left", "right");
    }

    @AfterEach
    void delete() {
        if (inside != null) {
            inside.close();
        }
        Memory.unmap(memory, (long) FRAMES * 2048);
    }

    @Test
    void shouldCarryFramesBothWaysOnOneUmem() {
        try (XdpSocket left = open("left");
                XdpSocket right = open("right");
                XdpProgram leftProgram = attach("left", left);
                XdpProgram rightProgram = attach("right", right)) {
            fill(left, 0);
            fill(right, 32);
            for (int i = 0; i < 10; i++) {
                send(left, 64 + i, Frames.numbered(i, 60 + i));
                assertArrayEquals(Frames.numbered(i, 60 + i), receive(right));
                send(right, 96 + i, Frames.numbered(-i, 1514));
                assertArrayEquals(Frames.numbered(-i, 1514), receive(left));
            }

            assertEquals(XdpProgram.Mode.NATIVE, leftProgram.mode());
            assertEquals(XdpProgram.Mode.NATIVE, rightProgram.mode());
            assertFalse(left.zeroCopy());
            assertEquals(new XdpStatistics(0, 0, 0, 0, 0, left.statistics().txRingEmpty()), left.statistics());
        }
    }

    @Test
    void shouldGiveSentFramesBackInTheCompletionRing() {
        try (XdpSocket left = open("left")) {
            send(left, 64, Frames.numbered(1, 60));

            assertEquals(0, left.tx().pending());
            assertEquals(1, left.completion().available());
            assertEquals(64L * 2048, left.completion().address(0));
            left.completion().release(1);
            assertEquals(0, left.completion().available());
        }
    }

    @Test
    void shouldWorkOnWhenTheSocketThatRegisteredTheUmemIsClosed() {
        XdpSocket left = open("left");
        try (XdpSocket right = open("right")) {
            left.close();
            try (XdpSocket again = open("left");
                    XdpProgram program = attach("right", right)) {
                fill(right, 0);
                send(again, 64, Frames.numbered(3, 60));

                assertArrayEquals(Frames.numbered(3, 60), receive(right));
                assertEquals(inside.index("right"), program.ifIndex());
            }
        }
    }

    @Test
    void shouldDropWhatNoSocketIsRegisteredForAndPassAgainWhenDetached() {
        var options = PacketSocketOptions.receiving(inside.index("right"), inside.namespace());
        try (XdpSocket left = open("left");
                PacketSocket host = PacketSocket.open(options)) {
            send(left, 64, Frames.numbered(1, 60));
            boolean before = readAndForget(host, TIMEOUT_MS);
            boolean attached;
            try (XdpProgram program = XdpProgram.attach(inside.namespace(), inside.index("right"), 1)) {
                assertEquals(inside.index("right"), program.ifIndex());
                send(left, 65, Frames.numbered(2, 60));
                attached = readAndForget(host, SILENCE_MS);
            }
            send(left, 66, Frames.numbered(3, 60));
            boolean after = readAndForget(host, TIMEOUT_MS);

            assertTrue(before);
            assertFalse(attached);
            assertTrue(after);
        }
    }

    @Test
    void shouldCountWhenTheFillRingIsEmpty() {
        try (XdpSocket left = open("left");
                XdpSocket right = open("right");
                XdpProgram program = attach("right", right)) {
            send(left, 64, Frames.numbered(1, 60));

            assertFalse(Frames.readable(right.fd(), SILENCE_MS));
            assertEquals(XdpProgram.Mode.NATIVE, program.mode());
            assertTrue(right.statistics().rxFillRingEmpty() > 0, "" + right.statistics());
        }
    }

    @Test
    void shouldReserveNoMoreThanTheRingHolds() {
        try (XdpSocket left = open("left")) {
            assertEquals(RING, left.fill().reserve(1000));
            left.fill().submit(RING - 1);
            assertEquals(1, left.fill().reserve(2));
            left.fill().submit(1);
            assertEquals(0, left.fill().reserve(1));
            assertEquals(RING, left.fill().pending());
        }
    }

    @Test
    void shouldExplainWhenQueueIsTakenOrProgramIsInTheWay() {
        try (XdpSocket left = open("left");
                XdpProgram program = attach("left", left)) {
            Umem other = new Umem(memory, 2048L * 16, 2048, 0);
            var taken = assertThrows(
                    KernelException.class,
                    () -> XdpSocket.open(other, inside.namespace(), inside.index("left"), 0, RING, true));
            var inTheWay = assertThrows(
                    KernelException.class, () -> XdpProgram.attach(inside.namespace(), program.ifIndex(), 1));
            var noQueue = assertThrows(
                    KernelException.class,
                    () -> XdpSocket.open(other, inside.namespace(), inside.index("right"), 99, RING, true));

            assertEquals(-Errno.EBUSY, taken.errno());
            assertEquals(-Errno.EBUSY, inTheWay.errno());
            assertEquals(-Errno.EINVAL, noQueue.errno());
            assertTrue(inTheWay.getMessage().contains("xdp off"), inTheWay.getMessage());
        }
    }

    @Test
    void shouldRefuseImpossibleUmemAndRings() {
        assertThrows(IllegalArgumentException.class, () -> new Umem(memory + 8, 4096, 2048, 0));
        assertThrows(IllegalArgumentException.class, () -> new Umem(memory, 4096, 1024, 0));
        assertThrows(IllegalArgumentException.class, () -> new Umem(memory, 5000, 2048, 0));
        assertThrows(IllegalArgumentException.class, () -> new Umem(memory, 4096, 2048, 2000));
        assertThrows(IllegalArgumentException.class, () -> XdpSocket.open(umem, null, 1, 0, 100, true));
    }

    @Test
    void shouldAllocateNothingWhenForwarding() {
        try (XdpSocket left = open("left");
                XdpSocket right = open("right");
                XdpProgram program = attach("right", right)) {
            assertEquals(XdpProgram.Mode.NATIVE, program.mode());
            fill(right, 0);
            byte[] frame = Frames.numbered(1, 60);
            Memory.copy(frame, 0, memory + 64 * 2048, frame.length);

            long allocated = Allocation.bytes(50_000, () -> oneRound(left, right));

            assertEquals(0, allocated, "bytes allocated");
        }
    }

    private static void oneRound(XdpSocket left, XdpSocket right) {
        if (left.tx().reserve(1) == 1) {
            left.tx().set(0, 64 * 2048, 60);
            left.tx().submit(1);
        }
        left.wakeTransmit();
        left.completion().release(left.completion().available());
        int received = right.rx().available();
        int free = right.fill().reserve(received);
        for (int i = 0; i < free; i++) {
            right.fill().set(i, right.rx().address(i));
        }
        right.rx().release(free);
        right.fill().submit(free);
        right.wakeReceive();
    }

    private XdpSocket open(String link) {
        return XdpSocket.open(umem, inside.namespace(), inside.index(link), 0, RING, true);
    }

    private XdpProgram attach(String link, XdpSocket socket) {
        XdpProgram program = XdpProgram.attach(inside.namespace(), inside.index(link), 1);
        assertEquals(0, program.register(socket));
        return program;
    }

    private static void fill(XdpSocket socket, int firstFrame) {
        int free = socket.fill().reserve(32);
        for (int i = 0; i < free; i++) {
            socket.fill().set(i, (firstFrame + i) * 2048L);
        }
        socket.fill().submit(free);
    }

    private void send(XdpSocket socket, int frame, byte[] bytes) {
        Memory.copy(bytes, 0, memory + frame * 2048L, bytes.length);
        assertEquals(1, socket.tx().reserve(1));
        socket.tx().set(0, frame * 2048L, bytes.length);
        socket.tx().submit(1);
        assertEquals(0, socket.wakeTransmit());
    }

    private byte[] receive(XdpSocket socket) {
        assertTrue(Frames.readable(socket.fd(), TIMEOUT_MS), "nothing received");
        assertTrue(socket.rx().available() > 0);
        byte[] bytes = new byte[socket.rx().length(0)];
        Memory.copy(memory + socket.rx().address(0), bytes, 0, bytes.length);
        socket.fill().reserve(1);
        socket.fill().set(0, umem.frameStart(socket.rx().address(0)));
        socket.rx().release(1);
        socket.fill().submit(1);
        return bytes;
    }

    private boolean readAndForget(PacketSocket socket, int timeoutMs) {
        boolean seen = Frames.readable(socket.fd(), timeoutMs);
        while (Syscall.recv(socket.fd(), memory + 200 * 2048L, 2048, Syscall.MSG_DONTWAIT) > 0) {}
        return seen;
    }
}
