package io.weir.crypto;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * libcrypto's EVP calls, as OpenSSL 3 documents them: 1 is success, pointers are plain addresses, 0 is none. A call that the JVM
 * itself could not make is answered like one that libcrypto refused.
 *
 * <p>Bound by java.lang.foreign rather than by JNR-FFI: five calls a packet are cheap enough only as critical ones.
 *
 * <p>Threading: any thread; a context belongs to one at a time.
 */
final class LibCrypto {
    static final int OK = 1;

    private static final FunctionDescriptor MAKE = address();
    private static final FunctionDescriptor FETCH = address(JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor INIT = status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor UPDATE = status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor THREE = status(JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor FOUR = status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TWO = status(JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(JAVA_LONG);

    private static final MethodHandle VERSION =
            LibCryptoSymbols.critical("OPENSSL_version_major", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle VERSION_MINOR =
            LibCryptoSymbols.critical("OPENSSL_version_minor", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle CIPHER_FETCH = LibCryptoSymbols.critical("EVP_CIPHER_fetch", FETCH);
    private static final MethodHandle CIPHER_FREE = LibCryptoSymbols.critical("EVP_CIPHER_free", FREE);
    private static final MethodHandle CONTEXT_NEW = LibCryptoSymbols.critical("EVP_CIPHER_CTX_new", MAKE);
    private static final MethodHandle CONTEXT_FREE = LibCryptoSymbols.critical("EVP_CIPHER_CTX_free", FREE);
    private static final MethodHandle SET_PADDING =
            LibCryptoSymbols.critical("EVP_CIPHER_CTX_set_padding", status(JAVA_LONG, JAVA_INT));
    private static final MethodHandle GET_PARAMS = LibCryptoSymbols.critical("EVP_CIPHER_CTX_get_params", TWO);
    private static final MethodHandle ENCRYPT_INIT = LibCryptoSymbols.critical("EVP_EncryptInit_ex2", INIT);
    private static final MethodHandle ENCRYPT_UPDATE = LibCryptoSymbols.critical("EVP_EncryptUpdate", UPDATE);
    private static final MethodHandle ENCRYPT_FINAL = LibCryptoSymbols.critical("EVP_EncryptFinal_ex", THREE);
    private static final MethodHandle DECRYPT_INIT = LibCryptoSymbols.critical("EVP_DecryptInit_ex2", INIT);
    private static final MethodHandle DECRYPT_UPDATE = LibCryptoSymbols.critical("EVP_DecryptUpdate", UPDATE);
    private static final MethodHandle DECRYPT_FINAL = LibCryptoSymbols.critical("EVP_DecryptFinal_ex", THREE);
    private static final MethodHandle MAC_FETCH = LibCryptoSymbols.critical("EVP_MAC_fetch", FETCH);
    private static final MethodHandle MAC_FREE = LibCryptoSymbols.critical("EVP_MAC_free", FREE);
    private static final MethodHandle MAC_CONTEXT_NEW =
            LibCryptoSymbols.critical("EVP_MAC_CTX_new", address(JAVA_LONG));
    private static final MethodHandle MAC_CONTEXT_FREE = LibCryptoSymbols.critical("EVP_MAC_CTX_free", FREE);
    private static final MethodHandle MAC_INIT = LibCryptoSymbols.critical("EVP_MAC_init", FOUR);
    private static final MethodHandle MAC_UPDATE = LibCryptoSymbols.critical("EVP_MAC_update", THREE);
    private static final MethodHandle MAC_FINAL = LibCryptoSymbols.critical("EVP_MAC_final", FOUR);

    private LibCrypto() {}

    /** Such as 3.0. */
    static String version() {
        return number(VERSION) + "." + number(VERSION_MINOR);
    }

    /** A cipher by its name, a C string, or 0. */
    static long cipherFetch(long name) {
        return fetch(CIPHER_FETCH, name);
    }

    static void cipherFree(long cipher) {
        free(CIPHER_FREE, cipher);
    }

    static long contextNew() {
        try {
            return (long) CONTEXT_NEW.invokeExact();
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** Also wipes its key. */
    static void contextFree(long context) {
        free(CONTEXT_FREE, context);
    }

    static int setPadding(long context, int padding) {
        try {
            return (int) SET_PADDING.invokeExact(context, padding);
        } catch (Throwable refused) {
            return 0;
        }
    }

    static int getParams(long context, long params) {
        try {
            return (int) GET_PARAMS.invokeExact(context, params);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** Cipher, key, IV and params that are 0 stay what they are. */
    static int encryptInit(long context, long cipher, long key, long iv, long params) {
        try {
            return (int) ENCRYPT_INIT.invokeExact(context, cipher, key, iv, params);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** With {@code out} 0, the input is authenticated only. */
    static int encryptUpdate(long context, long out, long outLength, long in, int length) {
        try {
            return (int) ENCRYPT_UPDATE.invokeExact(context, out, outLength, in, length);
        } catch (Throwable refused) {
            return 0;
        }
    }

    static int encryptFinal(long context, long out, long outLength) {
        try {
            return (int) ENCRYPT_FINAL.invokeExact(context, out, outLength);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** As {@link #encryptInit}. */
    static int decryptInit(long context, long cipher, long key, long iv, long params) {
        try {
            return (int) DECRYPT_INIT.invokeExact(context, cipher, key, iv, params);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** As {@link #encryptUpdate}. */
    static int decryptUpdate(long context, long out, long outLength, long in, int length) {
        try {
            return (int) DECRYPT_UPDATE.invokeExact(context, out, outLength, in, length);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** Also 0 when the tag does not fit. */
    static int decryptFinal(long context, long out, long outLength) {
        try {
            return (int) DECRYPT_FINAL.invokeExact(context, out, outLength);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** A MAC by its name, a C string, or 0. */
    static long macFetch(long name) {
        return fetch(MAC_FETCH, name);
    }

    static void macFree(long mac) {
        free(MAC_FREE, mac);
    }

    static long macContextNew(long mac) {
        try {
            return (long) MAC_CONTEXT_NEW.invokeExact(mac);
        } catch (Throwable refused) {
            return 0;
        }
    }

    /** Also wipes its key. */
    static void macContextFree(long context) {
        free(MAC_CONTEXT_FREE, context);
    }

    /** Begins anew; with a key of 0, under the one that it has. */
    static int macInit(long context, long key, long keyLength, long params) {
        try {
            return (int) MAC_INIT.invokeExact(context, key, keyLength, params);
        } catch (Throwable refused) {
            return 0;
        }
    }

    static int macUpdate(long context, long data, long length) {
        try {
            return (int) MAC_UPDATE.invokeExact(context, data, length);
        } catch (Throwable refused) {
            return 0;
        }
    }

    static int macFinal(long context, long out, long outLength, long capacity) {
        try {
            return (int) MAC_FINAL.invokeExact(context, out, outLength, capacity);
        } catch (Throwable refused) {
            return 0;
        }
    }

    private static int number(MethodHandle call) {
        try {
            return (int) call.invokeExact();
        } catch (Throwable refused) {
            return 0;
        }
    }

    private static long fetch(MethodHandle call, long name) {
        try {
            return (long) call.invokeExact(0L, name, 0L);
        } catch (Throwable refused) {
            return 0;
        }
    }

    private static void free(MethodHandle call, long address) {
        try {
            call.invokeExact(address);
        } catch (Throwable refused) {
            // Nothing is left to do: the memory stays with the process.
            return;
        }
    }

    private static FunctionDescriptor address(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    private static FunctionDescriptor status(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }
}
