package io.weir.crypto;

import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * One EVP_CIPHER_CTX with its key, and the few bytes around it that calls point to.
 *
 * <pre>
 *    0  nonce: salt and IV           16  length that calls write       24  "tag"
 *   32  OSSL_PARAM of the tag        72  OSSL_PARAM that ends          128 work space
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
final class LibCryptoContext implements AutoCloseable {
    private static final int SALT_LENGTH = 4;
    private static final int OUT_LENGTH_OFFSET = 16;
    private static final int TAG_NAME_OFFSET = 24;
    private static final int PARAM_OFFSET = 32;
    private static final int PARAM_TYPE_OFFSET = PARAM_OFFSET + 8;
    private static final int PARAM_DATA_OFFSET = PARAM_OFFSET + 16;
    private static final int PARAM_SIZE_OFFSET = PARAM_OFFSET + 24;
    private static final int WORK_OFFSET = 128;
    private static final int LENGTH = 256;
    private static final int OCTET_STRING = 5;

    private final long context;
    private final Scratch scratch = new Scratch(LENGTH);
    private final long base = scratch.address();

    private LibCryptoContext(long context) {
        this.context = context;
    }

    /** A context with its key, whose salt is the rest of an AEAD cipher's material. */
    static LibCryptoContext keyed(AeadAlgorithm algorithm, byte[] material, boolean encrypts) {
        LibCryptoContext opened = new LibCryptoContext(LibCrypto.contextNew());
        if (!opened.key(algorithm, material, encrypts)) {
            opened.close();
            throw new IllegalArgumentException(
                    "libcrypto refuses " + algorithm.cipherName() + "; see whether its configuration forbids it");
        }
        return opened;
    }

    private boolean key(AeadAlgorithm algorithm, byte[] material, boolean encrypts) {
        scratch.ascii(TAG_NAME_OFFSET, "tag");
        Memory.writeLong(base + PARAM_OFFSET, base + TAG_NAME_OFFSET);
        Memory.writeInt(base + PARAM_TYPE_OFFSET, OCTET_STRING);
        Memory.writeLong(base + PARAM_SIZE_OFFSET, algorithm.tagLength());
        if (!algorithm.encryptThenMac()) {
            Memory.copy(material, algorithm.keyLength(), base, SALT_LENGTH);
        }
        scratch.ascii(WORK_OFFSET, algorithm.cipherName());
        long cipher = LibCrypto.cipherFetch(work());
        Memory.copy(material, 0, work(), algorithm.keyLength());
        int done = encrypts
                ? LibCrypto.encryptInit(context, cipher, work(), 0, 0)
                : LibCrypto.decryptInit(context, cipher, work(), 0, 0);
        LibCrypto.cipherFree(cipher);
        wipeWork();
        return done == LibCrypto.OK;
    }

    /** The EVP_CIPHER_CTX. */
    long context() {
        return context;
    }

    /** Address of a nonce of the salt and this IV. */
    long nonce(long iv) {
        Memory.writeLong(base + SALT_LENGTH, Memory.readLong(iv));
        return base;
    }

    /** Address of parameters that say where the tag lies. */
    long tagAt(long tag) {
        Memory.writeLong(base + PARAM_DATA_OFFSET, tag);
        return base + PARAM_OFFSET;
    }

    /** Address where calls write a length that nobody reads. */
    long outLength() {
        return base + OUT_LENGTH_OFFSET;
    }

    /** Address of 64 bytes to work on. */
    long work() {
        return base + WORK_OFFSET;
    }

    void wipeWork() {
        wipe(WORK_OFFSET);
    }

    private void wipe(int from) {
        for (int offset = from; offset < LENGTH; offset += Long.BYTES) {
            Memory.writeLong(base + offset, 0);
        }
    }

    @Override
    public void close() {
        LibCrypto.contextFree(context);
        wipe(0);
        scratch.close();
    }
}
