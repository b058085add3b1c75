package io.weir.crypto;

/**
 * A keyed context of one direction.
 *
 * <p>Threading: closed by its owner when no other thread has it.
 */
public sealed interface Aead extends AutoCloseable permits AeadSealer, AeadOpener {
    /** Wipes the key. */
    @Override
    void close();
}
