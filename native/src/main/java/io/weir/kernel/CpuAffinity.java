package io.weir.kernel;

import java.util.BitSet;

import static io.weir.kernel.LibC.LIBC;

/**
 * Which processors the calling thread may run on.
 *
 * <p>Threading: acts on the calling platform thread; never call it from a virtual thread.
 */
public final class CpuAffinity {
    private static final int MASK_BYTES = 128; // 1024 processors, as glibc's cpu_set_t
    private static final int CURRENT_THREAD = 0;

    private CpuAffinity() {}

    /** Processors the calling thread may run on. @throws KernelException when the machine has more than 1024 */
    public static BitSet current() {
        try (var mask = new Scratch(MASK_BYTES)) {
            int length = Syscall.result(LIBC.sched_getaffinity(CURRENT_THREAD, MASK_BYTES, mask.address()));
            Errno.require(length, "sched_getaffinity", "Weir supports machines of up to 1024 processors");
            byte[] bits = new byte[MASK_BYTES];
            Memory.copy(mask.address(), bits, 0, MASK_BYTES);
            return BitSet.valueOf(bits);
        }
    }

    /** Binds the calling thread to one processor. 0, or -EINVAL when it is offline or outside the cgroup's set. */
    public static int pin(int cpu) {
        BitSet cpus = new BitSet();
        cpus.set(cpu);
        return bind(cpus);
    }

    /** Binds the calling thread to these processors. 0 or a negative errno. */
    public static int bind(BitSet cpus) {
        byte[] bits = cpus.toByteArray();
        if (bits.length > MASK_BYTES) {
            return -Errno.EINVAL;
        }
        try (var mask = new Scratch(MASK_BYTES)) {
            Memory.copy(bits, 0, mask.address(), bits.length);
            return Syscall.result(LIBC.sched_setaffinity(CURRENT_THREAD, MASK_BYTES, mask.address()));
        }
    }
}
