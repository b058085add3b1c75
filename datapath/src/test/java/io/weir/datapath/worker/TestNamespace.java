package io.weir.datapath.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Assumptions;

import io.weir.kernel.Capabilities;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A network namespace that a test makes, named after this process, silent unless the test speaks, deleted in the end. */
final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final AtomicBoolean REASON_PRINTED = new AtomicBoolean();
    private static final String REASON = "skipped: needs root (CAP_SYS_ADMIN) to make network namespaces";
    private static final int TIMEOUT_S = 20;

    private final String name = "weird-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    TestNamespace() {
        boolean allowed = Capabilities.current().has(Capabilities.CAP_SYS_ADMIN);
        if (!allowed && REASON_PRINTED.compareAndSet(false, true)) {
            System.out.println(REASON);
        }
        Assumptions.assumeTrue(allowed, REASON);
        make();
    }

    /** Makes it, or after {@link #delete} a new one of the same name. */
    void make() {
        run("ip netns add " + name);
        // IPv6 would announce itself on each new interface, and the frames of a test are counted.
        ipv6(false);
        ip("link set lo up");
    }

    /** Whether interfaces made from now on speak IPv6. */
    void ipv6(boolean on) {
        exec("sh -c 'echo " + (on ? 0 : 1) + " > /proc/sys/net/ipv6/conf/default/disable_ipv6'");
    }

    String name() {
        return name;
    }

    /** Output of {@code ip -n NAME arguments}. */
    String ip(String arguments) {
        return run("ip -n " + name + " " + arguments);
    }

    /** Output of a command run inside. */
    String exec(String command) {
        return run("ip netns exec " + name + " " + command);
    }

    /** Whether a command run inside succeeds. */
    boolean succeeds(String command) {
        return start("ip netns exec " + name + " " + command).exitCode() == 0;
    }

    /** A veth pair, both ends up: one here, the other in another namespace. */
    void veth(String here, TestNamespace other, String there) {
        ip("link add name " + here + " type veth peer name " + there + " netns " + other.name);
        ip("link set dev " + here + " up");
        other.ip("link set dev " + there + " up");
    }

    /** Index of an interface, negative when there is none. */
    int index(String link) {
        try (NetworkNamespace inside = NetworkNamespace.open(name)) {
            return inside.call(() -> Syscall.interfaceIndex(link));
        }
    }

    private static String run(String command) {
        Ended ended = start(command);
        assertEquals(0, ended.exitCode(), command + ": " + ended.output());
        return ended.output();
    }

    private record Ended(int exitCode, String output) {}

    private static Ended start(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
            try {
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS), command + " did not end");
                return new Ended(process.exitValue(), output);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    /** Takes the name away; whoever holds the namespace open keeps it alive. */
    void delete() {
        run("ip netns del " + name);
    }

    @Override
    public void close() {
        run("test ! -e /run/netns/" + name + " || ip netns del " + name);
    }
}
