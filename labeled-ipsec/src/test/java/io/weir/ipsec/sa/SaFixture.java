package io.weir.ipsec.sa;

import java.util.Random;

import io.weir.ipsec.sa.SaSettings.Direction;

/** Settings of SAs for tests. */
final class SaFixture {
    static final long NOW_NS = 5_000_000_000L;
    static final EspCipher CIPHER = EspCipher.AES_256_GCM_16;

    private SaFixture() {}

    static SaKey key(long seed) {
        byte[] material = new byte[CIPHER.keyMaterialLength()];
        new Random(seed).nextBytes(material);
        return new SaKey(material);
    }

    static SaSettings inbound(int spi, int level) {
        return settings(Direction.INBOUND, spi, level, key(spi), true, Lifetime.UNLIMITED);
    }

    static SaSettings outbound(int spi, int level) {
        return settings(Direction.OUTBOUND, spi, level, key(-spi), true, Lifetime.UNLIMITED);
    }

    static SaSettings settings(Direction direction, int spi, int level, SaKey key, boolean esn, Lifetime lifetime) {
        return new SaSettings(direction, spi, level, "l" + level, CIPHER, key, esn, 4096, 0, lifetime);
    }
}
