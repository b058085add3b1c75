package io.weir.crypto;

import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * HMAC by libcrypto over an ESP packet (RFC 4868): header, IV, ciphertext, high half of the sequence number.
 *
 * <p>Threading: one thread at a time.
 */
final class LibCryptoMac implements AutoCloseable {
    private static final int HEADER_LENGTH = 8;
    private static final int IV_LENGTH = 16;
    private static final int MAC_MAX = 64;
    private static final int OUT_LENGTH_OFFSET = MAC_MAX;
    private static final int NAME_OFFSET = 80;
    private static final int PARAM_OFFSET = 96;
    private static final int LENGTH = 192;
    private static final int UTF8_STRING = 4;

    private final long context;
    private final int tagLength;
    private final Scratch scratch = new Scratch(LENGTH);
    private final long base = scratch.address();

    private LibCryptoMac(long context, int tagLength) {
        this.context = context;
        this.tagLength = tagLength;
    }

    /** A context with its key, which is the rest of the material behind the cipher's. */
    static LibCryptoMac keyed(AeadAlgorithm algorithm, byte[] material) {
        LibCryptoMac opened;
        try (Scratch name = new Scratch(Long.BYTES)) {
            long mac = LibCrypto.macFetch(name.ascii(0, "HMAC").address());
            opened = new LibCryptoMac(LibCrypto.macContextNew(mac), algorithm.tagLength());
            LibCrypto.macFree(mac);
        }
        if (!opened.key(algorithm, material)) {
            opened.close();
            throw new IllegalArgumentException("libcrypto refuses HMAC with " + algorithm.hashName()
                    + "; see whether its configuration forbids it");
        }
        return opened;
    }

    private boolean key(AeadAlgorithm algorithm, byte[] material) {
        scratch.ascii(NAME_OFFSET, "digest").ascii(OUT_LENGTH_OFFSET, algorithm.hashName());
        Memory.writeLong(base + PARAM_OFFSET, base + NAME_OFFSET);
        Memory.writeInt(base + PARAM_OFFSET + 8, UTF8_STRING);
        Memory.writeLong(base + PARAM_OFFSET + 16, base + OUT_LENGTH_OFFSET);
        Memory.writeLong(base + PARAM_OFFSET + 24, algorithm.hashName().length());
        int keyLength = algorithm.materialLength() - algorithm.keyLength();
        Memory.copy(material, algorithm.keyLength(), base, keyLength);
        int done = LibCrypto.macInit(context, base, keyLength, base + PARAM_OFFSET);
        wipe();
        return done == LibCrypto.OK;
    }

    /** Address of the MAC, of whose bytes the tag are the first; 0 when libcrypto refused. */
    long of(long iv, long aad, int aadLength, long text, int length) {
        int done = LibCrypto.macInit(context, 0, 0, 0)
                & LibCrypto.macUpdate(context, aad, HEADER_LENGTH)
                & LibCrypto.macUpdate(context, iv, IV_LENGTH)
                & LibCrypto.macUpdate(context, text, length);
        if (aadLength > HEADER_LENGTH) {
            done &= LibCrypto.macUpdate(context, aad + HEADER_LENGTH, aadLength - HEADER_LENGTH);
        }
        done &= LibCrypto.macFinal(context, base, base + OUT_LENGTH_OFFSET, MAC_MAX);
        return done == LibCrypto.OK ? base : 0;
    }

    int tagLength() {
        return tagLength;
    }

    private void wipe() {
        for (int offset = 0; offset < LENGTH; offset += Long.BYTES) {
            Memory.writeLong(base + offset, 0);
        }
    }

    @Override
    public void close() {
        LibCrypto.macContextFree(context);
        wipe();
        scratch.close();
    }
}
