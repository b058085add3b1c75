package io.weir.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;

import io.weir.kernel.Memory;

/** Opens by HMAC and then AES-CBC of SunJCE. */
final class JceCbcOpener implements AeadOpener {
    private final JceCbc cbc;
    private final byte[] received;

    JceCbcOpener(AeadAlgorithm algorithm, byte[] material) throws GeneralSecurityException {
        this.cbc = new JceCbc(algorithm, material);
        this.received = new byte[algorithm.tagLength()];
    }

    @Override
    public int open(long iv, long aad, int aadLength, long text, int length, long out) {
        Memory.copy(text + length, received, 0, received.length);
        return MessageDigest.isEqual(received, cbc.tag(iv, aad, aadLength, text, length))
                ? cbc.crypt(Cipher.DECRYPT_MODE, iv, text, length, out)
                : CryptoLibrary.FAILED;
    }

    @Override
    public void close() {
        cbc.wipe();
    }
}
