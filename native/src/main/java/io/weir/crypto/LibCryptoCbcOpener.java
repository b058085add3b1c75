package io.weir.crypto;

import io.weir.kernel.Memory;

/** Opens by HMAC and then AES-CBC of libcrypto. */
final class LibCryptoCbcOpener implements AeadOpener {
    private final LibCryptoContext cipher;
    private final LibCryptoMac mac;

    LibCryptoCbcOpener(LibCryptoContext cipher, LibCryptoMac mac) {
        this.cipher = cipher;
        this.mac = mac;
        LibCrypto.setPadding(cipher.context(), 0);
    }

    @Override
    public int open(long iv, long aad, int aadLength, long text, int length, long out) {
        long tag = mac.of(iv, aad, aadLength, text, length);
        if (tag == 0 || !equal(tag, text + length, mac.tagLength())) {
            return CryptoLibrary.FAILED;
        }
        long context = cipher.context();
        int done = LibCrypto.decryptInit(context, 0, 0, iv, 0)
                & LibCrypto.decryptUpdate(context, out, cipher.outLength(), text, length);
        return done == LibCrypto.OK && Memory.readInt(cipher.outLength()) == length ? 0 : CryptoLibrary.FAILED;
    }

    /** In the same time wherever they differ; lengths are multiples of eight. */
    private static boolean equal(long one, long other, int length) {
        long difference = 0;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            difference |= Memory.readLong(one + offset) ^ Memory.readLong(other + offset);
        }
        return difference == 0;
    }

    @Override
    public void close() {
        cipher.close();
        mac.close();
    }
}
