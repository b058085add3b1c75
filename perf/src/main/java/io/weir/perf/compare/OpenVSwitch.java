package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.perf.compare.Testbed.Place;

/**
 * Open vSwitch's userspace datapath ({@code datapath_type=netdev}) with {@code userspace-tso-enable=true}. Database,
 * sockets and logs are private to the bench; the system's own Open vSwitch, running or not, is not touched.
 */
final class OpenVSwitch implements Contender {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    /** How the hosts are attached. */
    enum Attachment {
        /** Internal ports: taps that Open vSwitch makes. */
        TAP,
        VETH
    }

    private final Path directory;
    private final Attachment attachment;
    private @Nullable ChildProcess database;
    private @Nullable ChildProcess daemon;

    OpenVSwitch(Path directory, Attachment attachment) {
        this.directory = directory;
        this.attachment = attachment;
    }

    @Override
    public void start(Testbed testbed) {
        startDatabase(testbed);
        vsctl("--no-wait", "init");
        vsctl("--no-wait", "set", "Open_vSwitch", ".", "other_config:userspace-tso-enable=true");
        startDaemon(testbed);
        vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev");
        if (attachment == Attachment.VETH) {
            testbed.connectByVeth();
            vsctl("add-port", "br0", "va", "--", "add-port", "br0", "vb");
            return;
        }
        addInternalPort(testbed, "ta", Place.HOST_A);
        addInternalPort(testbed, "tb", Place.HOST_B);
    }

    private void startDatabase(Testbed testbed) {
        Command.run("ovsdb-tool", "create", path("conf.db"), SCHEMA);
        ChildProcess server = start(
                testbed,
                "ovsdb-server",
                path("conf.db"),
                "--remote=punix:" + path("db.sock"),
                "--unixctl=" + path("db.ctl"),
                "--pidfile=" + path("db.pid"));
        database = server;
        server.awaitReady(START_TIMEOUT, () -> exists("db.sock"));
    }

    private void startDaemon(Testbed testbed) {
        ChildProcess switchd = start(
                testbed,
                "ovs-vswitchd",
                "unix:" + path("db.sock"),
                "--disable-system",
                "--unixctl=" + path("vswitchd.ctl"),
                "--pidfile=" + path("vswitchd.pid"));
        daemon = switchd;
        switchd.awaitReady(START_TIMEOUT, () -> exists("vswitchd.ctl"));
        switchd.awaitReady(
                START_TIMEOUT,
                () -> switchd.output().contains("Userspace TCP Segmentation Offloading support enabled"));
    }

    private ChildProcess start(Testbed testbed, String... command) {
        Map<String, String> environment = Map.of(
                "OVS_RUNDIR",
                directory.toString(),
                "OVS_LOGDIR",
                directory.toString(),
                "OVS_DBDIR",
                directory.toString());
        return ChildProcess.start(
                command[0], directory.resolve(command[0] + ".log"), environment, testbed.inside(Place.SWITCH, command));
    }

    private void addInternalPort(Testbed testbed, String name, Place host) {
        vsctl("add-port", "br0", name, "--", "set", "interface", name, "type=internal");
        testbed.giveTap(name, host);
    }

    private void vsctl(String... arguments) {
        List<String> line = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + path("db.sock"), "--timeout=10"));
        line.addAll(Arrays.asList(arguments));
        Command.run(START_TIMEOUT.plusSeconds(5), line);
    }

    private String path(String file) {
        return directory.resolve(file).toString();
    }

    private boolean exists(String file) {
        return directory.resolve(file).toFile().exists();
    }

    @Override
    public void close() {
        if (daemon != null) {
            daemon.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
