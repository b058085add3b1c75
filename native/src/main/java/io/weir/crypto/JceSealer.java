package io.weir.crypto;

import javax.crypto.Cipher;

import io.weir.kernel.Memory;

/** Seals by an AEAD cipher of SunJCE. */
final class JceSealer implements AeadSealer {
    private final JceAead aead;

    JceSealer(JceAead aead) {
        this.aead = aead;
    }

    @Override
    public int iv(long counter, long iv) {
        Memory.writeLong(iv, NetworkOrder.of(counter));
        return 0;
    }

    @Override
    public int seal(long iv, long aad, int aadLength, long text, int length, long out) {
        return aead.run(Cipher.ENCRYPT_MODE, iv, aad, aadLength, text, length, out);
    }

    @Override
    public void close() {
        aead.wipe();
    }
}
