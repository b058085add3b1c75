package io.weir.ipsec.esp;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.SaStatus;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Valid packets, changed at random: nothing is accepted that differs, nothing is thrown, each is counted under its reason, and the
 * original still passes afterwards. {@code -Dweir.long=true} makes a million changes.
 */
@Timeout(600)
class EspMutationTest {
    private static final int CHANGES =
            (Boolean.getBoolean("weir.long") ? 1_000_000 : 70_000) / EspCipher.values().length;
    private static final int PER_PACKET = 100;

    private final Random random = new Random(0x3DE59);
    private final Map<DropReason, Long> refused = new EnumMap<>(DropReason.class);

    @ParameterizedTest
    @EnumSource(EspCipher.class)
    void shouldAcceptNothingThatDiffers(EspCipher cipher) {
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, cipher, true, 0)) {
            for (int done = 0; done < CHANGES; done += PER_PACKET) {
                change(bench);
            }
            assertCounted(bench);
        }
        assertTrue(refused.getOrDefault(DropReason.ESP_AUTHENTICATION_FAILED, 0L) > CHANGES / 3, refused::toString);
        assertTrue(refused.containsKey(DropReason.ESP_SPI_UNKNOWN), refused::toString);
        assertTrue(refused.containsKey(DropReason.ESP_TRUNCATED), refused::toString);
    }

    private void change(EspBench bench) {
        int length = 20 + random.nextInt(200);
        byte[] inner = bench.ipv4(length);
        int sealed = bench.inner(inner).seal(EspBench.LEVEL, length, EspHeader.IPV4);
        byte[] original = bench.sealed(sealed);
        for (int i = 0; i < PER_PACKET; i++) {
            byte[] changed = changed(original);
            Memory.copy(changed, 0, bench.sealed, changed.length);
            int result = bench.open(changed.length);
            assertTrue(result < 0, () -> "accepted " + java.util.HexFormat.of().formatHex(changed));
            refused.merge(DropReason.ofCode(-result), 1L, Long::sum);
        }
        Memory.copy(original, 0, bench.sealed, sealed);
        assertEquals(length, bench.open(sealed), "the window did not move");
        assertArrayEquals(inner, bench.opened(length));
    }

    private byte[] changed(byte[] original) {
        byte[] changed = original.clone();
        switch (random.nextInt(6)) {
            case 0 -> changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[random.nextInt(changed.length)] ^= (byte) (1 + random.nextInt(255));
            case 2 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
            case 3 -> changed = Arrays.copyOf(changed, changed.length + 1 + random.nextInt(64));
            case 4 -> changed[random.nextInt(EspHeader.LENGTH)] ^= (byte) (1 + random.nextInt(255));
            default -> swap(changed);
        }
        if (Arrays.equals(changed, original)) {
            changed[0] ^= 1;
        }
        return changed;
    }

    /** Two runs of bytes change places. */
    private void swap(byte[] packet) {
        int run = 1 + random.nextInt(16);
        int one = random.nextInt(packet.length - run);
        int other = random.nextInt(packet.length - run);
        byte[] held = Arrays.copyOfRange(packet, one, one + run);
        System.arraycopy(packet, other, packet, one, run);
        System.arraycopy(held, 0, packet, other, run);
    }

    private void assertCounted(EspBench bench) {
        SaStatus status = bench.right.status(EspBench.NOW_NS).getFirst();
        for (Map.Entry<DropReason, Long> entry : status.drops().entrySet()) {
            if (entry.getKey() != DropReason.ESP_TRUNCATED) {
                assertEquals(
                        refused.get(entry.getKey()),
                        entry.getValue(),
                        entry.getKey().label());
            }
        }
        assertEquals((CHANGES + PER_PACKET - 1) / PER_PACKET, status.packets());
    }
}
