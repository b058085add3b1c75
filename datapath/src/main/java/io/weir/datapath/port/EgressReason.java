package io.weir.datapath.port;

import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Errno;

/** What the kernel's answer to a send means. */
final class EgressReason {
    // "File descriptor in bad state": what a tap says whose interface was deleted.
    private static final int EBADFD = 77;

    private EgressReason() {}

    /** Whether the answer says that a tap's interface was deleted. */
    static boolean deviceGone(int result) {
        return result == -EBADFD || result == -Errno.EBADF || result == -Errno.ENODEV;
    }

    /** The drop reason code for 0 (the way out is full) or a negative errno. */
    static int of(int result) {
        return switch (-result) {
            case 0, Errno.ENOBUFS, Errno.EINTR, Errno.ENOMEM -> DropReason.EGRESS_QUEUE_FULL.code();
            case Errno.EIO, Errno.ENETDOWN, Errno.ENXIO, Errno.ENODEV, Errno.EBADF, EBADFD ->
                DropReason.EGRESS_PORT_DOWN.code();
            case Errno.EMSGSIZE -> DropReason.EGRESS_MTU_EXCEEDED.code();
            default -> DropReason.EGRESS_REFUSED.code();
        };
    }
}
