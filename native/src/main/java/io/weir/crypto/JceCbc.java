package io.weir.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;

import io.weir.kernel.Memory;

/**
 * AES-CBC and HMAC of SunJCE with their keys, and an array that packets are copied through.
 *
 * <p>Threading: one thread at a time.
 */
final class JceCbc {
    private static final int HEADER_LENGTH = 8;
    private static final int BLOCK = 16;

    private final AeadAlgorithm algorithm;
    private final WipedKey key;
    private final WipedKey macKey;
    private final Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
    private final Mac mac;
    private final byte[] ivBytes = new byte[BLOCK];
    private byte[] bytes = new byte[BLOCK];

    JceCbc(AeadAlgorithm algorithm, byte[] material) throws GeneralSecurityException {
        this.algorithm = algorithm;
        int keyLength = algorithm.keyLength();
        this.key = new WipedKey("AES", material, 0, keyLength);
        this.macKey = new WipedKey("HMAC", material, keyLength, material.length - keyLength);
        this.mac = Mac.getInstance(algorithm.hashName().equals("SHA2-512") ? "HmacSHA512" : "HmacSHA256", "SunJCE");
        mac.init(macKey);
    }

    /** 0, or FAILED. */
    int crypt(int mode, long iv, long text, int length, long out) {
        Memory.copy(iv, ivBytes, 0, BLOCK);
        Memory.copy(text, room(length), 0, length);
        try {
            cipher.init(mode, key, new IvParameterSpec(ivBytes));
            Memory.copy(cipher.doFinal(bytes, 0, length), 0, out, length);
            return 0;
        } catch (GeneralSecurityException notWholeBlocks) {
            return CryptoLibrary.FAILED;
        }
    }

    /** The tag, in the order of RFC 4303 section 2.8. */
    byte[] tag(long iv, long aad, int aadLength, long text, int length) {
        add(aad, HEADER_LENGTH);
        add(iv, BLOCK);
        add(text, length);
        add(aad + HEADER_LENGTH, aadLength - HEADER_LENGTH);
        return Arrays.copyOf(mac.doFinal(), algorithm.tagLength());
    }

    private void add(long address, int length) {
        Memory.copy(address, room(length), 0, length);
        mac.update(bytes, 0, length);
    }

    private byte[] room(int length) {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        return bytes;
    }

    int tagLength() {
        return algorithm.tagLength();
    }

    void wipe() {
        key.destroy();
        macKey.destroy();
        Arrays.fill(bytes, (byte) 0);
    }
}
