package io.weir.control.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

import io.weir.kernel.PeerCredentials;
import io.weir.kernel.UserDatabase;

/**
 * Names the caller of a unix socket by the credentials that the kernel noted. User 0 and the daemon's own user are admin
 * whatever is said, for they could change the daemon itself.
 *
 * <p>Names are resolved once, when the daemon starts: a user who is renamed later keeps the role that his number had.
 */
public final class SocketCallers {
    private static final int ROOT = 0;

    /** The number that chown(2) takes for "leave it as it is", which nobody can have. */
    private static final Integer NO_GROUP = -1;

    private final Path socket;
    private final int ownUid;
    private final boolean socketGroupOperates;
    private final Map<Integer, Role> users = new HashMap<>();
    private final Map<Integer, Role> groups = new HashMap<>();

    /**
     * @param socket the file whose group is operator when nothing else is said; need not be there yet
     * @param ownUid user number of this process
     * @throws AccessException when this host has no such user or group
     */
    SocketCallers(Path socket, int ownUid, SocketRoles roles) {
        this.socket = socket;
        this.ownUid = ownUid;
        this.socketGroupOperates = roles.members().isEmpty();
        roles.members().forEach((role, members) -> {
            String path = "api.roles." + role;
            members.users()
                    .forEach(user -> enter(users, number(user, path + ".users", UserDatabase::userNumber), role));
            members.groups()
                    .forEach(group -> enter(groups, number(group, path + ".groups", UserDatabase::groupNumber), role));
        });
    }

    /**
     * For a daemon with these settings, which runs as this process does.
     *
     * @throws AccessException when this host has no such user or group
     */
    public static SocketCallers of(ApiSettings settings) {
        return new SocketCallers(settings.socket(), UserDatabase.ownUser(), settings.roles());
    }

    /**
     * The number of the group that the socket is given to; empty when nothing is said.
     *
     * @throws AccessException when this host has no such group
     */
    public static OptionalInt group(ApiSettings settings) {
        String group = settings.group();
        return group == null
                ? OptionalInt.empty()
                : OptionalInt.of(number(group, "api.group", UserDatabase::groupNumber));
    }

    private static void enter(Map<Integer, Role> roles, int number, Role role) {
        roles.merge(number, role, Role::or);
    }

    /** A number as it is written, or that of the name. */
    private static int number(String word, String path, Function<String, OptionalInt> lookup) {
        try {
            return Integer.parseUnsignedInt(word);
        } catch (NumberFormatException name) {
            return lookup.apply(word)
                    .orElseThrow(() -> new AccessException(
                            path + " names nobody that this host has: was " + word + "; create it, or name another"));
        }
    }

    Caller caller(PeerCredentials peer) {
        String uid = Integer.toUnsignedString(peer.uid());
        String name = UserDatabase.userName(peer.uid()).orElse(uid);
        return new Caller(name, "user " + name + " (uid " + uid + ')', role(peer));
    }

    private Role role(PeerCredentials peer) {
        if (peer.uid() == ROOT || peer.uid() == ownUid) {
            return Role.ADMIN;
        }
        Role role = users.getOrDefault(peer.uid(), Role.NONE);
        for (int group : peer.groups()) {
            role = role.or(groups.getOrDefault(group, Role.NONE));
        }
        return socketGroupOperates && peer.groups().contains(socketGroup()) ? role.or(Role.OPERATOR) : role;
    }

    /** Asked anew each time: an operator may change the file's group while the daemon runs. */
    private Integer socketGroup() {
        try {
            return (Integer) Files.getAttribute(socket, "unix:gid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            return NO_GROUP;
        }
    }
}
