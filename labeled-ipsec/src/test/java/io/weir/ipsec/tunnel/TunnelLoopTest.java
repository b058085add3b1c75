package io.weir.ipsec.tunnel;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Frames through two devices, whose datagrams meet in memory. */
@Timeout(60)
class TunnelLoopTest {
    private static final int GSO_TCPV4 = 1;
    private static final int GSO_TCPV6 = 4;
    private static final int GSO_UDP_L4 = 5;

    private final ClearEsp esp = new ClearEsp(2, 5);
    private final MemoryTransport near = MemoryTransport.alone();
    private final MemoryTransport far = MemoryTransport.alone();
    private final TunnelEnd one;
    private final TunnelEnd other;

    TunnelLoopTest() {
        MemoryTransport.join(near, far);
        one = TunnelEnd.ethernet(near, esp);
        other = TunnelEnd.ethernet(far, esp);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void shouldCarryAFrameWithItsLevel() {
        byte[] frame = udp(100).frame();

        one.transmit(frame, 5);
        List<TunnelEnd.Frame> frames = other.receive();

        assertEquals(1, frames.size());
        assertArrayEquals(frame, frames.getFirst().bytes());
        assertEquals(5, frames.getFirst().label());
        assertFalse(frames.getFirst().needsChecksum());
        assertEquals(1, one.sent());
    }

    @Test
    void shouldRefuseAFrameOfALevelWithoutSa() {
        one.transmit(udp(100).frame(), 7);

        assertEquals(1, one.dropped(DropReason.ESP_NO_SA));
        assertEquals(0, one.sent());
        assertEquals(List.of(new TunnelEnd.Refused(142, DropReason.ESP_NO_SA.code())), one.refused);
        assertTrue(other.receive().isEmpty());
    }

    @Test
    void shouldCompleteAChecksumBeforeItSeals() {
        byte[] whole = tcp().payload(counting(100, 3)).frame();
        byte[] partial = whole.clone();
        // The sum of the pseudo-header only, not complemented.
        write16(partial, 50, ~sum(new byte[0], 0, 0, pseudo(partial)) & 0xFFFF);

        one.transmit(partial, 0, 1, 0, 0, 34, 16);

        assertArrayEquals(whole, other.receive().getFirst().bytes());
    }

    private static long pseudo(byte[] frame) {
        long seed = (long) TCP + (frame.length - 34);
        for (int i = 26; i < 34; i += 2) {
            seed += u16(frame, i);
        }
        return seed;
    }

    @Test
    void shouldCutASuperFrameToThePathAndJoinItAgain() {
        TestPacket packet = tcp().payload(counting(60_000, 1)).flags(ACK | PSH);
        byte[] frame = packet.frame();

        one.transmit(frame, 2, 1, GSO_TCPV4, 1448, 34, 16);

        int espMax = 1500 - 28;
        far.inbox.forEach(message -> assertTrue(message.segment() <= espMax, message.segment() + " bytes"));
        List<TunnelEnd.Frame> frames = other.receiveAll();
        assertEquals(1, frames.size());
        assertSuperFrame(packet, frames.getFirst(), GSO_TCPV4, espMax - ClearEsp.OVERHEAD - 54);
        assertEquals(2, frames.getFirst().label());
        assertArrayEquals(frame, one.transmitted(frame.length));
        assertEquals(1, one.sent());
    }

    private static void assertSuperFrame(TestPacket packet, TunnelEnd.Frame found, int gsoType, int gsoSize) {
        byte[] expected = packet.frame();
        int transport = packet.transportOffset();
        assertEquals(gsoType, found.gsoType());
        assertEquals(gsoSize, found.gsoSize());
        assertTrue(found.needsChecksum());
        byte[] bytes = found.bytes().clone();
        // The checksum holds the pseudo-header's sum; all else is the frame that was sent.
        bytes[transport + 16] = expected[transport + 16];
        bytes[transport + 17] = expected[transport + 17];
        assertArrayEquals(expected, bytes);
    }

    @Test
    void shouldCutAndJoinIpv6WithTagAndOptions() {
        TestPacket packet = tcp6().payload(counting(20_000, 1));
        packet.vlan = 42;
        packet.tcpOptions = new byte[] {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
        byte[] frame = packet.frame();

        one.transmit(frame, 5, 1, GSO_TCPV6, 1000, packet.transportOffset(), 16);

        List<TunnelEnd.Frame> frames = other.receiveAll();
        assertEquals(1, frames.size());
        assertSuperFrame(packet, frames.getFirst(), GSO_TCPV6, 1000);
    }

    @Test
    void shouldCutDatagramsAsTheirSenderWantsThem() {
        TestPacket packet = udp(5000);

        one.transmit(packet.frame(), 2, 1, GSO_UDP_L4, 1200, 34, 6);

        List<TunnelEnd.Frame> frames = other.receiveAll();
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (TunnelEnd.Frame frame : frames) {
            assertEquals(0, transportSum(frame.bytes(), 14, 34, UDP));
            joined.writeBytes(Arrays.copyOfRange(frame.bytes(), 42, frame.bytes().length));
        }
        assertEquals(
                List.of(1242, 1242, 1242, 1242, 242),
                frames.stream().map(f -> f.bytes().length).toList());
        assertArrayEquals(packet.payload, joined.toByteArray());
    }

    @Test
    void shouldSendRunsOfEqualLengthAsOneMessage() {
        for (int i = 0; i < 3; i++) {
            one.transmitter.flush();
        }
        one.transmit(tcp().payload(counting(14_480, 1)).frame(), 2, 1, GSO_TCPV4, 1000, 34, 16);

        assertEquals(1, far.inbox.size());
        assertEquals(1054 + ClearEsp.OVERHEAD, far.inbox.getFirst().segment());
        assertEquals(15, far.inbox.getFirst().datagrams());
    }

    @Test
    void shouldRefuseASuperFrameThatItCannotSegment() {
        one.transmit(udp(5000).frame(), 2, 1, 3, 1200, 34, 6);

        assertEquals(1, one.dropped(DropReason.ESP_UNSEGMENTABLE));
        assertTrue(other.receive().isEmpty());
    }

    @Test
    void shouldBeUpDownOrWithoutCarrier() {
        TunnelSettings settings = TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, true);
        TunnelEnd.TestDevice device =
                new TunnelEnd.TestDevice(TunnelParts.of(0, settings, esp, esp, MemoryTransport.alone(), () -> 0));

        assertEquals(PortDevice.Link.UP, device.link());
        device.outboundSa = false;
        assertEquals(PortDevice.Link.NO_CARRIER, device.link());
        device.address = false;
        assertEquals(PortDevice.Link.DOWN, device.link());
        assertEquals("memory", device.io());
        assertEquals(1500 - 28 - 32 - 2 - 14, device.mtu());
        assertThrows(PortException.class, () -> device.transmitter(one.counters, false));
        device.close();
    }
}
