package io.weir.datapath.wire;

import java.nio.ByteOrder;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Unsigned reads and writes in network byte order (RFC 1700, "Data Notations": most significant byte first).
 *
 * <p>Threading: stateless.
 */
public final class NetworkOrder {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private NetworkOrder() {}

    /** 32 bits at an address, which nothing checks. */
    public static int i32(long address) {
        int bits = UnsafeApi.getInt(address);
        return LITTLE_ENDIAN ? Integer.reverseBytes(bits) : bits;
    }

    /** 64 bits at an address, which nothing checks. */
    public static long i64(long address) {
        long bits = UnsafeApi.getLong(address);
        return LITTLE_ENDIAN ? Long.reverseBytes(bits) : bits;
    }

    /** 0 to 255. */
    public static int u8(UnsafeBuffer view, int index) {
        return view.getByte(index) & 0xFF;
    }

    /** 0 to 65,535. */
    public static int u16(UnsafeBuffer view, int index) {
        return view.getShort(index, BIG_ENDIAN) & 0xFFFF;
    }

    /** 32 bits as they stand; an address, for example. */
    public static int i32(UnsafeBuffer view, int index) {
        return view.getInt(index, BIG_ENDIAN);
    }

    /** 0 to 2^32 - 1. */
    public static long u32(UnsafeBuffer view, int index) {
        return view.getInt(index, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** 64 bits as they stand; half of an IPv6 address, for example. */
    public static long i64(UnsafeBuffer view, int index) {
        return view.getLong(index, BIG_ENDIAN);
    }

    /** Six bytes as the low 48 bits. */
    public static long u48(UnsafeBuffer view, int index) {
        return ((long) u16(view, index) << 32) | u32(view, index + 2);
    }

    public static void put8(UnsafeBuffer view, int index, int value) {
        view.putByte(index, (byte) value);
    }

    public static void put16(UnsafeBuffer view, int index, int value) {
        view.putShort(index, (short) value, BIG_ENDIAN);
    }

    public static void put32(UnsafeBuffer view, int index, int value) {
        view.putInt(index, value, BIG_ENDIAN);
    }

    public static void put48(UnsafeBuffer view, int index, long value) {
        put16(view, index, (int) (value >>> 32));
        put32(view, index + 2, (int) value);
    }

    public static void put64(UnsafeBuffer view, int index, long value) {
        view.putLong(index, value, BIG_ENDIAN);
    }
}
