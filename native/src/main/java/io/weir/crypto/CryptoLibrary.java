package io.weir.crypto;

/**
 * Who encrypts. Set-up calls; they throw {@link IllegalArgumentException} for key material of a wrong length.
 *
 * <p>Threading: any thread.
 */
public interface CryptoLibrary {
    /** Result of a call that did not do what it should: not authentic, or refused by the library. */
    int FAILED = -1;

    /** Name and version for people. */
    String name();

    /** Whether packets are worked on where they lie, and nothing is allocated for them. */
    boolean offHeap();

    /** A context that seals. The material is copied. */
    AeadSealer sealer(AeadAlgorithm algorithm, byte[] material);

    /** A context that opens. The material is copied. */
    AeadOpener opener(AeadAlgorithm algorithm, byte[] material);

    /** The fastest that the machine has. */
    static CryptoLibrary best() {
        return Choice.MADE.library();
    }

    /** Why {@link #best} is not libcrypto, empty when it is. For the log at start. */
    static String fallbackReason() {
        return Choice.MADE.reason();
    }

    /** SunJCE, which every JVM has. */
    static CryptoLibrary jce() {
        return new JceLibrary();
    }

    /** Made once: loading a library cannot be undone. */
    record Choice(CryptoLibrary library, String reason) {
        static final Choice MADE = make();

        private static Choice make() {
            String problem = LibCryptoSymbols.problem();
            return problem.isEmpty() ? new Choice(new LibCryptoLibrary(), "") : new Choice(jce(), problem);
        }
    }

    /** Refuses key material of a wrong length. */
    static void requireLength(AeadAlgorithm algorithm, byte[] material) {
        if (material.length != algorithm.materialLength()) {
            throw new IllegalArgumentException("key of " + algorithm + " must have " + algorithm.materialLength()
                    + " bytes: has " + material.length);
        }
    }
}
