package io.weir.control.grpc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.Status;

import io.weir.datapath.port.PortSettings;

/**
 * The folder that callers of the API may have files in. The daemon is root and its callers are not, so that a path of theirs
 * must not lead anywhere else: a capture file elsewhere would let them truncate or read any file of the host.
 *
 * <p>The folder is made when it is first needed. Files on their way to a port are kept in its {@code spool}; their names hold
 * the number of the process, so that the next start finds what a killed daemon left, and leaves alone what a living one uses.
 *
 * <p>Threading: immutable; any thread.
 */
public final class DataDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String SPOOLED = "replay-";

    private final Path path;
    private final Path spool;

    /** @param path absolute; need not exist */
    public DataDirectory(Path path) {
        this.path = path;
        this.spool = path.resolve("spool");
    }

    /** Deletes files that daemons which are gone were receiving. */
    public void clearSpool() {
        if (!Files.isDirectory(spool)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(spool, SPOOLED + "*")) {
            for (Path file : files) {
                if (!inUse(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException refused) {
            LOG.warn("files of a former daemon stay in {}: {}", spool, refused.toString());
        }
    }

    /** This process has received nothing when it clears: a file with its number is of a predecessor that had the number. */
    private static boolean inUse(Path file) {
        String[] words = file.getFileName().toString().split("-", 3);
        if (words.length < 3 || !words[1].matches("[0-9]{1,9}")) {
            return false;
        }
        long pid = Long.parseLong(words[1]);
        return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).isPresent();
    }

    /** A new file of this process's, which only its owner may read. */
    Path spoolFile() throws IOException {
        make();
        Files.createDirectories(spool);
        return Files.createTempFile(spool, SPOOLED + ProcessHandle.current().pid() + '-', ".pcap");
    }

    private void make() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        }
    }

    /** Where spooled files are. */
    Path spool() {
        return spool;
    }

    /**
     * The settings with capture files that lead, whatever links are on the way, to regular files below this folder, or to
     * none yet.
     *
     * @throws RuntimeException a refusal that {@link Answers#status} understands: what, value, remedy
     */
    PortSettings admit(PortSettings wanted) {
        Path in = admit("pcap_in", wanted.pcapIn());
        Path out = admit("pcap_out", wanted.pcapOut());
        if (in != null && out != null && same(in, out)) {
            throw new IllegalArgumentException(
                    "pcap_in and pcap_out must be two files: was " + wanted.pcapOut() + "; name another file to write");
        }
        return new PortSettings(
                wanted.name(),
                wanted.type(),
                wanted.device(),
                wanted.netns(),
                wanted.io(),
                wanted.mtu(),
                in,
                out,
                wanted.enabled(),
                wanted.vlan(),
                wanted.bridge(),
                wanted.policy());
    }

    private @Nullable Path admit(String field, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        Path resolved = resolve(file);
        if (resolved == null) {
            throw new IllegalArgumentException(
                    field + " must be an absolute path below " + path + ", in a folder that exists: was " + file
                            + "; name a file there, or write the port into weir.yaml");
        }
        if (!isCapture(resolved)) {
            throw new IllegalArgumentException(field + " must end in .pcap or .pcapng, and be outside of " + spool
                    + ", because other files here are the daemon's: was " + file + "; choose such a name");
        }
        if (Files.exists(resolved, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(resolved, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(
                    field + " must be a regular file: was " + file + "; name a file, no link, folder, pipe or device");
        }
        return resolved;
    }

    /** A file that the daemon keeps, such as the state of SAs which it has mapped, must never be written by a port. */
    private boolean isCapture(Path resolved) {
        String name = resolved.getFileName().toString();
        boolean spooled = resolved.startsWith(top().resolve(spool.getFileName()));
        return !spooled && (name.endsWith(".pcap") || name.endsWith(".pcapng"));
    }

    /** The file with no link left in its folder's path, or null where that is not below this folder. */
    private @Nullable Path resolve(Path file) {
        Path normal = file.normalize();
        Path folder = normal.getParent();
        if (!normal.isAbsolute() || folder == null) {
            return null;
        }
        Path top = top();
        try {
            Path resolved = folder.toRealPath().resolve(normal.getFileName());
            return resolved.startsWith(top) ? resolved : null;
        } catch (IOException absent) {
            // Whether it exists elsewhere is none of the caller's business.
            return null;
        }
    }

    private Path top() {
        try {
            make();
            return path.toRealPath();
        } catch (IOException refused) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("dataDir cannot be made: " + refused + "; name another one in weir.yaml")
                    .asRuntimeException();
        }
    }

    private static boolean same(Path one, Path other) {
        try {
            return one.equals(other) || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
        } catch (IOException unknown) {
            return true;
        }
    }
}
