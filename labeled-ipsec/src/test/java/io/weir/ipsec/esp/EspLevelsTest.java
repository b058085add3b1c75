package io.weir.ipsec.esp;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.SaStatus;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Sixteen levels on one five-tuple: each packet leaves on the SA of its level and arrives with it, while SAs are rekeyed under way.
 * {@code -Dweir.long=true} sends ten million.
 */
@Timeout(600)
class EspLevelsTest {
    private static final int PACKETS = Boolean.getBoolean("weir.long") ? 10_000_000 : 300_000;
    private static final int LEVELS = 16;
    private static final int REKEY_EVERY = 1000;
    private static final int LENGTH = 64;
    private static final int LEVEL_OFFSET = 28;

    private final Random random = new Random(0x16E7E15);

    @Test
    void shouldSendNoPacketOnTheSaOfAnotherLevel() {
        int wrong = 0;
        int[] spiOfLevel = new int[LEVELS];
        try (EspBench bench = EspBench.ofIp()) {
            for (int level = 0; level < LEVELS; level++) {
                rekey(bench, spiOfLevel, level, 0);
            }
            bench.inner(bench.ipv4(LENGTH));
            for (int i = 0; i < PACKETS; i++) {
                int level = random.nextInt(LEVELS);
                if (i % REKEY_EVERY == 0 && i / REKEY_EVERY < 3000) {
                    rekey(bench, spiOfLevel, level, i / REKEY_EVERY + 1);
                }
                Memory.writeInt(bench.inner + LEVEL_OFFSET, level);
                int sealed = bench.seal(level + 1, LENGTH, EspHeader.IPV4);
                wrong += EspHeader.readInt(bench.sealed) == spiOfLevel[level] ? 0 : 1;
                wrong += bench.open(sealed) == LENGTH ? 0 : 1;
                wrong += bench.opener.level() == level + 1 ? 0 : 1;
                wrong += Memory.readInt(bench.opened + LEVEL_OFFSET) == level ? 0 : 1;
            }
            long passed = bench.right.status(EspBench.NOW_NS).stream()
                    .mapToLong(SaStatus::packets)
                    .sum();
            assertEquals(PACKETS, passed);
        }
        assertEquals(0, wrong);
    }

    private static void rekey(EspBench bench, int[] spiOfLevel, int level, int round) {
        spiOfLevel[level] = 0x1000 + round * LEVELS + level;
        bench.with(spiOfLevel[level], level + 1, EspCipher.AES_256_GCM_16, true, 0);
    }
}
