package io.weir.crypto;

import javax.crypto.Cipher;

/** Opens by an AEAD cipher of SunJCE. */
final class JceOpener implements AeadOpener {
    private final JceAead aead;

    JceOpener(JceAead aead) {
        this.aead = aead;
    }

    @Override
    public int open(long iv, long aad, int aadLength, long text, int length, long out) {
        return aead.run(Cipher.DECRYPT_MODE, iv, aad, aadLength, text, length + aead.tagLength(), out);
    }

    @Override
    public void close() {
        aead.wipe();
    }
}
