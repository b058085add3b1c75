package io.weir.datapath.label;

import java.util.List;

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

class CalipsoOptionTest {
    private static final int HEADER = 2;

    private final CalipsoOption option = new CalipsoOption(WireLabelSettings.DEFAULT);
    private final WireLevel level = new WireLevel();

    static List<LinuxVectors> vectors() {
        return LinuxVectors.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldWriteWhatLinuxWrites(LinuxVectors vector) {
        UnsafeBuffer expected = OffHeap.of(vector.hopByHopHeader());
        int length = 2 + (expected.getByte(HEADER + 1) & 0xFF);

        assertEquals(OffHeap.hex(expected, HEADER, length), written(vector.label()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldReadWhatLinuxWrites(LinuxVectors vector) {
        UnsafeBuffer bytes = OffHeap.of(vector.hopByHopHeader());

        assertEquals(DropReason.NONE, option.check(bytes, HEADER));
        assertTrue(option.read(bytes, HEADER, level));
        assertEquals(TestLevels.text(vector.level()), TestLevels.text(level));
    }

    @ParameterizedTest
    @CsvSource({
        "0707 00000010 0000 6c07, wire-label-invalid", // shorter than its fixed part
        "0700 00000010 0000 076c, wire-label-invalid",
        "0708 00000010 0100 076c, wire-label-invalid", // a bitmap beyond the option
        "070c 00000010 ff05 fc36 70000000, wire-label-invalid",
        "0708 00000010 0000 076d, wire-label-invalid", // the CRC is wrong
        "0708 00000010 0001 076c, wire-label-invalid",
        "0708 00000011 0000 076c, wire-label-invalid",
    })
    void shouldRefuseWhatLinuxRefuses(String hex, String reason) {
        int code = option.check(OffHeap.of(hex), 0);

        assertEquals(reason, DropReason.ofCode(code).label());
    }

    @Test
    void shouldTellAnotherDomain() {
        CalipsoOption other = new CalipsoOption(new WireLabelSettings(3, List.of(1), 0xFFFF_FFFFL));
        UnsafeBuffer bytes = OffHeap.zeros(CalipsoOption.MAX_LENGTH);

        other.write(bytes, 0, TestLevels.level("s2:c7"));

        assertEquals(DropReason.WIRE_LABEL_DOMAIN.code(), option.check(bytes, 0));
        assertEquals(DropReason.NONE, other.check(bytes, 0));
    }

    @Test
    void shouldReadABitmapShorterThanTheOption() {
        UnsafeBuffer bytes = signed("0710 00000010 0105 0000 80000000 00000001");

        assertEquals(DropReason.NONE, option.check(bytes, 0));
        assertTrue(option.read(bytes, 0, level));
        assertEquals("s5:c0", TestLevels.text(level));
    }

    @Test
    void shouldTellLevelsBeyondThoseKnown() {
        UnsafeBuffer sensitivity = signed("0708 00000010 0010 0000");
        UnsafeBuffer zeros = signed("0790 00000010 2201 0000" + "00".repeat(136));
        UnsafeBuffer category = signed("0790 00000010 2201 0000" + "00".repeat(135) + "01");

        assertFalse(option.read(sensitivity, 0, level));
        assertFalse(option.read(category, 0, level));
        assertTrue(option.read(zeros, 0, level));
        assertEquals("s1", TestLevels.text(level));
    }

    @Test
    void shouldHoldAllCategories() {
        String written = written("s15:c0.c1023");

        assertEquals(CalipsoOption.MAX_LENGTH, written.length() / 2);
        assertEquals("0788" + "00000010" + "200f", written.substring(0, 16));
        assertEquals("ff".repeat(128), written.substring(20));
    }

    /** The option with its right CRC. */
    private static UnsafeBuffer signed(String hex) {
        UnsafeBuffer bytes = OffHeap.of(hex);
        int crc = Crc16.of(bytes, 0, bytes.capacity(), 8);
        bytes.putByte(8, (byte) crc);
        bytes.putByte(9, (byte) (crc >>> 8));
        return bytes;
    }

    private String written(String label) {
        UnsafeBuffer bytes = OffHeap.zeros(CalipsoOption.MAX_LENGTH);
        int length = option.write(bytes, 0, TestLevels.level(label));
        return OffHeap.hex(bytes, 0, length);
    }
}
