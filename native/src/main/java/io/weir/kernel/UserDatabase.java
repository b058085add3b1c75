package io.weir.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

import static io.weir.kernel.LibC.LIBC;

/**
 * Names and numbers of users and groups, from wherever this host keeps them (nsswitch.conf(5)). A lookup may ask a
 * directory over the network: not for hot paths.
 *
 * <p>Threading: guarded by its own lock, because libc answers in one static buffer, getpwnam(3).
 */
public final class UserDatabase {
    /** Of struct passwd {char *name; char *password; uid_t uid; ...}, and of struct group likewise. */
    private static final int NUMBER_OFFSET = 16;

    private UserDatabase() {}

    /** Number of the user that this process acts as. */
    public static int ownUser() {
        return LIBC.geteuid();
    }

    /** Number of the user with that name. */
    public static synchronized OptionalInt userNumber(String name) {
        return number(LIBC.getpwnam(name));
    }

    /** Number of the group with that name. */
    public static synchronized OptionalInt groupNumber(String name) {
        return number(LIBC.getgrnam(name));
    }

    /** Name of the user with that number; empty for a number that nobody has. */
    public static synchronized Optional<String> userName(int uid) {
        return name(LIBC.getpwuid(uid));
    }

    /** Name of the group with that number; empty for a number that no group has. */
    public static synchronized Optional<String> groupName(int gid) {
        return name(LIBC.getgrgid(gid));
    }

    private static OptionalInt number(long entry) {
        return entry == 0 ? OptionalInt.empty() : OptionalInt.of(Memory.readInt(entry + NUMBER_OFFSET));
    }

    private static Optional<String> name(long entry) {
        if (entry == 0) {
            return Optional.empty();
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        long at = Memory.readLong(entry);
        for (byte octet = Memory.readByte(at); octet != 0; octet = Memory.readByte(at)) {
            text.write(octet);
            at++;
        }
        return Optional.of(text.toString(StandardCharsets.UTF_8));
    }
}
