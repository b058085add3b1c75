package io.weir.datapath.worker;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.capture.ActiveCaptures;
import io.weir.datapath.capture.CaptureRequest;
import io.weir.datapath.capture.CaptureSession;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** All stages together, over every kind of frame that there is a sample of and what a switch answers or drops. */
@Timeout(120)
class PipelineAllocationTest {
    private static final int PACKETS = 1_000_000;
    private static final int ROUNDS = 4;
    private static final int JVM_BYTES = 1024;
    private static final int WARM_UP_PACKETS = 300_000;
    private static final long HOST_D = 0x0200_0000_000DL;
    private static final int IP_D = Traffic.IP_A + 3;
    private static final List<PortSettings> PORTS = PortLines.parse("""
            a access 10 suppress-neighbours storm 1000,1000,1000
            b access 10 hairpin
            t trunk 10,20 native 20
            q tunnel 10 mtu 1000
            """);

    private final Pipeline pipeline =
            new Pipeline(0, withoutLoops(), new PortBlocks(), (kind, port, mac, other) -> {}, 0);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final PortTable table = table();
    private final PacketBatch batch = new PacketBatch();
    private final List<byte[]> frames = frames();
    // Speaks on port a only, so that the switch can answer the others for it.
    private final byte[] answeredFor = Traffic.arpRequest(HOST_D, IP_D, IP_D);
    private long nowNs;

    /** Takes everything, or nothing so that checksums and segments are made in software. */
    private record Sink(int offloads, int number, CounterTable counters) implements Transmitter {
        @Override
        public void transmit(long address, int length) {
            counters.add(number, CounterTable.TX_FRAMES, 1);
        }

        @Override
        public void flush() {}
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void shouldAllocateNothingPerPacketWhileNothingIsCaptured() {
        assertTrue(threads.isThreadAllocatedMemoryEnabled(), "the JVM must count allocated bytes");
        attachAll();

        assertNothingAllocated();
    }

    @Test
    void shouldAllocateNothingPerPacketWhileEverythingIsCaptured() {
        attachAll();
        ActiveCaptures captures = new ActiveCaptures(List.of(pipeline.capture()));
        captures.portsChanged(table);
        CaptureSession session = captures.start(CaptureRequest.EVERYTHING, 0);

        assertNothingAllocated();

        assertTrue(session.matched() > PACKETS, "captured " + session.matched());
        captures.stop(session);
    }

    private void attachAll() {
        for (int port = 0; port < PORTS.size(); port++) {
            int offloads = port % 2 == 0 ? Transmitter.TAKES_ALL : 0;
            pipeline.attach(port, new Sink(offloads, port, pipeline.counters()));
        }
    }

    private void assertNothingAllocated() {
        run(WARM_UP_PACKETS);

        // The JVM may add a little in every round for compiled code coming and going (64 bytes were seen). One object a
        // batch, the least that a stage could cost, would be a quarter of a million bytes.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > JVM_BYTES; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(PACKETS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertTrue(least <= JVM_BYTES, least + " bytes for " + PACKETS + " packets");
        assertTrue(count(CounterTable.FORWARDED) > count(CounterTable.RX_FRAMES) / 4, "too little is forwarded");
        assertTrue(count(CounterTable.REPLICATED) > 0);
        assertTrue(count(CounterTable.ORIGINATED) > 0);
        assertTrue(count(CounterTable.RX_FRAMES) > count(CounterTable.FORWARDED), "some are dropped");
    }

    private long count(int counter) {
        long sum = 0;
        for (int port = 0; port < PORTS.size(); port++) {
            sum += pipeline.counters().read(port, counter);
        }
        return sum;
    }

    /** Batches of all ports in turn; the frames move on by one each time, so that every frame meets every port. */
    private void run(int packets) {
        int next = 0;
        for (int done = 0; done < packets; done += PacketBatch.CAPACITY) {
            nowNs += 1_000_000;
            pipeline.begin(table, null, nowNs);
            batch.reset((int) (nowNs / 1_000_000 % PORTS.size()), nowNs);
            add(0, batch.ingressPort() == 0 ? answeredFor : frames.get(0));
            for (int i = 1; i < PacketBatch.CAPACITY; i++) {
                add(i, frames.get(next));
                next = next + 1 == frames.size() ? 0 : next + 1;
            }
            pipeline.process(batch);
            pipeline.housekeeping(nowNs);
        }
    }

    private void add(int i, byte[] frame) {
        long address = pipeline.pool().receiveAddress(i);
        Memory.writeLong(address, 0);
        Memory.writeInt(address + VirtioNetHeader.LENGTH - Integer.BYTES, 0);
        if (frame.length > 4000) {
            superFrame(address);
        }
        Memory.copy(frame, 0, address + VirtioNetHeader.LENGTH, frame.length);
        batch.add(address + VirtioNetHeader.LENGTH, frame.length, i);
    }

    /** Flags, type TCP over IPv4, header length 54, segments of 900 bytes, checksum at 34 and 16 (little endian). */
    private static void superFrame(long address) {
        Memory.writeLong(address, 0x0022_0384_0036_0101L);
        Memory.writeInt(address + 6, 0x0010_0022);
    }

    /** Every frame meets every port: taken for a loop, that would shut all ports but one. */
    private static SwitchSettings withoutLoops() {
        SwitchSettings base = SwitchSettings.DEFAULT;
        return new SwitchSettings(
                1,
                base.idle(),
                null,
                base.macTableCapacity(),
                base.ageingNs(),
                true,
                0,
                base.recoveryNs(),
                0,
                List.of());
    }

    private static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>(SampleFrames.all().values());
        frames.add(Traffic.plain(Traffic.HOST_B, Traffic.HOST_A));
        frames.add(Traffic.plain(Traffic.BROADCAST, Traffic.HOST_C));
        frames.add(Traffic.tagged(10, Traffic.plain(Traffic.HOST_A, Traffic.HOST_B)));
        frames.add(Traffic.bpdu(Traffic.HOST_A));
        frames.add(Traffic.arpRequest(Traffic.HOST_A, Traffic.IP_A, Traffic.IP_B));
        frames.add(Traffic.arpRequest(Traffic.HOST_B, Traffic.IP_B, IP_D));
        frames.add(Traffic.igmpQuery(Traffic.HOST_C, Traffic.IP_B));
        frames.add(Traffic.igmpReport(Traffic.HOST_B, Traffic.IP_B, Traffic.GROUP));
        frames.add(Traffic.multicast(Traffic.HOST_A, Traffic.IP_A, Traffic.GROUP));
        byte[] tcp = SampleFrames.ipv4(6, SampleFrames.tcp(SampleFrames.counting(5000)));
        frames.add(Traffic.frame(Traffic.HOST_B, Traffic.HOST_A, 0x0800, tcp));
        frames.add(new byte[0]);
        // An odd number, so that each frame takes each place of a batch.
        frames.addAll(frames.size() % 2 == 0 ? List.of(new byte[13]) : List.of());
        return frames;
    }

    private static PortTable table() {
        List<PortTable.Entry> entries = new ArrayList<>();
        for (PortSettings port : PORTS) {
            entries.add(new PortTable.Entry(entries.size(), port, true, true, port.mtu()));
        }
        return new PortTable(entries);
    }
}
