package io.weir.perf.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two hosts and the place of the switch between them, each a network namespace of its own.
 * <pre>
 *   host A                    switch                    host B
 *   eth0 10.77.0.1  --------  contender  --------  eth0 10.77.0.2
 * </pre>
 * The switch has its own namespace so that nothing it leaves behind can touch the machine: deleting the namespace takes
 * veths, bridges, qdiscs and XDP programs with it. The names carry the bench's pid; {@link #sweep} finds what a killed
 * bench left.
 */
final class Testbed implements AutoCloseable {
    static final String ADDRESS_A = "10.77.0.1";
    static final String ADDRESS_B = "10.77.0.2";
    static final String NETWORK = "10.77.0.0/24";
    /** Of the hosts on the veth pair between them, which tunnels use. */
    static final String UNDERLAY_A = "192.0.2.1";

    static final String UNDERLAY_B = "192.0.2.2";
    /** The one interface of each host. */
    static final String HOST_DEVICE = "eth0";

    private static final String PREFIX = "weir-bench-";
    private static final Pattern NAMESPACE = Pattern.compile("^" + PREFIX + "(\\d+)-[abs]\\b");
    private static final Duration REACHABLE_TIMEOUT = Duration.ofSeconds(10);

    /** Where a command runs. */
    enum Place {
        HOST_A("a"),
        HOST_B("b"),
        SWITCH("s");

        private final String suffix;

        Place(String suffix) {
            this.suffix = suffix;
        }
    }

    private Testbed() {}

    /** Makes the three namespaces, empty but for loopback, with IPv6 off: its chatter would count as frames. */
    static Testbed create() {
        Testbed testbed = new Testbed();
        try {
            for (Place place : Place.values()) {
                Command.run("ip", "netns", "add", testbed.namespace(place));
                testbed.run(
                        place,
                        "sh",
                        "-c",
                        "for scope in all default; do f=/proc/sys/net/ipv6/conf/$scope/disable_ipv6;"
                                + " if [ -e $f ]; then echo 1 > $f; fi; done; ip link set lo up");
            }
            return testbed;
        } catch (BenchException e) {
            testbed.close();
            throw e;
        }
    }

    String namespace(Place place) {
        return PREFIX + ProcessHandle.current().pid() + "-" + place.suffix;
    }

    /** The command line that runs {@code command} in the namespace of {@code place}. */
    List<String> inside(Place place, String... command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace(place)));
        line.addAll(Arrays.asList(command));
        return line;
    }

    String run(Place place, String... command) {
        return Command.run(Duration.ofSeconds(30), inside(place, command));
    }

    /** {@code ip -n NAMESPACE arguments...} */
    String ip(Place place, String... arguments) {
        List<String> line = new ArrayList<>(List.of("ip", "-n", namespace(place)));
        line.addAll(Arrays.asList(arguments));
        return Command.run(Duration.ofSeconds(30), line);
    }

    /** Connects both hosts to the switch's namespace: veth ends {@code va} and {@code vb}, up, without an address. */
    void connectByVeth() {
        connectByVeth("va", Place.HOST_A);
        connectByVeth("vb", Place.HOST_B);
    }

    private void connectByVeth(String device, Place host) {
        ip(Place.SWITCH, "link", "add", device, "type", "veth", "peer", "name", HOST_DEVICE, "netns", namespace(host));
        ip(Place.SWITCH, "link", "set", device, "up");
    }

    /** Connects the hosts to each other by a veth pair, below whatever tunnel they have. */
    void connectHosts() {
        String device = "underlay";
        ip(
                Place.HOST_A,
                "link",
                "add",
                device,
                "type",
                "veth",
                "peer",
                "name",
                device,
                "netns",
                namespace(Place.HOST_B));
        ip(Place.HOST_A, "address", "add", UNDERLAY_A + "/24", "dev", device);
        ip(Place.HOST_B, "address", "add", UNDERLAY_B + "/24", "dev", device);
        ip(Place.HOST_A, "link", "set", device, "up");
        ip(Place.HOST_B, "link", "set", device, "up");
    }

    /** Makes a tap of the switch the interface of a host; the switch keeps the file descriptor. */
    void giveTap(String tap, Place host) {
        ip(Place.SWITCH, "link", "set", tap, "netns", namespace(host), "name", HOST_DEVICE);
    }

    /** Segments and checksums on the sending side: AF_XDP carries neither hint. */
    void turnHostOffloadsOff() {
        for (Place host : List.of(Place.HOST_A, Place.HOST_B)) {
            run(host, "ethtool", "-K", HOST_DEVICE, "tx", "off", "tso", "off", "gso", "off");
        }
    }

    /** Gives the interface of a host its address and turns it on; once more changes nothing. */
    void giveAddress(Place host, String address) {
        ip(host, "address", "replace", address + "/24", "dev", HOST_DEVICE);
        ip(host, "link", "set", HOST_DEVICE, "up");
    }

    /** Gives both hosts their address and waits until one reaches the other. */
    void configureHosts() {
        giveAddress(Place.HOST_A, ADDRESS_A);
        giveAddress(Place.HOST_B, ADDRESS_B);
        long deadlineNs = System.nanoTime() + REACHABLE_TIMEOUT.toNanos();
        while (!reachable()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new BenchException("host A does not reach host B through the switch within %d s"
                        .formatted(REACHABLE_TIMEOUT.toSeconds()));
            }
        }
    }

    private boolean reachable() {
        List<String> ping = inside(Place.HOST_A, "ping", "-n", "-c", "1", "-W", "1", ADDRESS_B);
        return Command.attempt(Duration.ofSeconds(5), ping).exitCode() == 0;
    }

    /** Does the host already have its interface? Switches that make their own taps answer this with time. */
    boolean hasDevice(Place host) {
        return hasDevice(host, HOST_DEVICE);
    }

    /** Is there such a device at the host? */
    boolean hasDevice(Place host, String device) {
        List<String> show = List.of("ip", "-n", namespace(host), "link", "show", "dev", device);
        return Command.attempt(Duration.ofSeconds(5), show).exitCode() == 0;
    }

    @Override
    public void close() {
        for (Place place : Place.values()) {
            remove(namespace(place));
        }
    }

    /** Removes whatever this bench made, from wherever it was interrupted. */
    static void removeOwn() {
        new Testbed().close();
    }

    /** Removes what benches left that were killed before they could clean up. */
    static void sweep() {
        for (String line : Command.run("ip", "netns", "list").lines().toList()) {
            Matcher matcher = NAMESPACE.matcher(line);
            if (matcher.find()
                    && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                remove(matcher.group());
            }
        }
    }

    /** Ends the processes of one of the bench's own namespaces and deletes it; one that is not there is no error. */
    private static void remove(String namespace) {
        Duration timeout = Duration.ofSeconds(5);
        Command.attempt(timeout, List.of("ip", "netns", "pids", namespace))
                .stdout()
                .lines()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                .forEach(ProcessHandle::destroyForcibly);
        Command.attempt(timeout, List.of("ip", "netns", "delete", namespace));
    }
}
