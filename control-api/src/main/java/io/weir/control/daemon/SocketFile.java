package io.weir.control.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** The file of the unix socket: cleared before it is bound, then opened to its group. */
final class SocketFile {
    private final Path path;

    SocketFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /**
     * Makes way for a socket, in place of one that a dead daemon left.
     *
     * @throws StartException when a live process listens there, or the path cannot be used
     */
    void clear() {
        try {
            Path folder = path.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new StartException(
                        "api.socket " + path + " is a file that is no socket; name another path, or remove it");
            }
            if (answers()) {
                throw new StartException(
                        "api.socket " + path + " is served by a live process; stop that one, or name another path");
            }
            Files.delete(path);
        } catch (IOException refused) {
            throw new StartException(
                    "api.socket " + path + " cannot be used: " + refused + "; name a path of your own");
        }
    }

    /** Whether somebody accepts connections; a socket file whose process died refuses them. */
    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Lets its group connect: the one with that number, or the daemon's own. */
    void share(OptionalInt group) throws IOException {
        if (group.isPresent()) {
            Files.setAttribute(path, "unix:gid", group.getAsInt(), LinkOption.NOFOLLOW_LINKS);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    }

    void remove() throws IOException {
        Files.deleteIfExists(path);
    }
}
