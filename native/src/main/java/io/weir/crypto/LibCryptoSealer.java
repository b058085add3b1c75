package io.weir.crypto;

import io.weir.kernel.Memory;

/** Seals by an AEAD cipher of libcrypto. */
final class LibCryptoSealer implements AeadSealer {
    private final LibCryptoContext cipher;
    private final long context;

    LibCryptoSealer(LibCryptoContext cipher) {
        this.cipher = cipher;
        this.context = cipher.context();
    }

    @Override
    public int iv(long counter, long iv) {
        Memory.writeLong(iv, NetworkOrder.of(counter));
        return 0;
    }

    @Override
    public int seal(long iv, long aad, int aadLength, long text, int length, long out) {
        long outLength = cipher.outLength();
        int done = LibCrypto.encryptInit(context, 0, 0, cipher.nonce(iv), 0)
                & LibCrypto.encryptUpdate(context, 0, outLength, aad, aadLength)
                & LibCrypto.encryptUpdate(context, out, outLength, text, length)
                & LibCrypto.encryptFinal(context, out + length, outLength)
                & LibCrypto.getParams(context, cipher.tagAt(out + length));
        return done == LibCrypto.OK ? 0 : CryptoLibrary.FAILED;
    }

    @Override
    public void close() {
        cipher.close();
    }
}
