package io.weir.ipsec.sa;

import io.weir.crypto.AeadAlgorithm;

/** How the packets of an SA are encrypted and authenticated: names as {@code weir.yaml} writes them, in lower case with dashes. */
public enum EspCipher {
    /** RFC 4106, key of 16 bytes and salt of 4. */
    AES_128_GCM_16(AeadAlgorithm.AES_128_GCM),
    /** RFC 4106, key of 24 bytes and salt of 4. */
    AES_192_GCM_16(AeadAlgorithm.AES_192_GCM),
    /** RFC 4106, key of 32 bytes and salt of 4. */
    AES_256_GCM_16(AeadAlgorithm.AES_256_GCM),
    /** RFC 7634, key of 32 bytes and salt of 4. */
    CHACHA20_POLY1305(AeadAlgorithm.CHACHA20_POLY1305),
    /** RFC 3602 and RFC 4868: key of 16 bytes, authentication key of 32, ICV of 16. For old peers. */
    AES_128_CBC_HMAC_SHA2_256_128(AeadAlgorithm.AES_128_CBC_HMAC_SHA2_256_128),
    /** RFC 3602 and RFC 4868: key of 32 bytes, authentication key of 32, ICV of 16. For old peers. */
    AES_256_CBC_HMAC_SHA2_256_128(AeadAlgorithm.AES_256_CBC_HMAC_SHA2_256_128),
    /** RFC 3602 and RFC 4868: key of 32 bytes, authentication key of 64, ICV of 32. For old peers. */
    AES_256_CBC_HMAC_SHA2_512_256(AeadAlgorithm.AES_256_CBC_HMAC_SHA2_512_256);

    private final AeadAlgorithm algorithm;

    EspCipher(AeadAlgorithm algorithm) {
        this.algorithm = algorithm;
    }

    /** What does it. */
    public AeadAlgorithm algorithm() {
        return algorithm;
    }

    /** Bytes of a {@link SaKey} for it. */
    public int keyMaterialLength() {
        return algorithm.materialLength();
    }

    /** Name as {@code weir.yaml} writes it. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
