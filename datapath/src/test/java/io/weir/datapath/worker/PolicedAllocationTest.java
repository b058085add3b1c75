package io.weir.datapath.worker;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * All stages under a policy that allows, denies, rejects, redirects, mirrors and limits, and with label options to verify, write and
 * strip: nothing is allocated.
 */
@Timeout(120)
class PolicedAllocationTest {
    private static final int PACKETS = 500_000;
    private static final int ROUNDS = 4;
    private static final int JVM_BYTES = 1024;
    private static final int WARM_UP_PACKETS = 500_000;
    private static final int BATCHES_PER_EPOCH = 500;
    private static final List<PortSettings> PORTS = PortLines.parse("""
            a access 10 enforce dhcp client wire-label verify
            b access 10 enforce wire-label required
            c access 10 audit wire-label strip
            u access 10 enforce role uplink dhcp server
            l access 99
            """);

    private final Pipeline pipeline =
            new Pipeline(0, withoutLoops(), new PortBlocks(), (kind, port, mac, other) -> {}, 0);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final PacketBatch batch = new PacketBatch();
    private final List<byte[]> frames = frames();
    private final PortTable table = new PortTable(PORTS.stream()
            .map(port -> new PortTable.Entry(PORTS.indexOf(port), port, true, true, 1500))
            .toList());
    private final Policy[] epochs = {new Mixed(1), new Mixed(2)};
    private long nowNs;
    private int batches;

    /** What it says of a flow follows from its ports and the epoch. */
    private record Mixed(int epoch) implements Policy {
        private static final int LOWEST_LEVEL = 3;
        private static final Levels NUMBERS = new Levels() {
            @Override
            public int number(WireLevel level) {
                return level.sensitivity();
            }

            @Override
            public void read(int number, WireLevel level) {
                level.begin(number);
            }
        };
        private static final Limits LIMITS = new Limits(1, 1000, 100, 1_000_000, 50, null);

        @Override
        public int portId(String portName) {
            return 1 + portName.charAt(0) - 'a';
        }

        @Override
        public String portName(int portId) {
            return "";
        }

        @Override
        public int guard(FlowKey sender) {
            return (sender.sourceMac() & 0xF) == 0xD ? DropReason.SPOOFED_IP.code() : 0;
        }

        @Override
        public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
            verdict.begin(epoch);
            verdict.identities(flow.ingressPort(), flow.egressPort());
            verdict.label(level(flow));
            switch ((flow.destinationPort() + epoch) % 8) {
                case 0 -> verdict.decide(Action.DROP, DropReason.EGRESS_DENIED.code());
                case 1 -> verdict.decide(Action.REJECT, DropReason.INGRESS_DENIED.code());
                case 2 -> {
                    verdict.decide(Action.REDIRECT, DropReason.EGRESS_DENIED.code());
                    verdict.redirectPort(portId("l"));
                }
                case 3 -> verdict.mirrorPort(portId("l"));
                case 4 -> verdict.limits(1);
                case 5 -> {
                    verdict.resetAtEnd(true);
                    verdict.limitValidity(nowNs + 5_000_000);
                }
                default -> {}
            }
        }

        @Override
        public boolean couldTalk(FlowKey ends, long nowNs) {
            return ends.egressPort() != 2;
        }

        @Override
        public Levels levels() {
            return NUMBERS;
        }

        @Override
        public int level(FlowKey ends) {
            return ends.label() != 0 ? ends.label() : LOWEST_LEVEL;
        }

        @Override
        public boolean mayLeave(int level, int portId) {
            return true;
        }

