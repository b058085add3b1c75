package io.weir.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * Finds libcrypto of OpenSSL 3 by its soname, where the dynamic linker looks and then where distributions put it.
 *
 * <p>Threading: any thread.
 */
final class LibCryptoSymbols {
    private static final List<String> PLACES = List.of(
            "libcrypto.so.3",
            "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
            "/usr/lib/aarch64-linux-gnu/libcrypto.so.3",
            "/usr/lib64/libcrypto.so.3",
            "/usr/lib/libcrypto.so.3");

    private static final List<String> NEEDED = List.of(
            "EVP_CIPHER_fetch",
            "EVP_EncryptInit_ex2",
            "EVP_DecryptInit_ex2",
            "EVP_CIPHER_CTX_get_params",
            "EVP_MAC_fetch",
            "EVP_MAC_init");

    private static final Optional<SymbolLookup> LIBRARY = load();

    private LibCryptoSymbols() {}

    /** Why libcrypto cannot be used, empty when it can. */
    static String problem() {
        if (LIBRARY.isEmpty()) {
            return "libcrypto.so.3 was not found; install OpenSSL 3 for faster encryption";
        }
        List<String> missing = NEEDED.stream()
                .filter(name -> LIBRARY.get().find(name).isEmpty())
                .toList();
        return missing.isEmpty() ? "" : "libcrypto.so.3 lacks " + missing + "; install OpenSSL 3 for faster encryption";
    }

    /** A call that the JVM makes without leaving its state: short, never blocks, never calls back. */
    @SuppressWarnings("restricted")
    static MethodHandle critical(String name, FunctionDescriptor shape) {
        return Linker.nativeLinker()
                .downcallHandle(LIBRARY.orElseThrow().findOrThrow(name), shape, Linker.Option.critical(false));
    }

    private static Optional<SymbolLookup> load() {
        return PLACES.stream()
                .map(LibCryptoSymbols::load)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @SuppressWarnings("restricted")
    private static Optional<SymbolLookup> load(String place) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(place, Arena.global()));
        } catch (IllegalArgumentException | IllegalCallerException absent) {
            return Optional.empty();
        }
    }
}
