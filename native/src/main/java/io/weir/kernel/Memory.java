package io.weir.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import static io.weir.kernel.LibC.LIBC;

/**
 * Off-heap memory: mappings, and plain, acquire and release access to raw addresses in native byte order.
 *
 * <p>Access checks nothing: an address outside a live mapping ends the process.
 *
 * <p>Threading: any thread; acquire and release pair up across threads and with the kernel.
 */
public final class Memory {
    public static final int PAGE_BYTES = 4096;

    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_SHARED = 0x1;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MADV_HUGEPAGE = 14;

    // The whole address space: memory access through java.lang.foreign, no calls.
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private Memory() {}

    /** Address of zeroed, page aligned, private memory. @throws KernelException when the kernel has none */
    public static long map(long length) {
        return mmap(length, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
    }

    /** As {@link #map(long)}, asking for transparent huge pages; a kernel without them is not an error. */
    public static long map(long length, boolean hugeAdvice) {
        long address = map(length);
        if (hugeAdvice) {
            int ignored = LIBC.madvise(address, length, MADV_HUGEPAGE);
        }
        return address;
    }

    /** Address of a shared, populated mapping of a descriptor, as kernel rings need it. */
    public static long mapFd(int fd, long length, long offset) {
        return mmap(length, MAP_SHARED | MAP_POPULATE, fd, offset);
    }

    /** Address of a shared mapping of a file. */
    static long mapFile(int fd, long length) {
        return mmap(length, MAP_SHARED, fd, 0L);
    }

    private static long mmap(long length, int flags, int fd, long offset) {
        long address = LIBC.mmap(0L, length, PROT_READ_WRITE, flags, fd, offset, 0);
        if (address == -1L) {
            throw new KernelException(
                    "mmap of " + length + " bytes",
                    -LibC.errno(),
                    "lower the buffer or ring size, or raise the memory and locked-memory limits of the process");
        }
        return address;
    }

    /** 0 or a negative errno. */
    public static int unmap(long address, long length) {
        return Syscall.result(LIBC.munmap(address, length));
    }

    public static byte readByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    public static void writeByte(long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    public static short readShort(long address) {
        return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
    }

    /** 0 to 65535. */
    public static int readUnsignedShort(long address) {
        return Short.toUnsignedInt(readShort(address));
    }

    public static void writeShort(long address, int value) {
        ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) value);
    }

    public static int readInt(long address) {
        return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
    }

    public static void writeInt(long address, int value) {
        ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
    }

    public static long readLong(long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    public static void writeLong(long address, long value) {
        ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    /** The address must be a multiple of 4. */
    public static int readIntAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /** The address must be a multiple of 4. */
    public static void writeIntRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }

    /** The address must be a multiple of 8. */
    public static long readLongAcquire(long address) {
        return (long) LONG.getAcquire(ALL, address);
    }

    /** The address must be a multiple of 8. */
    public static void writeLongRelease(long address, long value) {
        LONG.setRelease(ALL, address, value);
    }

    /**
     * Sum of the 32-bit words, taken as unsigned, of {@code longs} eight-byte words from an address on; exact below 2^31 of them. The loop
     * is written so that the JIT compiler makes vector instructions of it, which it does not from accesses by Unsafe.
     */
    public static long sumWords(long address, int longs) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < longs; i++) {
            long word = ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address + (long) Long.BYTES * i);
            low += word & 0xFFFF_FFFFL;
            high += word >>> 32;
        }
        return low + high;
    }

    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    public static void copy(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, to, length);
    }

    public static void copy(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, offset, length);
    }
}
