package io.weir.crypto;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

import io.weir.kernel.Memory;

/**
 * An AEAD cipher of SunJCE with its key and salt, and arrays that packets are copied through.
 *
 * <p>Threading: one thread at a time.
 */
final class JceAead {
    private static final int SALT_LENGTH = 4;
    private static final int NONCE_LENGTH = 12;
    private static final int AAD_MAX = 12;
    private static final byte SALT_FLIP = (byte) 0xFF;

    private final AeadAlgorithm algorithm;
    private final WipedKey key;
    private final byte[] nonce = new byte[NONCE_LENGTH];
    private final byte[] aadBytes = new byte[AAD_MAX];
    private byte[] input = new byte[0];
    private byte[] output = new byte[0];
    private final Cipher cipher;

    JceAead(AeadAlgorithm algorithm, byte[] material) throws GeneralSecurityException {
        this.algorithm = algorithm;
        this.key = new WipedKey(algorithm.aes() ? "AES" : "ChaCha20", material, 0, algorithm.keyLength());
        System.arraycopy(material, algorithm.keyLength(), nonce, 0, SALT_LENGTH);
        this.cipher = cipher();
    }

    /** 0, or FAILED. */
    int run(int mode, long iv, long aad, int aadLength, long text, int length, long out) {
        Memory.copy(iv, nonce, SALT_LENGTH, algorithm.ivLength());
        Memory.copy(aad, aadBytes, 0, aadLength);
        if (input.length < length) {
            input = new byte[length];
            output = new byte[length + algorithm.tagLength()];
        }
        Memory.copy(text, input, 0, length);
        try {
            cipher.init(mode, key, parameters());
            cipher.updateAAD(aadBytes, 0, aadLength);
            int written = cipher.doFinal(input, 0, length, output, 0);
            Memory.copy(output, 0, out, written);
            return 0;
        } catch (GeneralSecurityException notAuthentic) {
            return forget(mode);
        }
    }

    /**
     * SunJCE's ChaCha20 refuses the nonce that it had last, also when that failed, and any attacker can send it before its owner does:
     * another one takes its place, under a salt that no packet has.
     */
    private int forget(int mode) {
        if (algorithm.aes()) {
            return CryptoLibrary.FAILED;
        }
        nonce[0] ^= SALT_FLIP;
        try {
            cipher.init(mode, key, parameters());
        } catch (GeneralSecurityException known) {
            // That of the failure before: the cipher has it already.
            return CryptoLibrary.FAILED;
        } finally {
            nonce[0] ^= SALT_FLIP;
        }
        return CryptoLibrary.FAILED;
    }

    private AlgorithmParameterSpec parameters() {
        return algorithm.aes()
                ? new GCMParameterSpec(algorithm.tagLength() * Byte.SIZE, nonce)
                : new IvParameterSpec(nonce);
    }

    private Cipher cipher() throws GeneralSecurityException {
        return Cipher.getInstance(algorithm.aes() ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
    }

    int tagLength() {
        return algorithm.tagLength();
    }

    void wipe() {
        key.destroy();
        Arrays.fill(nonce, (byte) 0);
        Arrays.fill(input, (byte) 0);
        Arrays.fill(output, (byte) 0);
    }
}
