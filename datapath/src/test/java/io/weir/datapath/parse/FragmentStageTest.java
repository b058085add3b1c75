package io.weir.datapath.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class FragmentStageTest {
    private static final int PASSED = DropReason.NONE;
    private static final int OVERLAP = DropReason.FRAGMENT_OVERLAP.code();
    private static final int FULL = DropReason.FRAGMENT_TABLE_FULL.code();
    private static final long SEED = 0x0F4A61E5L;

    private final ParseBench bench = new ParseBench();
    private final FragmentStage stage = new FragmentStage(8, 4);
    private int port;
    private int tag;
    private int source = 1; // last byte of the IPv4 source address
    private long nowNs;

    @AfterEach
    void close() {
        bench.close();
        stage.close();
    }

    @Test
    void shouldPassAndForgetWhenDatagramIsWhole() {
        assertEquals(PASSED, version4(1, 0, 16, true));
        assertEquals(1, stage.datagrams());
        assertEquals(PASSED, version4(1, 24, 5, false));
        assertEquals(PASSED, version4(1, 16, 8, true));

        assertEquals(0, stage.datagrams());
    }

    @Test
    void shouldPassAndForgetWhenDatagramIsTheLargest() {
        assertEquals(PASSED, version4(1, 0, 32_768, true));
        assertEquals(PASSED, version4(1, 32_768, 32_744, false));

        assertEquals(0, stage.datagrams());
    }

    @Test
    void shouldDropTheRestWhenFragmentsOverlap() {
        assertEquals(PASSED, version4(1, 0, 16, true));
        assertEquals(OVERLAP, version4(1, 8, 16, true));
        assertEquals(OVERLAP, version4(1, 64, 8, true), "poisoned");
        assertEquals(PASSED, version4(2, 8, 16, true), "another datagram");
    }

    @Test
    void shouldDropWhenVersion6FragmentsOverlap() {
        assertEquals(PASSED, version6(1, 0, 24, true));
        assertEquals(PASSED, version6(2, 0, 24, true));
        assertEquals(OVERLAP, version6(1, 16, 24, true));
        assertEquals(OVERLAP, version6(1, 96, 3, false), "poisoned");
    }

    @Test
    void shouldDropWhenEndsContradict() {
        assertEquals(PASSED, version4(1, 64, 8, false));
        assertEquals(OVERLAP, version4(1, 80, 8, true), "behind the end");
        assertEquals(PASSED, version4(2, 64, 8, true));
        assertEquals(OVERLAP, version4(2, 32, 8, false), "an end before known bytes");
        assertEquals(PASSED, version4(3, 64, 8, false));
        assertEquals(OVERLAP, version4(3, 32, 8, false), "two ends");
    }

    @Test
    void shouldTellDatagramsApartByPortAndVlanButNotByPriority() {
        assertEquals(PASSED, version4(1, 0, 16, true));
        port = 7;
        assertEquals(PASSED, version4(1, 0, 16, true));
        tag = 0x2005;
        assertEquals(PASSED, version4(1, 0, 16, true));
        tag = 0xE005;
        assertEquals(OVERLAP, version4(1, 0, 16, true));
    }

    @Test
    void shouldRefuseWhenPortHasItsQuota() {
        for (int id = 0; id < 4; id++) {
            assertEquals(PASSED, version4(id, 0, 8, true));
        }

        assertEquals(FULL, version4(4, 0, 8, true));
        port = 1;
        assertEquals(PASSED, version4(4, 0, 8, true), "another port has its own");
    }

    @Test
    void shouldEvictTheOldestOfItsSourceWhenPortHasItsQuota() {
        source = 9;
        assertEquals(PASSED, version4(1, 0, 8, true), "the oldest, of another source");
        source = 1;
        for (int id = 2; id <= 4; id++) {
            nowNs += 1;
            assertEquals(PASSED, version4(id, 0, 8, true));
        }
        nowNs += FragmentTable.MIN_AGE_NS - 3;
        assertEquals(FULL, version4(5, 0, 8, true), "its oldest is too young by one nanosecond");
        nowNs += 1;

        assertEquals(PASSED, version4(5, 0, 8, true));

        assertEquals(4, stage.datagrams());
        assertEquals(OVERLAP, version4(3, 0, 8, true), "a younger one stays known");
        source = 9;
        assertEquals(OVERLAP, version4(1, 0, 8, true), "another source's stays known");
        source = 1;
        assertEquals(FULL, version4(2, 0, 8, true), "was forgotten, and is a new one");
    }

    @Test
    void shouldEvictTheOldestOfThePortWhenItsSourceHasNone() {
        for (int id = 1; id <= 4; id++) {
            source = id;
            assertEquals(PASSED, version4(id, 0, 8, true));
        }
        source = 5;
        assertEquals(FULL, version4(5, 0, 8, true));
        nowNs += FragmentTable.MIN_AGE_NS;

        assertEquals(PASSED, version4(5, 0, 8, true));

        assertEquals(4, stage.datagrams());
        source = 2;
        assertEquals(OVERLAP, version4(2, 0, 8, true), "a younger one stays known");
    }

    @Test
    void shouldEvictPoisonedOnesToo() {
        for (int id = 1; id <= 4; id++) {
            assertEquals(PASSED, version4(id, 0, 8, true));
        }
        assertEquals(OVERLAP, version4(1, 0, 8, true));
        nowNs += FragmentTable.MIN_AGE_NS;

        assertEquals(PASSED, version4(5, 0, 8, true));

        assertEquals(4, stage.datagrams());
        assertEquals(OVERLAP, version4(2, 0, 8, true));
    }

    @Test
    void shouldPassWholeDatagramsWhenOthersAreNeverCompleted() {
        for (int id = 0; id < 1000; id++) {
            nowNs += 500_000_000L;
            source = 66;
            assertEquals(PASSED, version4(id, 0, 8, true), "lone fragment " + id);
            source = 1;
            assertEquals(PASSED, version4(id, 0, 16, true), "datagram " + id);
            assertEquals(PASSED, version4(id, 16, 8, false), "datagram " + id);
        }
        assertEquals(3, stage.datagrams(), "the lone ones, of which the last datagram evicted one");
    }

    @Test
    void shouldTakeFromThePortWithTheMostWhenTableIsFull() {
        for (int id = 0; id < 8; id++) {
            port = id / 4;
            assertEquals(PASSED, version4(id, 0, 8, true));
        }
        port = 2;

        for (int id = 8; id < 10; id++) {
            assertEquals(PASSED, version4(id, 0, 8, true), "one of each port of four");
        }
        assertEquals(FULL, version4(10, 0, 8, true), "3, 3 and 2: nobody has two more");

        assertEquals(8, stage.datagrams());
        nowNs += FragmentTable.MIN_AGE_NS;
        assertEquals(PASSED, version4(10, 0, 8, true), "its own oldest");
        assertEquals(OVERLAP, version4(9, 0, 8, true));
        port = 1;
        assertEquals(OVERLAP, version4(5, 0, 8, true));
    }

    @Test
    void shouldTakeFromAnotherPortWhenAllHaveOne() {
        for (port = 0; port < 8; port++) {
            assertEquals(PASSED, version4(1, 0, 8, true));
        }
        assertEquals(FULL, version4(1, 0, 8, true));
        nowNs += FragmentTable.MIN_AGE_NS;

        assertEquals(PASSED, version4(1, 0, 8, true));
        assertEquals(8, stage.datagrams());
    }

    @Test
    void shouldForgetWhenTimeIsOver() {
        assertEquals(PASSED, version4(1, 0, 8, true));
        nowNs += 29_999_999_999L;
        assertEquals(PASSED, version4(1, 8, 8, true));
        nowNs += 1;

        assertEquals(PASSED, version4(1, 0, 8, true));
    }

    @Test
    void shouldForgetPoisonedOnesEarlier() {
        assertEquals(PASSED, version4(1, 0, 8, true));
        assertEquals(PASSED, version4(2, 0, 8, true));
        nowNs += 1_000_000_000L;
        assertEquals(OVERLAP, version4(2, 0, 8, true));
        nowNs += 1_999_999_999L;
        assertEquals(OVERLAP, version4(2, 8, 8, true));
        nowNs += 1;

        assertEquals(PASSED, version4(2, 8, 8, true));
        assertEquals(OVERLAP, version4(1, 0, 8, true), "one without overlap stays known");
    }

    @Test
    void shouldLeaveWholePacketsAlone() {
        for (int i = 0; i < 2; i++) {
            assertEquals(PASSED, pass(sample("udp4")));
            assertEquals(PASSED, pass(sample("atomic fragment6")));
        }

        assertEquals(0, stage.datagrams());
        assertEquals(Set.of(DropReason.FRAGMENT_OVERLAP, DropReason.FRAGMENT_TABLE_FULL), stage.dropReasons());
    }

    @Test
    void shouldRefuseToBeMadeWithoutCapacity() {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> new FragmentStage(0, 4));

        assertTrue(refused.toString().endsWith("were 0 and 4"), refused.toString());
    }

    @Test
    void shouldAgreeWithAListOfIntervals() {
        Random random = new Random(SEED);
        for (int id = 0; id < 5000; id++) {
            Intervals oracle = new Intervals();
            for (int fragments = 1 + random.nextInt(12); fragments > 0 && !oracle.complete(); fragments--) {
                int start = 8 * random.nextInt(id % 2 == 0 ? 8 : 150);
                boolean more = start == 0 || random.nextInt(4) > 0; // else it is a whole datagram
                int length = more ? 8 * (1 + random.nextInt(id % 3 == 0 ? 3 : 170)) : 1 + random.nextInt(40);
                int expected = oracle.add(start, start + (length + 7) / 8 * 8, !more) ? PASSED : OVERLAP;

                int reason = version4(id, start, length, more);

                assertEquals(expected, reason, "datagram " + id + " at " + start + "+" + length + ", seed " + SEED);
            }
            assertEquals(oracle.complete() ? 0 : 1, stage.datagrams(), "datagram " + id);
            nowNs += FragmentTable.LIFETIME_NS;
        }
    }

    /** The oracle: every interval seen, compared with every other. */
    private static final class Intervals {
        private final List<int[]> seen = new ArrayList<>();
        private boolean poisoned;
        private int datagramEnd = -1;

        boolean add(int start, int end, boolean last) {
            for (int[] other : seen) {
                poisoned |= start < other[1] && other[0] < end;
                poisoned |= last && other[1] > end;
            }
            poisoned |= datagramEnd >= 0 && (end > datagramEnd || (last && end != datagramEnd));
            if (last) {
                datagramEnd = end;
            }
            seen.add(new int[] {start, end});
            return !poisoned;
        }

        boolean complete() {
            int bytes = seen.stream()
                    .mapToInt(interval -> interval[1] - interval[0])
                    .sum();
            return !poisoned && bytes == datagramEnd;
        }
    }

    private int version4(int id, int start, int length, boolean more) {
        byte[] packet = ipv4(17, (more ? 0x2000 : 0) | start >>> 3, new byte[0], payload(start, length));
        packet[4] = (byte) (id >>> 8);
        packet[5] = (byte) id;
        packet[15] = (byte) source;
        return pass(tag == 0 ? ethernet(0x0800, packet) : tagged(0x8100, tag, 0x0800, packet));
    }

    private int version6(int id, int start, int length, boolean more) {
        byte[] header = fragmentHeader(17, start, more);
        header[7] = (byte) id;
        return pass(ethernet(0x86DD, ipv6(60, extension(44, 0), header, payload(start, length))));
    }

    // A UDP header in every fragment: the parse stage looks only at the first.
    private static byte[] payload(int start, int length) {
        byte[] payload = counting(length);
        if (start == 0 && length >= 8) {
            System.arraycopy(hex("0001000240000000"), 0, payload, 0, 8);
        }
        return payload;
    }

    private int pass(byte[] frame) {
        bench.write(frame);
        PacketBatch batch = bench.batch;
        batch.reset(port, nowNs);
        batch.add(bench.address(), frame.length, 0);
        bench.stage.process(batch);
        if (batch.forwarded(0)) {
            stage.process(batch);
        }
        return batch.dropReason(0);
    }
}
