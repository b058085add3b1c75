package io.weir.ipsec.sa;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.ipsec.sa.SaSettings.Direction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SaSettingsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INBOUND  | 255    | 0  | 36 | 4096 | 0      | in SA 0xff: the SPI must be 256 or more
            OUTBOUND | 0      | 0  | 36 | 4096 | 0      | out SA 0x0: the SPI must be 256 or more
            OUTBOUND | 4097   | -1 | 36 | 4096 | 0      | out SA 0x1001: the level must be 0 or more: was -1
            INBOUND  | 4097   | 0  | 32 | 4096 | 0      | in SA 0x1001: a key of aes-256-gcm-16 must have 36 bytes with its salt or authentication key: has 32
            INBOUND  | 4097   | 0  | 36 | 0    | 0      | in SA 0x1001: the replay window must be a multiple of 64 from 64 to 4096: was 0
            INBOUND  | 4097   | 0  | 36 | 100  | 0      | in SA 0x1001: the replay window must be a multiple of 64 from 64 to 4096: was 100
            INBOUND  | 4097   | 0  | 36 | 4160 | 0      | in SA 0x1001: the replay window must be a multiple of 64 from 64 to 4096: was 4160
            INBOUND  | 4097   | 0  | 36 | 64   | 1400   | in SA 0x1001: packets are padded by the side that sends them: leave tfc away
            OUTBOUND | 4097   | 0  | 36 | 64   | -1     | out SA 0x1001: tfc must be 0 (none) to 65535 bytes: was -1
            OUTBOUND | 4097   | 0  | 36 | 64   | 65536  | out SA 0x1001: tfc must be 0 (none) to 65535 bytes: was 65536
            """)
    void shouldSayWhatIsWrong(
            Direction direction, int spi, int level, int keyLength, int window, int tfc, String message) {
        SaKey key = new SaKey(new byte[keyLength]);

        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new SaSettings(
                        direction, spi, level, "", SaFixture.CIPHER, key, true, window, tfc, Lifetime.UNLIMITED));

        assertEquals(message, refused.getMessage());
    }

    @Test
    void shouldTakeTheHighestSpi() {
        assertEquals("in SA 0xffffffff", SaFixture.inbound(-1, 0).name());
    }

    @Test
    void shouldPrintNoKey() {
        SaKey key = SaFixture.key(1);
        String text = SaFixture.settings(Direction.INBOUND, 4097, 0, key, true, Lifetime.UNLIMITED)
                .toString();

        assertTrue(text.contains("key of 36 bytes"), text);
        assertFalse(text.matches(".*[0-9a-f]{20}.*"), text);
    }

    @Test
    void shouldKnowAKeyAgainAndNoOther() {
        assertEquals(SaFixture.key(1).fingerprint(), SaFixture.key(1).fingerprint());
        assertFalse(SaFixture.key(1).fingerprint().equals(SaFixture.key(2).fingerprint()));
    }

    @Test
    void shouldWriteCiphersAsTheConfigurationDoes() {
        assertEquals("aes-256-gcm-16", EspCipher.AES_256_GCM_16.label());
        assertEquals("chacha20-poly1305", EspCipher.CHACHA20_POLY1305.label());
    }
}
