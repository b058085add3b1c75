package io.weir.crypto;

/** libcrypto of OpenSSL 3, in the process and on off-heap memory. */
final class LibCryptoLibrary implements CryptoLibrary {
    @Override
    public String name() {
        return "libcrypto " + LibCrypto.version();
    }

    @Override
    public boolean offHeap() {
        return true;
    }

    @Override
    public AeadSealer sealer(AeadAlgorithm algorithm, byte[] material) {
        CryptoLibrary.requireLength(algorithm, material);
        if (algorithm.encryptThenMac()) {
            LibCryptoMac mac = LibCryptoMac.keyed(algorithm, material);
            return new LibCryptoCbcSealer(cipher(algorithm, material, true, mac), mac);
        }
        return new LibCryptoSealer(LibCryptoContext.keyed(algorithm, material, true));
    }

    @Override
    public AeadOpener opener(AeadAlgorithm algorithm, byte[] material) {
        CryptoLibrary.requireLength(algorithm, material);
        if (algorithm.encryptThenMac()) {
            LibCryptoMac mac = LibCryptoMac.keyed(algorithm, material);
            return new LibCryptoCbcOpener(cipher(algorithm, material, false, mac), mac);
        }
        return new LibCryptoOpener(LibCryptoContext.keyed(algorithm, material, false));
    }

    /** The cipher beside a MAC, which is closed when there is none. */
    private static LibCryptoContext cipher(
            AeadAlgorithm algorithm, byte[] material, boolean encrypts, LibCryptoMac mac) {
        try {
            return LibCryptoContext.keyed(algorithm, material, encrypts);
        } catch (IllegalArgumentException refused) {
            mac.close();
            throw refused;
        }
    }
}
