package io.weir.crypto;

/**
 * Authenticates and decrypts under one key.
 *
 * <p>Threading: one thread at a time. Nothing is allocated per packet when {@link CryptoLibrary#offHeap()} says so.
 */
public non-sealed interface AeadOpener extends Aead {
    /**
     * Authenticates and decrypts one text. Parameters are those of {@link AeadSealer#seal}.
     *
     * @param text address of the ciphertext; its tag follows it
     * @param length bytes of the ciphertext without its tag
     * @param out where the text goes; the ciphertext itself, or bytes apart from it
     * @return 0, or {@link CryptoLibrary#FAILED}: the output must then not be used
     */
    int open(long iv, long aad, int aadLength, long text, int length, long out);
}
