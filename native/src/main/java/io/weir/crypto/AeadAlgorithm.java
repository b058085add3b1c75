package io.weir.crypto;

/**
 * Algorithms that encrypt and authenticate packets, with the lengths of their parts in bytes. Key material is the cipher's key, then the
 * salt or the authentication key, as RFC 4106 section 8.1 and RFC 7296 section 2.17 order them.
 */
public enum AeadAlgorithm {
    /** RFC 4106. */
    AES_128_GCM(16, 4, 8, 16, 4),
    /** RFC 4106. */
    AES_192_GCM(24, 4, 8, 16, 4),
    /** RFC 4106. */
    AES_256_GCM(32, 4, 8, 16, 4),
    /** RFC 7634. */
    CHACHA20_POLY1305(32, 4, 8, 16, 4),
    /** RFC 3602 and RFC 4868. */
    AES_128_CBC_HMAC_SHA2_256_128(16, 32, 16, 16, 16),
    /** RFC 3602 and RFC 4868. */
    AES_256_CBC_HMAC_SHA2_256_128(32, 32, 16, 16, 16),
    /** RFC 3602 and RFC 4868. */
    AES_256_CBC_HMAC_SHA2_512_256(32, 64, 16, 32, 16);

    private final int keyLength;
    private final int extraLength;
    private final int ivLength;
    private final int tagLength;
    private final int blockLength;

    AeadAlgorithm(int keyLength, int extraLength, int ivLength, int tagLength, int blockLength) {
        this.keyLength = keyLength;
        this.extraLength = extraLength;
        this.ivLength = ivLength;
        this.tagLength = tagLength;
        this.blockLength = blockLength;
    }

    /** Of the cipher's key alone. */
    public int keyLength() {
        return keyLength;
    }

    /** Of everything secret: the cipher's key, and the salt or the authentication key. */
    public int materialLength() {
        return keyLength + extraLength;
    }

    /** Of the IV that travels in the packet. */
    public int ivLength() {
        return ivLength;
    }

    /** Of the integrity check value. */
    public int tagLength() {
        return tagLength;
    }

    /** What the length of a text must be a multiple of: the cipher's block, or RFC 4303 section 2.4's four bytes. */
    public int blockLength() {
        return blockLength;
    }

    /** Whether it is CBC with an HMAC after it, rather than an AEAD cipher. */
    public boolean encryptThenMac() {
        return ivLength == blockLength;
    }

    /** Whether its texts are AES blocks. */
    public boolean aes() {
        return this != CHACHA20_POLY1305;
    }

    /** Name of the cipher in libcrypto. */
    String cipherName() {
        if (this == CHACHA20_POLY1305) {
            return "ChaCha20-Poly1305";
        }
        return "AES-" + keyLength * Byte.SIZE + (encryptThenMac() ? "-CBC" : "-GCM");
    }

    /** Name of the hash in libcrypto; of encrypt-then-MAC only. */
    String hashName() {
        return this == AES_256_CBC_HMAC_SHA2_512_256 ? "SHA2-512" : "SHA2-256";
    }
}
