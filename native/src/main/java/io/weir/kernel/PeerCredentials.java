package io.weir.kernel;

import java.util.Set;
import java.util.TreeSet;

/**
 * Who connected to a unix socket, as the kernel noted it at connect(2), see unix(7): the caller cannot choose it, and what
 * the process does to itself afterwards does not change it.
 *
 * @param pid process number, 0 when the process lives outside the reader's pid namespace
 * @param uid effective user number
 * @param groups effective group number and the supplementary ones
 */
public record PeerCredentials(int pid, int uid, Set<Integer> groups) {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_PEERGROUPS = 59;

    // struct ucred {pid_t pid; uid_t uid; gid_t gid;}
    private static final int UCRED_BYTES = 12;
    private static final int UID_OFFSET = 4;
    private static final int GID_OFFSET = 8;

    /** NGROUPS_MAX of Linux: no process has more. */
    private static final int MAX_GROUPS = 65_536;

    public PeerCredentials {
        groups = Set.copyOf(groups);
    }

    /**
     * The process at the other end of a connected unix stream socket.
     *
     * @throws KernelException when the descriptor is none
     */
    public static PeerCredentials of(int fd) {
        try (Scratch ucred = new Scratch(UCRED_BYTES)) {
            int length = Syscall.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ucred.address(), UCRED_BYTES);
            Errno.require(length, "getsockopt SO_PEERCRED", "ask a connected unix socket");
            Set<Integer> groups = supplementary(fd);
            groups.add(Memory.readInt(ucred.address() + GID_OFFSET));
            return new PeerCredentials(
                    Memory.readInt(ucred.address()), Memory.readInt(ucred.address() + UID_OFFSET), groups);
        }
    }

    private static Set<Integer> supplementary(int fd) {
        try (Scratch gids = new Scratch((long) MAX_GROUPS * Integer.BYTES)) {
            int length = Syscall.getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gids.address(), (int) gids.length());
            Errno.require(length, "getsockopt SO_PEERGROUPS", "ask a connected unix socket");
            Set<Integer> groups = new TreeSet<>();
            for (int offset = 0; offset < length; offset += Integer.BYTES) {
                groups.add(Memory.readInt(gids.address() + offset));
            }
            return groups;
        }
    }
}
