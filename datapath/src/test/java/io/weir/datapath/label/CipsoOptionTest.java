package io.weir.datapath.label;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TestLevels;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.WireLabelSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CipsoOptionTest {
    private static final int MAX = CipsoOption.MAX_LENGTH;

    private final CipsoOption option = new CipsoOption(WireLabelSettings.DEFAULT);
    private final WireLevel level = new WireLevel();

    static List<LinuxVectors> vectors() {
        return LinuxVectors.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldWriteWhatLinuxWrites(LinuxVectors vector) {
        String written = written(option, vector.label());

        int padding = vector.cipsoOptions().length() - written.length();
        assertEquals(vector.cipsoOptions(), written + "0".repeat(padding));
        assertTrue(padding < 8);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldReadWhatLinuxWrites(LinuxVectors vector) {
        UnsafeBuffer bytes = OffHeap.of(vector.cipsoOptions());

        assertEquals(DropReason.NONE, option.check(bytes, 0));
        assertTrue(option.read(bytes, 0, level));
        assertEquals(TestLevels.text(vector.level()), TestLevels.text(level));
    }

    @ParameterizedTest
    @CsvSource({
        // length below 8
        "8606 00000003 0104, wire-label-invalid, 1",
        "8602 00000003 0104, wire-label-invalid, 1",
        // unknown DOI, in front of anything else that is wrong
        "860a 00000004 01040000, wire-label-domain, 2",
        "860a 00000000 09000000, wire-label-domain, 2",
        // a tag that the domain lacks
        "860a 00000003 03040000, wire-label-domain, 6",
        "860c 00000003 80060000 0000, wire-label-domain, 6",
        "860e 00000003 01040000 07040000, wire-label-domain, 10",
        // zero-length tag, the endless loop of CVE-2018-10938
        "860a 00000003 01000000, wire-label-invalid, 7",
        // bitmap without level, CVE-2020-10711
        "8608 00000003 0102, wire-label-invalid, 7",
        "8609 00000003 010300, wire-label-invalid, 7",
        "860a 00000003 02030000, wire-label-invalid, 7",
        "860a 00000003 05030000, wire-label-invalid, 7",
        // a tag longer than the option
        "860a 00000003 01050000, wire-label-invalid, 7",
        "860a 00000003 01ff0000, wire-label-invalid, 7",
        // half a tag behind a good one
        "860b 00000003 01040000 01, wire-label-invalid, 11",
        // enumerated: odd, descending, twice
        "860b 00000003 02050000 01, wire-label-invalid, 10",
        "860e 00000003 02080000 0002 0001, wire-label-invalid, 10",
        "860e 00000003 02080000 0002 0002, wire-label-invalid, 10",
        // ranges: odd, overlapping
        "860b 00000003 05050000 01, wire-label-invalid, 10",
        "8612 00000003 050c0000 0008 0004 0009 0001, wire-label-invalid, 10",
    })
    void shouldFindTheFaultWhereLinuxFindsIt(String hex, String reason, int pointer) {
        int fault = option.check(OffHeap.of(hex), 0);

        assertEquals(reason, DropReason.ofCode(CipsoOption.reason(fault)).label());
        assertEquals(pointer, CipsoOption.pointer(fault));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the optimised bitmap of the draft: padded to ten bytes
                "8614 00000003 010e0002 80000000000000000000 | s2:c0",
                "860a 00000003 02040003 | s3",
                "860a 00000003 05040003 | s3",
                // the last low is omitted
                "860c 00000003 05060001 0002 | s1:c0,c1,c2",
                "8610 00000003 050a0001 03ff 03fe 0001 | s1:c0,c1,c1022,c1023",
                // ranges that touch, and one whose low is above its high: Linux takes it for none
                "8612 00000003 050c0001 0005 0004 0004 0003 | s1:c3,c4,c5",
                "860e 00000003 05080001 0001 0005 | s1",
                // the first tag counts
                "8610 00000003 02060005 0009 01040002 | s5:c9",
            })
    void shouldReadWhatLinuxAccepts(String hex, String expected) {
        UnsafeBuffer bytes = OffHeap.of(hex);

        assertEquals(DropReason.NONE, option.check(bytes, 0));
        assertTrue(option.read(bytes, 0, level));
        assertEquals(expected, TestLevels.text(level));
    }

    @ParameterizedTest
    @CsvSource({
        "860a 00000003 01040010", // s16
        "860c 00000003 02060001 0400", // c1024
        "860e 00000003 05080001 0400 0001", // c1.c1024
        "860e 00000003 05080001 ffff ffff",
    })
    void shouldTellLevelsBeyondThoseKnown(String hex) {
        UnsafeBuffer bytes = OffHeap.of(hex);

        assertEquals(DropReason.NONE, option.check(bytes, 0));
        assertFalse(option.read(bytes, 0, level));
    }

    @Test
    void shouldTakeTheFirstTagThatHoldsTheLevel() {
        assertEquals("8628" + "00000003" + "01220000" + "00".repeat(29) + "01", written(option, "s0:c239"));
        assertEquals("860c" + "00000003" + "02060000" + "00f0", written(option, "s0:c240"));
        assertEquals(
                "8628" + "00000003" + "0222",
                written(option, "s0:" + categories(15)).substring(0, 16));
        assertEquals("", written(option, "s0:" + categories(16)));
        assertEquals("860c" + "00000003" + "05060000" + "012c", written(option, "s0:c0.c300"));
        assertEquals("860e" + "00000003" + "05080000" + "0200012c", written(option, "s0:c300.c512"));
    }

    /** So many categories above those of a bitmap, none beside another. */
    private static String categories(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + (240 + i * 2)).collect(Collectors.joining(","));
    }

    @Test
    void shouldWriteSevenRangesOrEightFromZeroOn() {
        String eight = "c0.c17," + runs(1, 7);

        assertEquals(MAX, written(option, "s1:" + eight).length() / 2);
        assertEquals(38, written(option, "s1:" + runs(1, 7)).length() / 2);
        assertEquals("", written(option, "s1:" + runs(1, 8)));
        assertEquals("", written(option, "s1:c0.c17," + runs(1, 8)));
    }

    private static String runs(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> "c" + i * 100 + ".c" + (i * 100 + 17))
                .collect(Collectors.joining(","));
    }

    @Test
    void shouldTryTagsInTheOrderOfTheDomain() {
        CipsoOption ranges = new CipsoOption(new WireLabelSettings(0xFFFF_FFFFL, List.of(5, 1), 16));

        assertEquals("860e" + "ffffffff" + "05080002" + "00030001", written(ranges, "s2:c1.c3"));
        assertEquals("860c" + "ffffffff" + "05060002" + "0000", written(ranges, "s2:c0"));
        assertEquals("860a" + "ffffffff" + "05040002", written(ranges, "s2"));
    }

    private static String written(CipsoOption codec, String label) {
        UnsafeBuffer bytes = OffHeap.zeros(MAX);
        int length = codec.write(bytes, 0, TestLevels.level(label));
        return OffHeap.hex(bytes, 0, length);
    }
}
