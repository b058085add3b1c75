package io.weir.crypto;

import java.security.GeneralSecurityException;

/** SunJCE on byte arrays: copies every packet in and out, and allocates. */
final class JceLibrary implements CryptoLibrary {
    @Override
    public String name() {
        return "SunJCE";
    }

    @Override
    public boolean offHeap() {
        return false;
    }

    @Override
    public AeadSealer sealer(AeadAlgorithm algorithm, byte[] material) {
        CryptoLibrary.requireLength(algorithm, material);
        try {
            return algorithm.encryptThenMac()
                    ? new JceCbcSealer(algorithm, material)
                    : new JceSealer(new JceAead(algorithm, material));
        } catch (GeneralSecurityException missing) {
            throw absent(algorithm, missing);
        }
    }

    @Override
    public AeadOpener opener(AeadAlgorithm algorithm, byte[] material) {
        CryptoLibrary.requireLength(algorithm, material);
        try {
            return algorithm.encryptThenMac()
                    ? new JceCbcOpener(algorithm, material)
                    : new JceOpener(new JceAead(algorithm, material));
        } catch (GeneralSecurityException missing) {
            throw absent(algorithm, missing);
        }
    }

    private static IllegalArgumentException absent(AeadAlgorithm algorithm, GeneralSecurityException missing) {
        return new IllegalArgumentException(
                "this JVM has no " + algorithm + "; use one with the module java.base of OpenJDK", missing);
    }
}
