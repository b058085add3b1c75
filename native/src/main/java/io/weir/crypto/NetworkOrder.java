package io.weir.crypto;

import java.nio.ByteOrder;

/** Native integers into network order and back. */
final class NetworkOrder {
    private static final boolean SWAPS = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private NetworkOrder() {}

    static long of(long value) {
        return SWAPS ? Long.reverseBytes(value) : value;
    }
}
