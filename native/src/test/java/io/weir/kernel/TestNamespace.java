package io.weir.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Assumptions;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A network namespace that a test makes, named after this process, and deletes with everything in it. */
public final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final AtomicBoolean REASON_PRINTED = new AtomicBoolean();
    private static final String REASON = "skipped: needs root (CAP_SYS_ADMIN) to make network namespaces";

    private final String name = "weir-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final NetworkNamespace namespace;

    public TestNamespace() {
        assumeRoot();
        run("ip netns add " + name);
        namespace = NetworkNamespace.open(name);
        ip("link set lo up");
    }

    /** Skips the test when it may not make namespaces, and prints why, which the build's summary does not. */
    public static void assumeRoot() {
        boolean allowed = Capabilities.current().has(Capabilities.CAP_SYS_ADMIN);
        if (!allowed && REASON_PRINTED.compareAndSet(false, true)) {
            System.out.println(REASON);
        }
        Assumptions.assumeTrue(allowed, REASON);
    }

    public NetworkNamespace namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    /** Output of {@code ip -n NAME arguments}. */
    public String ip(String arguments) {
        return run("ip -n " + name + " " + arguments);
    }

    /** Output of a command run inside. */
    public String exec(String command) {
        return run("ip netns exec " + name + " " + command);
    }

    /** A veth pair inside, both ends up, without IPv6 noise. */
    public void vethPair(String left, String right) {
        ip("link add " + left + " type veth peer name " + right);
        quiet(left);
        quiet(right);
    }

    /** Takes the interface up so that nothing but the test sends on it. */
    public void quiet(String link) {
        ip("link set " + link + " addrgenmode none");
        ip("link set " + link + " up");
    }

    /** Makes a new, empty namespace of the name that {@link #close} deleted. */
    public void remake() {
        run("ip netns add " + name);
    }

    public int index(String link) {
        return namespace.call(() -> Syscall.interfaceIndex(link));
    }

    private static String run(String command) {
        try {
            var process = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(10, TimeUnit.SECONDS);
            assertEquals(true, ended, command + " did not end");
            assertEquals(0, process.exitValue(), command + ": " + output);
            return output;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    @Override
    public void close() {
        namespace.close();
        run("ip netns del " + name);
    }
}
