package io.weir.datapath.label;

import java.util.Arrays;
import java.util.List;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PolicySettings.WireLabel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What holds for any packet that the parse stage lets in: reading changes nothing but the level; behind a strip there is no label
 * option; behind a write there is exactly the one that was asked for; and the payload is the same.
 */
final class LabelLaws {
    /** A hop-by-hop options header with all categories. */
    static final int MAX_GROWTH = 144;

    private static final List<String> LEVELS =
            List.of("s0", "s2", "s5:c1.c3", "s15:c0,c7,c239", "s9:c240", "s3:c1000", "s1:c0.c1023");

    private final LabelBench bench;

    LabelLaws(LabelBench bench) {
        this.bench = bench;
    }

    /** Checks them all on a frame with its virtio-net header. */
    void check(byte[] header, byte[] frame) {
        for (WireLabel setting : LabelBench.SETTINGS) {
            if (!bench.offer(setting, header, frame)) {
                return;
            }
            byte[] payload = payload();
            bench.stage.process(bench.batch);
            if (bench.batch.dropReason(0) == DropReason.NONE) {
                assertArrayEquals(payload, payload());
                assertTrue(setting == WireLabel.STRIP ? isBare() : Arrays.equals(frame, bench.frame()), setting.name());
                reparse();
            }
        }
        for (String level : LEVELS) {
            write(WireLabel.REQUIRED, level, header, frame);
            write(WireLabel.VERIFY, level, header, frame);
        }
        write(WireLabel.STRIP, "s2", header, frame);
    }

    private void write(WireLabel setting, String text, byte[] header, byte[] frame) {
        int level = TablePolicy.LEVELS.number(text);
        bench.offer(WireLabel.NONE, header, frame);
        bench.batch.label(0, level);
        byte[] payload = payload();
        int outcome = bench.writer.prepare(bench.batch, 0, setting);
        if (outcome == LabelWriter.KEEP || outcome == LabelWriter.UNWRITABLE || !bench.writer.fits(bench.batch, 0)) {
            return;
        }
        int growth = bench.writer.growth();
        assertTrue(growth <= MAX_GROWTH, "growth of " + growth);
        int transport = bench.batch.transportOffset(0);
        bench.batch.reframe(0, bench.writer.apply(bench.batch.address(0)), bench.batch.length(0) + growth);
        bench.batch.packetLength(0, bench.batch.packetLength(0) + growth);
        bench.batch.transportOffset(0, transport == 0 ? 0 : transport + growth);
        assertArrayEquals(payload, payload());
        reparse();
        assertTrue(setting == WireLabel.STRIP ? isBare() : isBare() || saysOnly(level), text);
        assertTrue(setting != WireLabel.REQUIRED || bench.batch.is(0, PacketBatch.IS_ICMPV6_ND) || !isBare(), text);
        assertEquals(LabelWriter.KEEP, bench.prepareAgain(level, setting));
    }

    /** What is behind the IP header and a hop-by-hop options header. */
    private byte[] payload() {
        if (!bench.batch.is(0, PacketBatch.IS_IPV4 | PacketBatch.IS_IPV6)) {
            return bench.frame();
        }
        byte[] frame = bench.frame();
        int network = bench.batch.networkOffset(0);
        int begin = bench.batch.is(0, PacketBatch.IS_IPV4)
                ? network + (frame[network] & 0xF) * 4
                : network + 40 + (frame[network + 6] == 0 ? (1 + (frame[network + 41] & 0xFF)) * 8 : 0);
        return Arrays.copyOfRange(frame, begin, frame.length);
    }

    /** The bytes are what the metadata says, and still well-formed. */
    private void reparse() {
        int transport = bench.batch.transportOffset(0);
        int packet = bench.batch.packetLength(0);
        byte[] header = bench.header();
        byte[] frame = bench.frame();
        assertTrue(bench.offer(WireLabel.VERIFY, header, frame), "malformed now");
        assertEquals(transport, bench.batch.transportOffset(0));
        assertEquals(packet, bench.batch.packetLength(0));
    }

    private boolean isBare() {
        bench.batch.label(0, 0);
        return bench.writer.prepareRemoval(bench.batch, 0) == LabelWriter.KEEP;
    }

    private boolean saysOnly(int level) {
        bench.batch.label(0, 0);
        bench.stage.process(bench.batch);
        return bench.batch.dropReason(0) == DropReason.NONE && bench.batch.label(0) == level;
    }
}
