package io.weir.ipsec.tunnel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.TrafficSelector;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Whatever arrives, each datagram has one fate: a frame, a part of a super-frame, a drop with a reason of the stage "esp-decrypt", or
 * counted as no ESP. And what an attacker sends that has no key is never a frame.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileDatagramsTest {
    private static final int MUTATIONS = 100_000;
    private static final int BATCH = 20;

    @Test
    void shouldAcceptNothingThatWasAltered() {
        Random random = new Random(0x5EA1ED);
        TunnelSettings settings = TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, true);
        try (RealEsp esp = new RealEsp(EspCipher.AES_256_GCM_16, 0, 2, 5)) {
            MemoryTransport wire = MemoryTransport.alone();
            MemoryTransport in = MemoryTransport.alone();
            try (TunnelEnd sender = new TunnelEnd(wire, esp.sealer(), esp.opener(), settings);
                    TunnelEnd receiver = new TunnelEnd(in, esp.sealer(), esp.opener(), settings)) {
                Map<DropReason, Integer> found = new EnumMap<>(DropReason.class);
                for (int done = 0; done < MUTATIONS; done += BATCH) {
                    byte[] sealed = seal(sender, wire, random);
                    for (int i = 0; i < BATCH; i++) {
                        in.inbox.add(message(mutate(sealed, random), random));
                    }
                    for (TunnelEnd.Frame frame : receiver.receiveAll()) {
                        assertTrue(frame.dropped(), "accepted after " + done);
                        found.merge(DropReason.ofCode(frame.dropReason()), 1, Integer::sum);
                    }
                    // The genuine one still passes: no forged one moved the window, or the receiver's state.
                    in.inbox.add(MemoryTransport.Message.of(sealed));
                    assertEquals(0, receiver.receiveAll().getFirst().dropReason());
                }
                assertConserved(receiver, found);
                assertTrue(
                        found.getOrDefault(DropReason.ESP_AUTHENTICATION_FAILED, 0) > MUTATIONS / 4, found.toString());
                assertTrue(found.getOrDefault(DropReason.ESP_SPI_UNKNOWN, 0) > 100, found.toString());
                assertTrue(found.getOrDefault(DropReason.ESP_TRUNCATED, 0) > 100, found.toString());
                assertTrue(found.keySet().stream()
                        .allMatch(reason -> reason.stage().equals("esp-decrypt")));
            }
        }
    }

    private static void assertConserved(TunnelEnd receiver, Map<DropReason, Integer> found) {
        TunnelCounters counters = receiver.parts.counters();
        long dropped = found.values().stream().mapToInt(Integer::intValue).sum();
        assertEquals(
                counters.read(TunnelCounters.RECEIVED),
                dropped
                        + MUTATIONS / BATCH
                        + counters.read(TunnelCounters.KEEPALIVES)
                        + counters.read(TunnelCounters.IKE_MESSAGES));
    }

    private static byte[] seal(TunnelEnd sender, MemoryTransport wire, Random random) {
        sender.transmit(tcp().payload(counting(random.nextInt(1200), 1)).frame(), random.nextBoolean() ? 2 : 5);
        return wire.sent.removeLast().bytes();
    }

    private static byte[] mutate(byte[] sealed, Random random) {
        byte[] bytes = sealed.clone();
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(300));
            case 2 -> noise(random);
            case 3 -> flip(bytes, random.nextInt(8), random);
            default -> flip(bytes, random.nextInt(bytes.length), random);
        };
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(2000)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] flip(byte[] bytes, int at, Random random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    /** With whatever length of segments the kernel may claim. */
    private static MemoryTransport.Message message(byte[] bytes, Random random) {
        return new MemoryTransport.Message(bytes, Math.max(1, bytes.length), random.nextInt(256) - 1);
    }

    /** A peer that has the keys and sends anything inside: nothing is thrown, and everything is accounted for. */
    @Test
    void shouldTakeAnythingFromAPeerThatHasTheKeys() {
        Random random = new Random(0xF00D);
        for (TunnelSettings.Payload payload : TunnelSettings.Payload.values()) {
            MemoryTransport in = MemoryTransport.alone();
            ClearEsp esp = new ClearEsp(2);
            try (TunnelEnd receiver = new TunnelEnd(in, esp, esp, settings(payload))) {
                long frames = 0;
                for (int i = 0; i < MUTATIONS / 10; i++) {
                    in.inbox.add(new MemoryTransport.Message(
                            clear(random), 1 + random.nextInt(3000), random.nextInt(5) - 1));
                    for (TunnelEnd.Frame frame : receiver.receiveAll()) {
                        frames++;
                        assertTrue(frame.dropReason() == 0
                                || DropReason.ofCode(frame.dropReason()).stage().equals("esp-decrypt"));
                    }
                }
                receiver.nowNs += WaitingPackets.PATIENCE_NS;
                frames += receiver.receiveAll().size();
                TunnelCounters counters = receiver.parts.counters();
                assertEquals(
                        counters.read(TunnelCounters.RECEIVED) + counters.read(TunnelCounters.NEIGHBOUR_MESSAGES),
                        frames
                                + counters.read(TunnelCounters.COALESCED)
                                + counters.read(TunnelCounters.KEEPALIVES)
                                + counters.read(TunnelCounters.IKE_MESSAGES));
            }
        }
    }

    /** Where there are selectors, everything passes them. */
    private static TunnelSettings settings(TunnelSettings.Payload payload) {
        TrafficSelector all = new TrafficSelector(new long[2], new long[] {-1, -1}, new long[2], new long[] {-1, -1});
        return payload == TunnelSettings.Payload.IP
                ? TunnelEnd.settings(payload, true, all)
                : TunnelEnd.settings(payload, true);
    }

    /** A frame or packet with a few wrong bytes, so that it gets far. */
    private static byte[] clear(Random random) {
        TestPacket packet = random.nextBoolean() ? tcp() : tcp6();
        packet.payload = counting(random.nextInt(1000), 3);
        byte[] frame = packet.frame();
        List<Integer> nextHeaders = new ArrayList<>(List.of(143, 4, 41, 59, random.nextInt(256)));
        boolean ip = random.nextBoolean();
        byte[] inner = ip ? Arrays.copyOfRange(frame, 14, frame.length) : frame;
        for (int i = random.nextInt(4); i > 0; i--) {
            inner[random.nextInt(Math.min(inner.length, 80))] = (byte) random.nextInt(256);
        }
        byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(inner, random.nextInt(inner.length)) : inner;
        byte[] datagram = new byte[cut.length + ClearEsp.OVERHEAD];
        write16(datagram, 2, 258);
        System.arraycopy(cut, 0, datagram, ClearEsp.HEADER, cut.length);
        int natural = ip ? (packet.version == 4 ? 4 : 41) : 143;
        int nextHeader = random.nextInt(5) == 0 ? nextHeaders.get(random.nextInt(5)) : natural;
        datagram[datagram.length - 1] = (byte) nextHeader;
        return datagram;
    }

    /** Any frame handed to the tunnel is sent, or dropped for one reason of the stage "esp-encrypt"; its bytes stay as they were. */
    @Test
    void shouldAccountForAnyFrame() {
        Random random = new Random(0xBADF);
        for (TunnelSettings.Payload payload : TunnelSettings.Payload.values()) {
            MemoryTransport out = MemoryTransport.alone();
            ClearEsp esp = new ClearEsp(2);
            try (TunnelEnd sender = new TunnelEnd(out, esp, esp, settings(payload))) {
                int frames = MUTATIONS / 5;
                for (int i = 0; i < frames; i++) {
                    transmit(sender, random);
                    out.sent.clear();
                    sender.receive();
                }
                assertEquals(frames, sender.sent() + sender.dropped());
                assertEquals(sender.dropped(), sender.refused.size());
                assertTrue(sender.refused.stream()
                        .allMatch(refused ->
                                DropReason.ofCode(refused.reason()).stage().equals("esp-encrypt")));
                assertTrue(sender.dropped() > 0);
                assertTrue(payload == TunnelSettings.Payload.IP || sender.sent() > frames / 4);
            }
        }
    }

    private static void transmit(TunnelEnd sender, Random random) {
        TestPacket packet = random.nextInt(3) == 0 ? udp(random.nextInt(3000)) : random.nextBoolean() ? tcp() : tcp6();
        packet.payload = counting(random.nextInt(random.nextInt(8) == 0 ? 40_000 : 2000), 3);
        packet.destinationMac = random.nextBoolean()
                ? 0x5254_0000_0002L
                : GatewayAddress.of("hv2", sender.parts.settings().local());
        byte[] frame = packet.frame();
        for (int i = random.nextInt(4); i > 0; i--) {
            frame[12 + random.nextInt(Math.min(frame.length, 80) - 12)] = (byte) random.nextInt(256);
        }
        byte[] cut = random.nextInt(8) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length)) : frame;
        int[] types = {0, 0, 1, 4, 5, 3};
        int type = types[random.nextInt(types.length)];
        boolean plain = type == 0 && random.nextBoolean();
        sender.transmit(
                cut,
                random.nextInt(10) == 0 ? 7 : 2,
                plain ? 0 : 1,
                type,
                type == 0 ? 0 : random.nextInt(2000),
                random.nextInt(60),
                random.nextInt(20));
        if (type != 0) {
            assertTrue(
                    Arrays.equals(cut, sender.transmitted(cut.length)),
                    "a changed a super-frame that others may send too");
        }
    }
}
