package io.weir.ipsec.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Assumptions;

import io.weir.kernel.Capabilities;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.ethtool.Ethtool;
import io.weir.kernel.ethtool.Offload;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Two hosts and a router between them, each a network namespace, deleted in the end.
 *
 * <pre>
 * left  10.99.1.1  ---veth---  router  ---veth---  10.99.2.1  right
 *       fd99:1::1                                  fd99:2::1
 * </pre>
 */
final class Hosts implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String REASON = "skipped: needs root (CAP_SYS_ADMIN) to make network namespaces";
    private static final int TIMEOUT_S = 20;
    private static final int PORT = 4500;

    private final String prefix = "weirt-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
    private final NetworkNamespace left;
    private final NetworkNamespace right;

    Hosts() {
        boolean allowed = Capabilities.current().has(Capabilities.CAP_SYS_ADMIN);
        if (!allowed) {
            System.out.println(REASON);
        }
        Assumptions.assumeTrue(allowed, REASON);
        for (String name : new String[] {"left", "router", "right"}) {
            run("ip netns add " + prefix + name);
            ip(name, "link set lo up");
        }
        exec("router", "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        connect("left", 1);
        connect("right", 2);
        left = NetworkNamespace.open(prefix + "left");
        right = NetworkNamespace.open(prefix + "right");
    }

    private void connect(String host, int net) {
        ip("router", "link add name to-" + host + " type veth peer name wire netns " + prefix + host);
        for (String[] end : new String[][] {{host, "wire", "1"}, {"router", "to-" + host, "254"}}) {
            ip(end[0], "address add 10.99." + net + '.' + end[2] + "/24 dev " + end[1]);
            ip(end[0], "address add fd99:" + net + "::" + end[2] + "/64 dev " + end[1] + " nodad");
            ip(end[0], "link set " + end[1] + " up");
        }
        route(host, net);
    }

    private void route(String host, int net) {
        ip(host, "route add default via 10.99." + net + ".254");
        ip(host, "route add default via fd99:" + net + "::254");
    }

    /** What the left host opens, over IPv6 or IPv4. */
    static TransportSettings settings(Transport transport, Encapsulation encapsulation, boolean ipv6) {
        InetAddress left = address(ipv6 ? "fd99:1::1" : "10.99.1.1");
        InetAddress right = address(ipv6 ? "fd99:2::1" : "10.99.2.1");
        return new TransportSettings("right", left, right, encapsulation, PORT, transport, true);
    }

    /** The same as the other host sees it. */
    static TransportSettings reversed(TransportSettings settings) {
        return new TransportSettings(
                "left",
                settings.remote(),
                settings.local(),
                settings.encapsulation(),
                settings.port(),
                settings.transport(),
                settings.dontFragment());
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    DatagramTransport openLeft(TransportSettings settings) {
        return left.call(() -> Transports.open(settings));
    }

    DatagramTransport openRight(TransportSettings settings) {
        return right.call(() -> Transports.open(reversed(settings)));
    }

    /** Takes the left host's link down, and with it its routes. */
    void cutLeft() {
        ip("left", "link set wire down");
    }

    /** Gives the left host its link, addresses and routes back. */
    void mendLeft() {
        ip("left", "link set wire up");
        ip("left", "address replace fd99:1::1/64 dev wire nodad");
        route("left", 1);
    }

    /** Largest packet of the link between router and right host, in bytes. */
    void farMtu(int bytes) {
        ip("router", "link set to-right mtu " + bytes);
        ip("right", "link set wire mtu " + bytes);
    }

    /** Lets the left host's interface complete no checksums. */
    void withoutChecksumOffload() {
        try (Ethtool ethtool = Ethtool.open(left)) {
            assertEquals(0, ethtool.offload("wire", Offload.TX_CHECKSUM, false));
            assertEquals(0, ethtool.offload("wire", Offload.TX_CHECKSUM));
        }
    }

    /** Lets the left host send no more than 1,000 bytes a second, and queues the rest. */
    void choke() {
        run("tc -n " + prefix + "left qdisc add dev wire root tbf rate 8kbit burst 2000 limit 200000000");
    }

    private void ip(String host, String arguments) {
        run("ip -n " + prefix + host + " " + arguments);
    }

    private void exec(String host, String command) {
        run("ip netns exec " + prefix + host + " " + command);
    }

    private static void run(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(true, process.waitFor(TIMEOUT_S, TimeUnit.SECONDS), command + " did not end");
            assertEquals(0, process.exitValue(), command + ": " + output);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
        for (String name : new String[] {"left", "router", "right"}) {
            run("ip netns del " + prefix + name);
        }
    }
}
