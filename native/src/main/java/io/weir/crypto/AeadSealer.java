package io.weir.crypto;

/**
 * Encrypts and authenticates under one key.
 *
 * <p>Threading: one thread at a time. Nothing is allocated per packet when {@link CryptoLibrary#offHeap()} says so.
 */
public non-sealed interface AeadSealer extends Aead {
    /**
     * Writes the IV of a packet: the counter in network order, or for CBC the counter encrypted under the key, which cannot be predicted
     * without it (NIST SP 800-38A appendix C, first method).
     *
     * @param counter must never be given twice for one key
     * @param iv address with room for {@link AeadAlgorithm#ivLength()} bytes
     * @return 0, or {@link CryptoLibrary#FAILED}
     */
    int iv(long counter, long iv);

    /**
     * Encrypts and authenticates one text.
     *
     * @param iv address of the packet's IV
     * @param aad address of what is authenticated only; of encrypt-then-MAC, all behind the first eight bytes is authenticated last, as
     *     RFC 4303 section 2.8 puts the high half of a sequence number
     * @param aadLength bytes, 8 to 12
     * @param text address of the text
     * @param length bytes of the text, a multiple of {@link AeadAlgorithm#blockLength()} for encrypt-then-MAC
     * @param out where the ciphertext and the tag go; the text itself, or bytes apart from it
     * @return 0, or {@link CryptoLibrary#FAILED}: the output must then not be used
     */
    int seal(long iv, long aad, int aadLength, long text, int length, long out);
}
