package io.weir.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.kernel.Allocation;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Both libraries do the same, and what one seals the other opens. */
class CryptoLibraryTest {
    private static final int IV = 0;
    private static final int AAD = 32;
    private static final int TEXT = 64;
    private static final int OUT = 4096;
    private static final int BACK = 8192;
    private static final int[] LENGTHS = {16, 32, 48, 64, 128, 576, 1424, 2048};

    private final Scratch memory = new Scratch(16_384);
    private final long base = memory.address();
    private final Random random = new Random(0xE59);

    @AfterEach
    void free() {
        memory.close();
    }

    static Stream<Arguments> pairs() {
        CryptoLibrary lib = new LibCryptoLibrary();
        CryptoLibrary jce = CryptoLibrary.jce();
        return Arrays.stream(AeadAlgorithm.values())
                .flatMap(algorithm -> Stream.of(
                        Arguments.of(algorithm, lib, lib),
                        Arguments.of(algorithm, lib, jce),
                        Arguments.of(algorithm, jce, lib),
                        Arguments.of(algorithm, jce, jce)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldOpenWhatTheOtherSealed(AeadAlgorithm algorithm, CryptoLibrary seals, CryptoLibrary opens) {
        byte[] material = bytes(algorithm.materialLength());
        try (AeadSealer sealer = seals.sealer(algorithm, material);
                AeadOpener opener = opens.opener(algorithm, material)) {
            for (int length : LENGTHS) {
                for (int aadLength : new int[] {8, 12}) {
                    byte[] text = prepare(length);

                    assertEquals(0, sealer.iv(random.nextLong(), base + IV));
                    assertEquals(0, sealer.seal(base + IV, base + AAD, aadLength, base + TEXT, length, base + OUT));
                    assertEquals(0, opener.open(base + IV, base + AAD, aadLength, base + OUT, length, base + BACK));

                    assertArrayEquals(text, read(BACK, length));
                    assertFalse(Arrays.equals(text, read(OUT, length)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldRefuseEveryBitThatWasChanged(AeadAlgorithm algorithm, CryptoLibrary seals, CryptoLibrary opens) {
        byte[] material = bytes(algorithm.materialLength());
        int length = 32;
        try (AeadSealer sealer = seals.sealer(algorithm, material);
                AeadOpener opener = opens.opener(algorithm, material)) {
            byte[] text = prepare(length);
            assertEquals(0, sealer.iv(1, base + IV));
            assertEquals(0, sealer.seal(base + IV, base + AAD, 12, base + TEXT, length, base + OUT));

            assertEveryBitCounts(opener, base + IV, algorithm.ivLength(), length);
            assertEveryBitCounts(opener, base + AAD, 12, length);
            assertEveryBitCounts(opener, base + OUT, length + algorithm.tagLength(), length);

            assertEquals(0, opener.open(base + IV, base + AAD, 12, base + OUT, length, base + BACK));
            assertArrayEquals(text, read(BACK, length));
        }
    }

    private void assertEveryBitCounts(AeadOpener opener, long address, int bytes, int length) {
        for (int bit = 0; bit < bytes * Byte.SIZE; bit++) {
            long at = address + bit / Byte.SIZE;
            byte was = Memory.readByte(at);
            Memory.writeByte(at, (byte) (was ^ 1 << bit % Byte.SIZE));
            assertEquals(
                    CryptoLibrary.FAILED,
                    opener.open(base + IV, base + AAD, 12, base + OUT, length, base + BACK),
                    "bit " + bit);
            Memory.writeByte(at, was);
        }
    }

    @ParameterizedTest
    @EnumSource(AeadAlgorithm.class)
    void shouldSealTheSameBytesInPlace(AeadAlgorithm algorithm) {
        byte[] material = bytes(algorithm.materialLength());
        int sealed = 128 + algorithm.tagLength();
        for (CryptoLibrary library : new CryptoLibrary[] {new LibCryptoLibrary(), CryptoLibrary.jce()}) {
            prepare(128);
            byte[] apart;
            try (AeadSealer sealer = library.sealer(algorithm, material)) {
                sealer.iv(7, base + IV);
                assertEquals(0, sealer.seal(base + IV, base + AAD, 8, base + TEXT, 128, base + OUT));
                apart = read(OUT, sealed);
            }
            try (AeadSealer sealer = library.sealer(algorithm, material)) {
                assertEquals(0, sealer.seal(base + IV, base + AAD, 8, base + TEXT, 128, base + TEXT));
                assertArrayEquals(apart, read(TEXT, sealed));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(AeadAlgorithm.class)
    void shouldMakeTheSameIvsInBothLibraries(AeadAlgorithm algorithm) {
        byte[] material = bytes(algorithm.materialLength());
        try (AeadSealer one = new LibCryptoLibrary().sealer(algorithm, material);
                AeadSealer other = CryptoLibrary.jce().sealer(algorithm, material)) {
            assertEquals(0, one.iv(0x0102030405060708L, base + IV));
            byte[] iv = read(IV, algorithm.ivLength());
            assertEquals(0, other.iv(0x0102030405060708L, base + IV));
            assertArrayEquals(iv, read(IV, algorithm.ivLength()));

            boolean plain = HexFormat.of().formatHex(iv).equals("0102030405060708");
            assertEquals(!algorithm.encryptThenMac(), plain, "only IVs of CBC are encrypted");
            assertEquals(0, one.iv(0x0102030405060709L, base + IV));
            assertNotEquals(HexFormat.of().formatHex(iv), HexFormat.of().formatHex(read(IV, iv.length)));
        }
    }

    @ParameterizedTest
    @EnumSource(AeadAlgorithm.class)
    void shouldRefuseMaterialOfAWrongLength(AeadAlgorithm algorithm) {
        byte[] material = new byte[algorithm.materialLength() - 1];

        for (CryptoLibrary library : new CryptoLibrary[] {new LibCryptoLibrary(), CryptoLibrary.jce()}) {
            assertThrows(IllegalArgumentException.class, () -> library.sealer(algorithm, material));
            assertThrows(IllegalArgumentException.class, () -> library.opener(algorithm, material));
        }
    }

    @Test
    void shouldChooseLibcryptoWhereItIs() {
        assertEquals("", CryptoLibrary.fallbackReason());
        assertTrue(CryptoLibrary.best().offHeap());
        assertTrue(
                CryptoLibrary.best().name().startsWith("libcrypto 3"),
                CryptoLibrary.best().name());
    }

    @ParameterizedTest
    @EnumSource(AeadAlgorithm.class)
    void shouldAllocateNothingPerPacket(AeadAlgorithm algorithm) {
        byte[] material = bytes(algorithm.materialLength());
        prepare(256);
        try (AeadSealer sealer = new LibCryptoLibrary().sealer(algorithm, material);
                AeadOpener opener = new LibCryptoLibrary().opener(algorithm, material)) {
            assertEquals(0, Allocation.bytes(50_000, () -> roundTrip(sealer, opener)));
        }
    }

    private void roundTrip(AeadSealer sealer, AeadOpener opener) {
        int done = sealer.iv(1, base + IV)
                | sealer.seal(base + IV, base + AAD, 12, base + TEXT, 256, base + OUT)
                | opener.open(base + IV, base + AAD, 12, base + OUT, 256, base + BACK);
        if (done != 0) {
            throw new AssertionError("failed");
        }
    }

    private byte[] prepare(int length) {
        byte[] text = bytes(length);
        Memory.copy(text, 0, base + TEXT, length);
        Memory.copy(bytes(12), 0, base + AAD, 12);
        return text;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] read(int offset, int length) {
        byte[] bytes = new byte[length];
        Memory.copy(base + offset, bytes, 0, length);
        return bytes;
    }
}
