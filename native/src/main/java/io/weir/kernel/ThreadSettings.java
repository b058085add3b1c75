package io.weir.kernel;

import static io.weir.kernel.LibC.LIBC;

/**
 * Kernel-side settings of the calling thread.
 *
 * <p>Threading: acts on the calling platform thread.
 */
public final class ThreadSettings {
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int NAME_BYTES = 16;

    private ThreadSettings() {}

    /** Name that top and ps show, cut to 15 bytes. 0 or a negative errno. */
    public static int name(String name) {
        try (var text = new Scratch(NAME_BYTES)) {
            text.ascii(0, name.substring(0, Math.min(name.length(), NAME_BYTES - 1)));
            return Syscall.result(LIBC.prctl(PR_SET_NAME, text.address(), 0L, 0L, 0L));
        }
    }

    /** How late a sleep may end; the kernel's default is 50 microseconds. 0 or a negative errno. */
    public static int timerSlackNs(long slackNs) {
        return Syscall.result(LIBC.prctl(PR_SET_TIMERSLACK, slackNs, 0L, 0L, 0L));
    }
}
