package io.weir.ipsec.tunnel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.segment.Segmenter;
import io.weir.ipsec.sa.EspCipher;
import io.weir.kernel.Memory;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Whatever a tunnel joins, who cuts it again gets the segments that the sender's side had sealed: byte for byte, each flow in the order in
 * which its datagrams arrived, none lost and none more. With random flows, sizes, levels, losses and orders on the way.
 */
class TunnelStreamPropertyTest {
    private static final int[] LEVELS = {0, 2, 5};
    private static final int SPARE = 70_000;

    @Property(tries = 150)
    void shouldBringEverySegmentThatArrivesInOrderAndUnchanged(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 12) int flows,
            @ForAll @IntRange(max = 20) int lossPercent,
            @ForAll @IntRange(max = 20) int swapPercent,
            @ForAll @IntRange(min = 600, max = 9000) int mtu) {
        try (RealEsp esp = new RealEsp(EspCipher.AES_256_GCM_16, LEVELS);
                RealEsp reference = new RealEsp(EspCipher.AES_256_GCM_16, LEVELS)) {
            MemoryTransport wire = MemoryTransport.alone();
            wire.mtu = mtu;
            MemoryTransport joined = MemoryTransport.alone();
            MemoryTransport single = MemoryTransport.alone();
            TunnelSettings settings = TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, true);
            try (TunnelEnd sender = new TunnelEnd(wire, esp.sealer(), esp.opener(), settings);
                    TunnelEnd receiver = new TunnelEnd(joined, esp.sealer(), esp.opener(), settings);
                    TunnelEnd oneByOne = new TunnelEnd(single, reference.sealer(), reference.opener(), settings)) {
                send(sender, random, flows);
                assertConserved(sender);
                List<byte[]> arriving = disturb(wire, random, lossPercent, swapPercent);
                Map<String, List<String>> expected = new HashMap<>();
                for (byte[] datagram : arriving) {
                    single.inbox.add(MemoryTransport.Message.of(datagram));
                    collect(oneByOne.receive(), expected);
                }
                deliver(joined, arriving, random);
                Map<String, List<String>> found = new HashMap<>();
                List<TunnelEnd.Frame> frames = receiver.receiveAll();
                collect(frames, found);

                assertEquals(expected, found);
                assertReceived(receiver, frames.size(), arriving.size());
            }
        }
    }

    private static void send(TunnelEnd sender, Random random, int flows) {
        int[] sequence = new int[flows];
        int[] identification = new int[flows];
        for (int n = 0; n < 40; n++) {
            int flow = random.nextInt(flows);
            TestPacket packet = flow % 3 == 2 ? tcp6() : tcp();
            packet.sourcePort = 40_000 + flow;
            packet.sequence = sequence[flow];
            packet.identification = identification[flow];
            packet.acknowledgment = random.nextInt(10) == 0 ? 7 : 2;
            packet.flags = random.nextInt(6) == 0 ? ACK | PSH : random.nextInt(20) == 0 ? ACK | FIN : ACK;
            packet.trafficClass = random.nextInt(15) == 0 ? 2 : 0;
            packet.vlan = flow % 4 == 3 ? 42 : 0;
            packet.tcpOptions = flow % 2 == 0 ? new byte[0] : new byte[] {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
            packet.payload = counting(random.nextInt(random.nextInt(4) == 0 ? 60_000 : 3000), n);
            boolean large = packet.payload.length > 500;
            int size = 100 + random.nextInt(1400);
            int label = LEVELS[flow % LEVELS.length];
            if (large) {
                int gsoType = packet.version == 4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6;
                sender.transmit(packet.frame(), label, 1, gsoType, size, packet.transportOffset(), 16);
            } else {
                sender.transmit(packet.frame(), label);
            }
            sequence[flow] += packet.payload.length;
            identification[flow] += 200;
        }
    }

    private static void assertConserved(TunnelEnd sender) {
        assertEquals(40, sender.sent() + sender.dropped());
        assertEquals(sender.dropped(), sender.refused.size());
        assertEquals(sender.sent(), sender.counters.read(TunnelEnd.PORT, CounterTable.TX_FRAMES));
    }

    private static List<byte[]> disturb(MemoryTransport wire, Random random, int lossPercent, int swapPercent) {
        List<byte[]> datagrams = new ArrayList<>();
        for (MemoryTransport.Message message : wire.sent) {
            for (int at = 0; at < message.bytes().length; at += message.segment()) {
                int end = Math.min(at + message.segment(), message.bytes().length);
                if (random.nextInt(100) >= lossPercent) {
                    datagrams.add(Arrays.copyOfRange(message.bytes(), at, end));
                }
            }
        }
        for (int i = 1; i < datagrams.size(); i++) {
            if (random.nextInt(100) < swapPercent) {
                byte[] swapped = datagrams.get(i - 1);
                datagrams.set(i - 1, datagrams.get(i));
                datagrams.set(i, swapped);
            }
        }
        return datagrams;
    }

    /** As the kernel's GRO hands them over: equal ones behind each other in one message, a shorter one at its end. */
    private static void deliver(MemoryTransport to, List<byte[]> datagrams, Random random) {
        int i = 0;
        while (i < datagrams.size()) {
            int segment = datagrams.get(i).length;
            int most = Math.min(1 + random.nextInt(40), DATAGRAM_BYTES / segment);
            byte[] bytes = new byte[0];
            int count = 0;
            boolean more = true;
            while (more && i < datagrams.size() && datagrams.get(i).length <= segment && count < Math.max(most, 1)) {
                byte[] next = datagrams.get(i++);
                byte[] longer = Arrays.copyOf(bytes, bytes.length + next.length);
                System.arraycopy(next, 0, longer, bytes.length, next.length);
                bytes = longer;
                count++;
                more = next.length == segment;
            }
            to.inbox.add(new MemoryTransport.Message(bytes, segment, 0));
        }
    }

    private static final int DATAGRAM_BYTES = 65_000;

    /** Segments by flow and level, super-frames cut as who receives them cuts them. */
    private static void collect(List<TunnelEnd.Frame> frames, Map<String, List<String>> into) {
        Segmenter segmenter = new Segmenter();
        long memory = Memory.map(2 * SPARE);
        try {
            for (TunnelEnd.Frame frame : frames) {
                if (frame.gsoType() == 0) {
                    add(frame.bytes(), frame.label(), into);
                    continue;
                }
                long address = memory + VirtioNetHeader.LENGTH;
                Memory.copy(frame.offload(), 0, memory, VirtioNetHeader.LENGTH);
                Memory.copy(frame.bytes(), 0, address, frame.bytes().length);
                for (int left = segmenter.begin(address, frame.bytes().length); left > 0; left--) {
                    byte[] segment = new byte[segmenter.next(memory + SPARE)];
                    Memory.copy(memory + SPARE, segment, 0, segment.length);
                    add(segment, frame.label(), into);
                }
            }
        } finally {
            Memory.unmap(memory, 2 * SPARE);
        }
    }

    private static void add(byte[] segment, int label, Map<String, List<String>> into) {
        int tag = u16(segment, 12) == 0x8100 ? 4 : 0;
        int transport = u16(segment, 12 + tag) == 0x0800 ? 34 + tag : 54 + tag;
        String flow = "level " + label + " port " + u16(segment, transport);
        into.computeIfAbsent(flow, _ -> new ArrayList<>())
                .add(segment.length + " bytes, hash " + Arrays.hashCode(segment) + ", seq "
                        + i32(segment, transport + 4));
    }

    private static void assertReceived(TunnelEnd receiver, int frames, int datagrams) {
        TunnelCounters counters = receiver.parts.counters();
        assertEquals(datagrams, counters.read(TunnelCounters.RECEIVED));
        assertEquals(datagrams, frames + counters.read(TunnelCounters.COALESCED));
    }
}
