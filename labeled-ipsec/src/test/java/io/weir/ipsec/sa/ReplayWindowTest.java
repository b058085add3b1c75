package io.weir.ipsec.sa;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Tables of numbers and answers, as WireGuard's selftest has them, and the cases of RFC 4303 appendix A2. */
class ReplayWindowTest {
    private static final int OLD = DropReason.ESP_TOO_OLD.code();
    private static final int SEEN = DropReason.ESP_REPLAYED.code();
    private static final long WRAP = 1L << 32;

    private record Row(long sequence, int answer) {}

    private static void run(int packets, List<Row> rows) {
        ReplayWindow window = new ReplayWindow(packets, 0);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            assertEquals(row.answer(), window.check(row.sequence()), "row " + i + ", number " + row.sequence());
            if (row.answer() == 0) {
                window.accept(row.sequence());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 192, 1024, 2048, 4032, 4096})
    void shouldAnswerByTheTable(int w) {
        run(
                w,
                List.of(
                        new Row(0, OLD),
                        new Row(1, 0),
                        new Row(1, SEEN),
                        new Row(9, 0),
                        new Row(8, 0),
                        new Row(7, 0),
                        new Row(7, SEEN),
                        new Row(w, 0),
                        new Row(w - 1, 0),
                        new Row(w - 1, SEEN),
                        new Row(w - 2, 0),
                        new Row(2, 0),
                        new Row(2, SEEN),
                        new Row(w + 16, 0),
                        new Row(3, OLD),
                        new Row(w + 16, SEEN),
                        new Row(16, OLD),
                        new Row(17, 0),
                        new Row(17, SEEN),
                        // The last of the window, and the first beyond it.
                        new Row(w * 4L, 0),
                        new Row(w * 3L + 1, 0),
                        new Row(w * 3L + 1, SEEN),
                        new Row(w * 3L, OLD),
                        new Row(w * 4L - (w - 1), SEEN),
                        new Row(10, OLD),
                        // Far jumps: the whole window is new.
                        new Row(1L << 20, 0),
                        new Row((1L << 20) - w + 1, 0),
                        new Row((1L << 20) - w, OLD),
                        new Row(w * 4L, OLD),
                        new Row(WRAP - 1, 0),
                        new Row(WRAP - 2, 0),
                        new Row(WRAP, 0),
                        new Row(WRAP - 1, SEEN),
                        new Row(WRAP + 1, 0),
                        new Row(WRAP - w + 2, 0),
                        new Row(WRAP - w + 1, OLD),
                        new Row(Long.MAX_VALUE, 0),
                        new Row(Long.MAX_VALUE, SEEN),
                        new Row(Long.MAX_VALUE - w + 1, 0),
                        new Row(Long.MAX_VALUE - w, OLD),
                        new Row(-1, OLD)));
    }

    @Test
    void shouldTakeEveryNumberOnceInBothOrders() {
        ReplayWindow window = new ReplayWindow(4096, 0);
        for (long sequence = 1; sequence <= 20_000; sequence++) {
            assertEquals(0, window.check(sequence));
            window.accept(sequence);
        }
        for (long sequence = 20_000; sequence > 0; sequence--) {
            assertEquals(sequence > 20_000 - 4096 ? SEEN : OLD, window.check(sequence));
        }
        window.accept(30_000);
        for (long sequence = 29_999; sequence > 30_000 - 4096; sequence--) {
            assertEquals(0, window.check(sequence), () -> "of a window that jumped");
            window.accept(sequence);
            assertEquals(SEEN, window.check(sequence));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 63, 64, 65, 127, 4095, 4096, 100_000, 0xFFFF_FFFFL, 0x1_0000_0000L})
    void shouldRefuseEverythingUpToWhereItBegins(long highest) {
        ReplayWindow window = new ReplayWindow(4096, highest);

        for (long sequence = Math.max(0, highest - 5000); sequence <= highest; sequence++) {
            boolean inWindow = sequence > 0 && highest - sequence < 4096;
            assertEquals(inWindow ? SEEN : OLD, window.check(sequence));
        }
        for (long sequence = highest + 5000; sequence > highest + 5000 - 4096; sequence--) {
            assertEquals(0, window.check(sequence));
            window.accept(sequence);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // highest, lower half received, whole number expected; RFC 4303 appendix A2.1, case A: window in one subspace
        "5000, 5001, 5001",
        "5000, 905, 905",
        "5000, 904, 4294968200",
        "4294972296, 5000, 4294972296",
        "4294972296, 904, 8589935496",
        "4294972296, 4294967295, 8589934591",
        "4294967295, 4294967295, 4294967295",
        "4294967295, 0, 4294967296",
        "4294967295, 4294963200, 4294963200",
        "4294967295, 4294963199, 8589930495",
        // Case B: the window spans two subspaces
        "4294967296, 0, 4294967296",
        "4294967296, 1, 4294967297",
        "4294967296, 4294967295, 4294967295",
        "4294967296, 4294963201, 4294963201",
        "4294967296, 4294963200, 8589930496",
        "4294971390, 4294967295, 4294967295",
        "4294971391, 4294967295, 8589934591",
        // A new SA: before the first number there is nothing
        "0, 1, 1",
        "0, 4294963200, 4294963200",
        "0, 4294963201, -4095",
        "0, 4294967295, -1",
        "4094, 4294967295, -1",
        "4095, 4294967295, 4294967295",
        "4096, 1, 1"
    })
    void shouldExtendLowerHalves(long highest, long low, long expected) {
        assertEquals(expected, new ReplayWindow(4096, highest).extend((int) low));
    }
}
