package io.weir.control.access;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.control.cli.CommandLines;
import io.weir.control.cli.ExitCode;
import io.weir.control.config.HostConfig;
import io.weir.control.daemon.Daemon;
import io.weir.control.daemon.StartException;
import io.weir.kernel.UserDatabase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Real calls over a real socket by users that exist only as numbers; the kernel says who they are. */
@Timeout(60)
class SocketAccessTest {
    private static final int GUEST = 61_001;
    private static final int GUEST_GROUP = 61_002;
    private static final int SWITCH_GROUP = 61_003;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void letOthersReachTheSocket() throws IOException {
        assumeTrue(UserDatabase.ownUser() == 0, "needs root to become another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path socket() {
        return folder.resolve("weir.sock");
    }

    private Daemon daemon(String api) {
        Daemon daemon = new Daemon(HostConfig.read(
                "weir.yaml",
                "host: lab\ndataDir: " + folder.resolve("data") + "\nrunDir: " + folder.resolve("run")
                        + "\npolicy: {mode: off}\napi: {socket: " + socket() + ", group: " + SWITCH_GROUP + api
                        + "}\n"));
        daemon.start();
        return daemon;
    }

    /** Runs a verb as a user and returns its exit code. */
    private int weir(String words, int uid, int gid, int... groups) throws IOException {
        Path relay = folder.resolve("relay-" + uid + ".sock");
        Files.deleteIfExists(relay);
        try (ForeignUser _ = new ForeignUser(relay, socket(), uid, gid, groups)) {
            return CommandLines.execute(
                    (words + " --socket=" + relay).split(" ", -1), new PrintWriter(out), new PrintWriter(err));
        }
    }

    @Test
    void shouldLetTheSocketsGroupOperateWhenNothingIsSaid() throws IOException {
        try (Daemon _ = daemon("")) {
            assertEquals(ExitCode.DONE, weir("ports", GUEST, SWITCH_GROUP));
            assertEquals(ExitCode.DONE, weir("fdb flush", GUEST, SWITCH_GROUP), err::toString);
            assertEquals(ExitCode.DONE, weir("fdb flush", GUEST, GUEST_GROUP, SWITCH_GROUP), err::toString);
        }
    }

    @Test
    void shouldNotEvenConnectWhoeverIsOutsideTheSocketsGroup() throws IOException {
        try (Daemon _ = daemon("")) {
            assertEquals(ExitCode.UNREACHABLE, weir("ports", GUEST, GUEST_GROUP));
        }
    }

    /** Even if somebody opens the file to everybody, who is named nowhere may do nothing. */
    @Test
    void shouldRefuseWhoeverHasNoRole() throws IOException {
        try (Daemon _ = daemon("")) {
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));

            assertEquals(ExitCode.REFUSED, weir("ports", GUEST, GUEST_GROUP));

            assertEquals(
                    "weir: weir.v1.PortService/ListPorts needs role viewer: was user 61001 (uid 61001) with role none; "
                            + "ask an admin to name the caller in api.roles or api.tcp.roles of weir.yaml\n",
                    err.toString());
        }
    }

    @Test
    void shouldLetAViewerReadAndNotWrite() throws IOException {
        try (Daemon _ = daemon(", roles: {viewer: {users: [" + GUEST + "]}}")) {
            assertEquals(ExitCode.DONE, weir("stats", GUEST, SWITCH_GROUP));
            assertEquals(ExitCode.REFUSED, weir("fdb flush", GUEST, SWITCH_GROUP));

            assertTrue(
                    err.toString()
                            .startsWith("weir: weir.v1.PortService/FlushMacs needs role operator: was user 61001"
                                    + " (uid 61001) with role viewer;"),
                    err.toString());
        }
    }

    @Test
    void shouldRefuseAViewersCaptureBeforeAnyFrame() throws IOException {
        try (Daemon _ = daemon(", roles: {viewer: {users: [" + GUEST + "]}}")) {
            assertEquals(ExitCode.REFUSED, weir("capture --count 1", GUEST, SWITCH_GROUP));

            assertTrue(err.toString().contains("weir.v1.CaptureService/Capture needs role operator"), err.toString());
        }
    }

    /** Roles of a user by number and of a group, effective or supplementary; the highest counts. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            viewer: {users: [61001]}                                | 1
            operator: {users: [61001]}                              | 0
            admin: {users: [61001]}                                 | 0
            operator: {groups: [61002]}                             | 0
            operator: {groups: [61003]}                             | 0
            operator: {groups: [61009]}                             | 1
            viewer: {users: [61001]}, operator: {groups: [61002]}   | 0
            operator: {users: [root, daemon]}                       | 1
            """)
    void shouldTakeTheHighestRoleOfUserAndGroups(String roles, int exitCode) throws IOException {
        try (Daemon _ = daemon(", roles: {" + roles + "}")) {
            assertEquals(exitCode, weir("fdb flush", GUEST, SWITCH_GROUP, GUEST_GROUP), err::toString);
        }
    }

    @Test
    void shouldNameAUserThatTheHostKnows() throws IOException {
        int daemonUser = UserDatabase.userNumber("daemon").orElseThrow();
        try (Daemon _ = daemon(", roles: {viewer: {users: [daemon]}}")) {
            assertEquals(ExitCode.REFUSED, weir("fdb flush", daemonUser, SWITCH_GROUP));

            assertTrue(err.toString().contains("was user daemon (uid " + daemonUser + ") with role viewer"));
        }
    }

    @Test
    void shouldLetRootDoEverythingWhateverIsSaid() throws IOException {
        try (Daemon _ = daemon(", roles: {viewer: {users: [root]}}")) {
            assertEquals(ExitCode.DONE, weir("fdb flush", 0, 0), err::toString);
        }
    }

    @Test
    void shouldNotStartWhenAUserOrGroupDoesNotExist() {
        StartException user =
                assertThrows(StartException.class, () -> daemon(", roles: {admin: {users: [nobody-of-that-name]}}"));
        StartException group =
                assertThrows(StartException.class, () -> daemon(", roles: {viewer: {groups: [no-such-group]}}"));

        assertEquals(
                Optional.of("api.roles.admin.users names nobody that this host has: was nobody-of-that-name; create it,"
                        + " or name another"),
                Optional.ofNullable(user.getMessage()));
        assertTrue(String.valueOf(group.getMessage()).startsWith("api.roles.viewer.groups names nobody"));
    }
}
