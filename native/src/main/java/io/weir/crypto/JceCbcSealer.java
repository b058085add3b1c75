package io.weir.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;

import io.weir.kernel.Memory;

/** Seals by AES-CBC and then HMAC of SunJCE. */
final class JceCbcSealer implements AeadSealer {
    private static final int BLOCK = 16;

    private final JceCbc cbc;
    private final Cipher ivCipher = Cipher.getInstance("AES/ECB/NoPadding", "SunJCE");
    private final byte[] block = new byte[BLOCK];

    JceCbcSealer(AeadAlgorithm algorithm, byte[] material) throws GeneralSecurityException {
        this.cbc = new JceCbc(algorithm, material);
        WipedKey key = new WipedKey("AES", material, 0, algorithm.keyLength());
        ivCipher.init(Cipher.ENCRYPT_MODE, key);
        key.destroy();
    }

    @Override
    public int iv(long counter, long iv) {
        Memory.writeLong(iv, 0);
        Memory.writeLong(iv + Long.BYTES, NetworkOrder.of(counter));
        Memory.copy(iv, block, 0, BLOCK);
        try {
            Memory.copy(ivCipher.doFinal(block), 0, iv, BLOCK);
            return 0;
        } catch (GeneralSecurityException impossible) {
            return CryptoLibrary.FAILED;
        }
    }

    @Override
    public int seal(long iv, long aad, int aadLength, long text, int length, long out) {
        if (cbc.crypt(Cipher.ENCRYPT_MODE, iv, text, length, out) != 0) {
            return CryptoLibrary.FAILED;
        }
        Memory.copy(cbc.tag(iv, aad, aadLength, out, length), 0, out + length, cbc.tagLength());
        return 0;
    }

    @Override
    public void close() {
        cbc.wipe();
    }
}
