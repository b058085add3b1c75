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
        LibCryptoContext cipher = LibCryptoContext.open(algorithm, material, true);
        return algorithm.encryptThenMac()
                ? new LibCryptoCbcSealer(cipher, LibCryptoMac.open(algorithm, material))
                : new LibCryptoSealer(cipher);
    }

    @Override
    public AeadOpener opener(AeadAlgorithm algorithm, byte[] material) {
        CryptoLibrary.requireLength(algorithm, material);
        LibCryptoContext cipher = LibCryptoContext.open(algorithm, material, false);
        return algorithm.encryptThenMac()
                ? new LibCryptoCbcOpener(cipher, LibCryptoMac.open(algorithm, material))
                : new LibCryptoOpener(cipher);
    }
}
