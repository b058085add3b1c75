package io.weir.ipsec.esp;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What one host seals, the other opens; every way of not being right has its reason. */
@Timeout(60)
class EspRoundTripTest {
    private static final int[] LENGTHS = {20, 21, 40, 41, 63, 64, 576, 1419, 1420, 1421, 1500, 9000, 65_535};

    static Stream<Arguments> suites() {
        return Stream.of(CryptoLibrary.best(), CryptoLibrary.jce())
                .flatMap(library -> Stream.of(EspCipher.values())
                        .flatMap(cipher -> Stream.of(true, false).map(esn -> Arguments.of(library, cipher, esn))));
    }

    @ParameterizedTest
    @MethodSource("suites")
    void shouldOpenWhatWasSealed(CryptoLibrary library, EspCipher cipher, boolean esn) {
        try (EspBench bench = EspBench.ofIp(library).with(EspBench.SPI, EspBench.LEVEL, cipher, esn, 0)) {
            for (int length : LENGTHS) {
                byte[] packet = bench.ipv4(length);
                int sealed = bench.inner(packet).seal(EspBench.LEVEL, length, EspHeader.IPV4);
                assertTrue(sealed > length && sealed <= length + EspOutbound.MAX_OVERHEAD, "sealed " + sealed);

                assertEquals(length, bench.open(sealed));

                assertArrayEquals(packet, bench.opened(length));
                assertEquals(EspHeader.IPV4, bench.opener.nextHeader());
                assertEquals(EspBench.LEVEL, bench.opener.level());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EspCipher.class)
    void shouldLeaveThePacketAndWhatIsBehindItAsTheyWere(EspCipher cipher) {
        // Behind the page lies nothing: whoever writes there ends the process.
        long page = Memory.map(2L * Memory.PAGE_BYTES);
        Memory.unmap(page + Memory.PAGE_BYTES, Memory.PAGE_BYTES);
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, cipher, true, 0)) {
            for (int behind = 0; behind < 40; behind++) {
                int length = 1400 + behind % 17;
                int begin = Memory.PAGE_BYTES - behind - length;
                byte[] before = new byte[Memory.PAGE_BYTES];
                bench.random.nextBytes(before);
                byte[] packet = bench.ipv4(length);
                System.arraycopy(packet, 0, before, begin, length);
                Memory.copy(before, 0, page, before.length);

                int sealed = bench.sealer.seal(
                        EspBench.LEVEL, page + begin, length, EspHeader.IPV4, bench.sealed, EspBench.NOW_NS);

                assertArrayEquals(before, EspBench.read(page, before.length));
                assertEquals(length, bench.open(sealed));
                assertArrayEquals(packet, bench.opened(length));
            }
        } finally {
            Memory.unmap(page, Memory.PAGE_BYTES);
        }
    }

    @ParameterizedTest
    @EnumSource(EspCipher.class)
    void shouldFillTheRoomThatItPromises(EspCipher cipher) {
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, cipher, true, 0)) {
            for (int room = 140; room < 1500; room++) {
                int capacity = bench.sealer.innerCapacity(EspBench.LEVEL, room);

                assertTrue(bench.inner(bench.ipv4(capacity)).seal(EspBench.LEVEL, capacity, EspHeader.IPV4) <= room);
                assertTrue(bench.inner(bench.ipv4(capacity + 1)).seal(EspBench.LEVEL, capacity + 1, EspHeader.IPV4)
                        > room);
            }
        }
    }

    @Test
    void shouldRefuseALevelWithoutAnSa() {
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, EspCipher.AES_256_GCM_16, true, 0)) {
            int reason = -DropReason.ESP_NO_SA.code();

            assertEquals(reason, bench.inner(bench.ipv4(100)).seal(0, 100, EspHeader.IPV4));
            assertEquals(reason, bench.seal(EspBench.LEVEL + 1, 100, EspHeader.IPV4));
            assertEquals(reason, bench.sealer.innerCapacity(EspBench.LEVEL + 1, 1500));
        }
    }

    @Test
    void shouldAnswerEachPacketByItsReason() {
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, EspCipher.AES_256_GCM_16, true, 0)) {
            int sealed = bench.inner(bench.ipv4(100)).seal(EspBench.LEVEL, 100, EspHeader.IPV4);

            assertReason(DropReason.ESP_TRUNCATED, bench.open(7));
            assertReason(DropReason.ESP_TRUNCATED, bench.open(32));
            assertReason(DropReason.ESP_TRUNCATED, bench.open(sealed - 1));
            assertReason(DropReason.ESP_AUTHENTICATION_FAILED, bench.open(sealed - 4));
            Memory.writeByte(bench.sealed, (byte) 1);
            assertReason(DropReason.ESP_SPI_UNKNOWN, bench.open(sealed));
            Memory.writeByte(bench.sealed, (byte) 0);
            assertEquals(100, bench.open(sealed));
            assertReason(DropReason.ESP_REPLAYED, bench.open(sealed));
        }
    }

    private static void assertReason(DropReason reason, int result) {
        assertEquals(reason.label(), result < 0 ? DropReason.ofCode(-result).label() : "none");
    }
}
