package io.weir.crypto;

import io.weir.kernel.Memory;

/** Seals by AES-CBC and then HMAC of libcrypto. */
final class LibCryptoCbcSealer implements AeadSealer {
    private static final int BLOCK = 16;

    private final LibCryptoContext cipher;
    private final LibCryptoMac mac;

    LibCryptoCbcSealer(LibCryptoContext cipher, LibCryptoMac mac) {
        this.cipher = cipher;
        this.mac = mac;
        LibCrypto.setPadding(cipher.context(), 0);
    }

    @Override
    public int iv(long counter, long iv) {
        long block = cipher.work();
        long zero = block + BLOCK;
        Memory.writeLong(block, 0);
        Memory.writeLong(block + Long.BYTES, NetworkOrder.of(counter));
        return encrypt(zero, block, BLOCK, iv);
    }

    @Override
    public int seal(long iv, long aad, int aadLength, long text, int length, long out) {
        if (encrypt(iv, text, length, out) != 0) {
            return CryptoLibrary.FAILED;
        }
        long tag = mac.of(iv, aad, aadLength, out, length);
        if (tag == 0) {
            return CryptoLibrary.FAILED;
        }
        Memory.copy(tag, out + length, mac.tagLength());
        return 0;
    }

    private int encrypt(long iv, long text, int length, long out) {
        long context = cipher.context();
        int done = LibCrypto.encryptInit(context, 0, 0, iv, 0)
                & LibCrypto.encryptUpdate(context, out, cipher.outLength(), text, length);
        return done == LibCrypto.OK && Memory.readInt(cipher.outLength()) == length ? 0 : CryptoLibrary.FAILED;
    }

    @Override
    public void close() {
        cipher.close();
        mac.close();
    }
}
