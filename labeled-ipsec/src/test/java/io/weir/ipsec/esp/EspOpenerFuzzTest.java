package io.weir.ipsec.esp;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Input: one byte that says how, then a packet. Even: it is opened as it is, and must be refused. Odd: it is the text inside an
 * authentic packet, and what comes out lies inside it. Replays its corpus; searches when JAZZER_FUZZ is 1.
 */
class EspOpenerFuzzTest {
    private static final int MAX_LENGTH = 4096;

    @FuzzTest(maxDuration = "60s")
    void opensAnything(byte[] input) {
        if (input.length == 0 || input.length > MAX_LENGTH) {
            return;
        }
        EspCipher[] ciphers = EspCipher.values();
        EspCipher cipher = ciphers[(input[0] >>> 2 & 7) % ciphers.length];
        boolean ethernet = (input[0] & 2) != 0;
        try (EspBench bench = (ethernet ? EspBench.ofEthernet() : EspBench.ofIp())
                .with(EspBench.SPI, EspBench.LEVEL, cipher, (input[0] & 32) != 0, 0)) {
            if ((input[0] & 1) == 0) {
                assertRefused(bench, input);
            } else {
                assertInside(bench, input);
            }
        }
    }

    private static void assertRefused(EspBench bench, byte[] input) {
        Memory.copy(input, 1, bench.sealed, input.length - 1);

        int result = bench.open(input.length - 1);

        assertEquals("esp-decrypt", DropReason.ofCode(-result).stage());
    }

    private static void assertInside(EspBench bench, byte[] input) {
        int length = input.length - 1;
        byte[] inner = new byte[length];
        System.arraycopy(input, 1, inner, 0, length);
        int nextHeader = length == 0 ? EspHeader.NONE : inner[length - 1] & 0xFF;

        int sealed = bench.inner(inner).seal(EspBench.LEVEL, length, nextHeader);
        int result = bench.open(sealed);

        assertTrue(result <= length, "longer than it was: " + result);
        if (result < 0) {
            assertEquals("esp-decrypt", DropReason.ofCode(-result).stage());
        }
    }
}
