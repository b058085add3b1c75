package io.weir.datapath.worker;

import java.util.concurrent.TimeUnit;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Syscall;
import io.weir.kernel.tuntap.Tap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the kernel writes into a UDP super-frame, the parse stage takes.
 *
 * <pre>
 * namespace: python3, a socket with UDP_SEGMENT -- tap --> read here
 * </pre>
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UdpSuperFrameIT {
    private static final int CAPACITY = 66_000;
    private static final int UDP_HEADER_LENGTH = 8;
    private static final int IPV4_LENGTH_OFFSET = 16;

    private TestNamespace host;
    private final long memory = Memory.map(CAPACITY);

    @BeforeEach
    void create() {
        host = new TestNamespace();
    }

    @AfterEach
    void delete() {
        Memory.unmap(memory, CAPACITY);
        if (host != null) {
            host.delete();
        }
    }

    @ParameterizedTest(name = "{0} bytes in segments of {1}")
    @CsvSource({"1001, 500", "65000, 1472", "128, 1", "900, 900"})
    void shouldTakeWhatTheKernelSends(int payloadLength, int segmentLength) {
        Assumptions.assumeTrue(host.succeeds("python3 -V"), "skipped: needs python3 to open a socket with UDP_SEGMENT");
        try (NetworkNamespace inside = NetworkNamespace.open(host.name());
                Tap tap = Tap.open("tap0", inside, true)) {
            Assumptions.assumeTrue((tap.offloads() & Tap.OFFLOAD_USO4) != 0, "skipped: needs USO, Linux 6.2 or later");
            host.ip("addr add 10.9.0.1/24 dev tap0");
            host.ip("link set tap0 up");
            host.ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev tap0");

            host.exec("python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
                    + " s.setsockopt(17, 103, " + segmentLength + ");"
                    + " s.sendto(bytes(" + payloadLength + "), (\"10.9.0.2\", 9))'");

            int length = (int) Syscall.read(tap.fd(), memory, CAPACITY) - VirtioNetHeader.LENGTH;
            assertSuperFrame(length, payloadLength, segmentLength);
        }
    }

    private void assertSuperFrame(int length, int payloadLength, int segmentLength) {
        long address = memory + VirtioNetHeader.LENGTH;
        assertTrue(length > 0, "nothing was sent");
        UnsafeBuffer frame = new UnsafeBuffer(address, length);
        PacketBatch batch = new PacketBatch();
        batch.reset(0, 0);
        batch.add(address, length, 0);

        new ParseStage().process(batch);

        boolean single = payloadLength <= segmentLength;
        VirtioNetHeader header = new VirtioNetHeader().wrapBefore(address);
        assertEquals(single ? VirtioNetHeader.GSO_NONE : VirtioNetHeader.GSO_UDP_L4, header.gsoType());
        assertEquals(single ? 0 : segmentLength, header.gsoSize());
        int transport = batch.transportOffset(0);
        int udpLength = frame.getShort(transport + 4, BIG_ENDIAN) & 0xFFFF;
        assertEquals(payloadLength + UDP_HEADER_LENGTH, udpLength, "UDP length covers all segments");
        int totalLength = frame.getShort(IPV4_LENGTH_OFFSET, BIG_ENDIAN) & 0xFFFF;
        assertEquals(length - 14, totalLength, "so does that of IPv4");
        assertEquals(DropReason.NONE, batch.dropReason(0));
    }
}
