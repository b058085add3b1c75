package io.weir.crypto;

/** Opens by an AEAD cipher of libcrypto. */
final class LibCryptoOpener implements AeadOpener {
    private final LibCryptoContext cipher;
    private final long context;

    LibCryptoOpener(LibCryptoContext cipher) {
        this.cipher = cipher;
        this.context = cipher.context();
    }

    @Override
    public int open(long iv, long aad, int aadLength, long text, int length, long out) {
        long outLength = cipher.outLength();
        int done = LibCrypto.decryptInit(context, 0, 0, cipher.nonce(iv), cipher.tagAt(text + length))
                & LibCrypto.decryptUpdate(context, 0, outLength, aad, aadLength)
                & LibCrypto.decryptUpdate(context, out, outLength, text, length)
                & LibCrypto.decryptFinal(context, out + length, outLength);
        return done == LibCrypto.OK ? 0 : CryptoLibrary.FAILED;
    }

    @Override
    public void close() {
        cipher.close();
    }
}
