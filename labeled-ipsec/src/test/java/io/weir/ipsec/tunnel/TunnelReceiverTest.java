package io.weir.ipsec.tunnel;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Receiver;
import io.weir.kernel.Errno;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TunnelReceiverTest {
    private final MemoryTransport transport = MemoryTransport.alone();
    private final ClearEsp esp = new ClearEsp(2);
    private final TunnelEnd end = TunnelEnd.ethernet(transport, esp);

    @AfterEach
    void close() {
        end.close();
    }

    private static byte[] datagram(byte[] inner, int nextHeader) {
        byte[] datagram = new byte[inner.length + ClearEsp.OVERHEAD];
        write16(datagram, 2, 258);
        System.arraycopy(inner, 0, datagram, ClearEsp.HEADER, inner.length);
        datagram[datagram.length - 1] = (byte) nextHeader;
        return datagram;
    }

    private TunnelEnd.Frame only(byte[] datagram, int trafficClass) {
        transport.inbox.add(new MemoryTransport.Message(datagram, datagram.length, trafficClass));
        List<TunnelEnd.Frame> frames = end.receive();
        assertEquals(1, frames.size());
        return frames.getFirst();
    }

    @Test
    void shouldShowARefusedDatagramWithOuterHeaders() {
        byte[] datagram = counting(100, 1);

        TunnelEnd.Frame frame = only(datagram, 0xB8);

        assertEquals(DropReason.ESP_SPI_UNKNOWN.code(), frame.dropReason());
        byte[] bytes = frame.bytes();
        assertEquals(14 + 20 + 8 + 100, bytes.length);
        assertEquals(0x0800, u16(bytes, 12));
        assertEquals(0, sum(bytes, 14, 34, 0));
        assertEquals(0xB8, bytes[15] & 0xFF);
        assertEquals(0xC000_0202, i32(bytes, 26), "from the peer");
        assertEquals(0xC000_0201, i32(bytes, 30), "to this host");
        assertEquals(4500, u16(bytes, 34));
        assertEquals(108, u16(bytes, 38));
        assertArrayEquals(datagram, Arrays.copyOfRange(bytes, 42, 142));
        assertArrayEquals(new byte[10], frame.offload());
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "3", "7"})
    void shouldRefuseWhatIsTooShortForEsp(int length) {
        byte[] datagram = new byte[length];
        Arrays.fill(datagram, (byte) 1);

        assertEquals(DropReason.ESP_TRUNCATED.code(), only(datagram, -1).dropReason());
    }

    @Test
    void shouldTakeKeepalivesAndIkeMessagesSilently() {
        transport.inbox.add(MemoryTransport.Message.of(new byte[] {(byte) 0xFF}));
        transport.inbox.add(MemoryTransport.Message.of(new byte[32]));

        assertTrue(end.receive().isEmpty());

        assertEquals(1, end.parts.counters().read(TunnelCounters.KEEPALIVES));
        assertEquals(1, end.parts.counters().read(TunnelCounters.IKE_MESSAGES));
        assertEquals(2, end.parts.counters().read(TunnelCounters.RECEIVED));
    }

    @Test
    void shouldRefuseWhatIsNoFrame() {
        assertEquals(
                DropReason.ESP_NEXT_HEADER.code(),
                only(datagram(udp(10).frame(), 4), 0).dropReason());
        assertEquals(
                DropReason.ESP_INNER_INVALID.code(),
                only(datagram(new byte[13], 143), 0).dropReason());
    }

    @Test
    void shouldKeepWhatDoesNotFitForTheNextBatch() {
        for (int i = 0; i < 100; i++) {
            transport.inbox.add(MemoryTransport.Message.of(datagram(udp(i).frame(), 143)));
        }

        assertEquals(64, end.receive().size());
        assertTrue(end.device.receiver().pending() || !transport.inbox.isEmpty());
        assertEquals(36, end.receive().size());
        assertFalse(end.device.receiver().pending());
    }

    @Test
    void shouldKeepTheRestOfAMessageForTheNextBatch() {
        byte[] one = datagram(udp(100).frame(), 143);
        byte[] many = new byte[one.length * 80];
        for (int i = 0; i < 80; i++) {
            System.arraycopy(one, 0, many, i * one.length, one.length);
        }
        transport.inbox.add(new MemoryTransport.Message(many, one.length, 0));

        assertEquals(64, end.receive().size());
        assertTrue(end.device.receiver().pending(), "the descriptor does not tell of what was read");
        assertEquals(16, end.receive().size());
    }

    @Test
    void shouldBeGoneOnlyWhenItsDescriptorIs() {
        assertEquals(0, receive(-Errno.EAGAIN));
        assertEquals(0, end.device.receiver().kernelDrops());
        assertEquals(0, receive(-Errno.ENOMEM));
        assertEquals(1, end.device.receiver().kernelDrops());
        assertEquals(Receiver.GONE, receive(-Errno.EBADF));
    }

    private int receive(int error) {
        transport.receiveError = error;
        try (PacketPool pool = new PacketPool()) {
            PacketBatch batch = new PacketBatch();
            batch.reset(TunnelEnd.PORT, 0);
            return end.device.receiver().receive(batch, pool);
        }
    }

    /** The table of RFC 6040 section 4.2; -1 is "drop". */
    @ParameterizedTest
    @CsvSource({
        "0,0,0", "0,1,0", "0,2,0", "0,3,-1",
        "1,0,1", "1,1,1", "1,2,1", "1,3,3",
        "2,0,2", "2,1,1", "2,2,2", "2,3,3",
        "3,0,3", "3,1,3", "3,2,3", "3,3,3"
    })
    void shouldCombineCongestionMarks(int inner, int outer, int expected) {
        for (TestPacket packet : List.of(udp(10), tcp6())) {
            packet.trafficClass = 0xB8 | inner;

            TunnelEnd.Frame frame = only(datagram(packet.frame(), 143), outer);

            assertEquals(expected < 0 ? DropReason.ESP_CONGESTION_LOST.code() : 0, frame.dropReason());
            if (expected >= 0) {
                packet.trafficClass = 0xB8 | expected;
                assertArrayEquals(packet.frame(), frame.bytes());
            }
        }
    }

    @Test
    void shouldLetCongestionMarksPassWhatIsNotIp() {
        byte[] frame = new byte[60];
        frame[12] = 8;
        frame[13] = 6;

        assertArrayEquals(frame, only(datagram(frame, 143), 3).bytes());
    }
}
