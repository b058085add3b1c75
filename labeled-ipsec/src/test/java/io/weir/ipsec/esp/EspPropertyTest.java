package io.weir.ipsec.esp;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** For any packet, cipher and padding: what was sealed opens once to the same bytes, and is as long as promised. */
class EspPropertyTest {
    @Property(tries = 2000)
    void shouldOpenOnceToTheSameBytes(
            @ForAll EspCipher cipher,
            @ForAll boolean esn,
            @ForAll @IntRange(min = 20, max = 2100) int length,
            @ForAll @IntRange(max = 2100) int tfcLength) {
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, cipher, esn, tfcLength)) {
            byte[] packet = bench.ipv4(length);

            int sealed = bench.inner(packet).seal(EspBench.LEVEL, length, EspHeader.IPV4);

            assertTrue(sealed <= Math.max(length, tfcLength) + EspOutbound.MAX_OVERHEAD, "sealed " + sealed);
            assertEquals(
                    0,
                    (sealed
                                    - 8
                                    - cipher.algorithm().ivLength()
                                    - cipher.algorithm().tagLength())
                            % cipher.algorithm().blockLength());
            assertEquals(length, bench.open(sealed));
            assertArrayEquals(packet, bench.opened(length));
            assertEquals(-DropReason.ESP_REPLAYED.code(), bench.open(sealed));
        }
    }

    @Property(tries = 2000)
    void shouldGiveBackAnyFrameAsItIs(
            @ForAll EspCipher cipher, @ForAll @IntRange(min = 14, max = 60) int length, @ForAll byte[] start) {
        try (EspBench bench = EspBench.ofEthernet().with(EspBench.SPI, EspBench.LEVEL, cipher, true, 0)) {
            byte[] frame = java.util.Arrays.copyOf(start, length);

            int sealed = bench.inner(frame).seal(EspBench.LEVEL, length, EspHeader.ETHERNET);

            assertEquals(length, bench.open(sealed));
            assertArrayEquals(frame, bench.opened(length));
        }
    }
}