        @Override
        public @Nullable Limits limits(int number) {
            return number == 1 ? LIMITS : null;
        }
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void shouldAllocateNothingPerPacketUnderAPolicy() {
        for (int port = 0; port < PORTS.size(); port++) {
            CounterTable counters = pipeline.counters();
            int number = port;
            pipeline.attach(port, new Transmitter() {
                @Override
                public int offloads() {
                    return Transmitter.TAKES_ALL;
                }

                @Override
                public void transmit(long address, int length) {
                    counters.add(number, CounterTable.TX_FRAMES, 1);
                }

                @Override
                public void flush() {}
            });
        }
        run(WARM_UP_PACKETS);

        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > JVM_BYTES; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(PACKETS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertTrue(least <= JVM_BYTES, least + " bytes for " + PACKETS + " packets");
        for (DropReason reason : List.of(
                DropReason.SPOOFED_IP,
                DropReason.EGRESS_DENIED,
                DropReason.INGRESS_DENIED,
                DropReason.RATE_EXCEEDED,
                DropReason.TCP_NO_SESSION,
                DropReason.WIRE_LABEL_MISSING,
                DropReason.WIRE_LABEL_INVALID,
                DropReason.WIRE_LABEL_DOMAIN,
                DropReason.WIRE_LABEL_UNKNOWN)) {
            long drops = 0;
            for (int port = 0; port < PORTS.size(); port++) {
                drops += pipeline.counters().drops(port, reason.code());
            }
            assertTrue(drops > 0, reason.label());
        }
    }

    private void run(int packets) {
        int next = 0;
        for (int done = 0; done < packets; done += PacketBatch.CAPACITY) {
            nowNs += 1_000_000;
            pipeline.begin(table, epochs[batches++ / BATCHES_PER_EPOCH % 2], nowNs);
            batch.reset(batches % 4, nowNs);
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
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
        Memory.copy(frame, 0, address + VirtioNetHeader.LENGTH, frame.length);
        batch.add(address + VirtioNetHeader.LENGTH, frame.length, i);
        batch.label(i, (i + batches) % 4);
    }

    /** Every frame meets every port: taken for a loop, that would shut all ports but one. */
    private static SwitchSettings withoutLoops() {
        SwitchSettings base = SwitchSettings.DEFAULT;
        int capacity = base.macTableCapacity();
        return new SwitchSettings(1, base.idle(), null, capacity, base.ageingNs(), true, 0, 0, 0, List.of(), 1024);
    }

    private static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>(SampleFrames.all().values());
        long[] macs = {MAC_A, MAC_B, MAC_C, 0x0200_0000_000DL};
        for (int i = 0; i < 64; i++) {
            long from = macs[i % 4];
            long to = macs[(i + 1 + i / 4 % 3) % 4];
            frames.add(udp(from, to, 1000 + i % 5, i % 16));
            frames.add(tcp(from, to, 1000, 16 + i % 16, i % 3 == 0 ? SYN : ACK, 100, 100));
            frames.add(icmp(from, to, 8, 0, i));
            frames.add(udp(from, BROADCAST, 1, i));
        }
        for (int sensitivity = 0; sensitivity < 16; sensitivity++) {
            frames.add(LabelFrames.labelled(String.format("860a000000030104%04x0000", sensitivity)));
        }
        frames.add(LabelFrames.labelled6("0708000000100002bfd901020000"));
        frames.add(LabelFrames.labelled6("0708000000100002bfd801020000"));
        frames.add(LabelFrames.labelled("860a00000003010000020000"));
        frames.add(LabelFrames.labelled("860a00000004010400020000"));
        frames.add(LabelFrames.labelled("860b00000003010500057000"));
        frames.add(fragment(MAC_A, MAC_B, 6, true));
        frames.add(fragment(MAC_A, MAC_B, 6, false));
        frames.add(icmpError(MAC_B, MAC_A, 3, 3, udp(MAC_A, MAC_B, 1000, 6)));
        frames.add(udp(MAC_A, BROADCAST, 0, -1, 68, 67));
        frames.add(Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)));
        frames.addAll(frames.size() % 2 == 0 ? List.of(new byte[13]) : List.of());
        return frames;
    }
}
