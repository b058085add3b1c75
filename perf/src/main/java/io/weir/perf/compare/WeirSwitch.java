package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.perf.compare.Testbed.Place;

/** The product, started as a user would: {@code weir run -c weir.yaml}. */
final class WeirSwitch implements Contender {
    /** The launcher may build first when sources are newer than the build. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

    /** How the hosts are attached. */
    enum Attachment {
        TAP,
        /** veth through AF_PACKET. */
        PACKET,
        /** veth through AF_XDP. */
        XDP
    }

    /** What a worker without work does. */
    enum Idle {
        BLOCK,
        SPIN
    }

    /** Whether the hosts' flows are judged. */
    enum Policy {
        OFF,
        /** Two components whose manifests let each other's TCP, UDP and ICMP through. */
        ENFORCE
    }

    private final Path launcher;
    private final Path directory;
    private final Attachment attachment;
    private final Idle idle;
    private final Policy policy;
    private @Nullable ChildProcess daemon;

    WeirSwitch(Path launcher, Path directory, Attachment attachment, Idle idle, Policy policy) {
        this.launcher = launcher;
        this.directory = directory;
        this.attachment = attachment;
        this.idle = idle;
        this.policy = policy;
    }

    @Override
    public void start(Testbed testbed) {
        if (attachment != Attachment.TAP) {
            testbed.connectByVeth();
        }
        if (attachment == Attachment.XDP) {
            testbed.turnHostOffloadsOff();
        }
        Path configuration = writeConfiguration(testbed);
        ChildProcess started = ChildProcess.start(
                "weir run",
                directory.resolve("weir.log"),
                Map.of(),
                testbed.inside(Place.SWITCH, launcher.toString(), "run", "-c", configuration.toString()));
        daemon = started;
        started.awaitReady(START_TIMEOUT, () -> serves(testbed));
        if (policy == Policy.ENFORCE) {
            String manifests = writeManifests().toString();
            Command.run(launcher.toString(), "apply", "-f", manifests, "--socket", socket().toString());
        }
    }

    /** True once the daemon answers and both hosts have their interface. */
    private boolean serves(Testbed testbed) {
        return Files.exists(socket())
                && testbed.hasDevice(Place.HOST_A)
                && testbed.hasDevice(Place.HOST_B)
                && ask("ports").exitCode() == 0;
    }

    /** A reading verb's answer as JSON. */
    Command.Outcome ask(String verb) {
        return Command.attempt(
                Duration.ofSeconds(30),
                List.of(launcher.toString(), verb, "-o", "json", "--socket", socket().toString()));
    }

    /** Pid of the Java process, for the JDK's own tools. */
    long javaPid() {
        if (daemon == null) {
            throw new BenchException("weir is not running");
        }
        return daemon.family().stream()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow(() -> new BenchException("`weir run` runs no java process"))
                .pid();
    }

    private Path socket() {
        return directory.resolve("weir.sock");
    }

    private Path writeConfiguration(Testbed testbed) {
        String text = """
                host: bench
                dataDir: %1$s/data
                runDir: %1$s
                api: {socket: %1$s/weir.sock}
                workers: 1
                idle: %2$s
                policy: {mode: %3$s}
                ports:
                  - %4$s
                  - %5$s
                """.formatted(
                        directory,
                        name(idle),
                        name(policy),
                        port(testbed, "a", Place.HOST_A),
                        port(testbed, "b", Place.HOST_B));
        try {
            return Files.writeString(directory.resolve("weir.yaml"), text);
        } catch (IOException e) {
            throw new BenchException("cannot write the configuration of weir", e);
        }
    }

    private Path writeManifests() {
        String component = """
                apiVersion: weir/v1
                kind: Component
                metadata: {id: bench.%1$s}
                spec:
                  identity: {instances: [{port: %1$s, ips: [%2$s]}]}
                  ingress: [{id: in, from: [{component: bench.%3$s}], l4: [{protocol: any}], action: allow}]
                  egress: [{id: out, to: [{component: bench.%3$s}], l4: [{protocol: any}], action: allow}]
                """;
        String text = component.formatted("a", Testbed.ADDRESS_A, "b")
                + "---\n"
                + component.formatted("b", Testbed.ADDRESS_B, "a");
        try {
            return Files.writeString(directory.resolve("manifests.yaml"), text);
        } catch (IOException e) {
            throw new BenchException("cannot write the manifests", e);
        }
    }

    private String port(Testbed testbed, String name, Place host) {
        return attachment == Attachment.TAP
                ? "{name: %s, type: tap, netns: %s, device: %s}"
                        .formatted(name, testbed.namespace(host), Testbed.HOST_DEVICE)
                : "{name: %s, type: netdev, device: v%s, io: %s}".formatted(name, name, name(attachment));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        if (daemon != null) {
            daemon.close();
        }
    }

    /**
     * The launcher: system property {@code weir.launcher}, else the file {@code weir} beside the topmost
     * {@code pom.xml} above the working directory.
     */
    static Path findLauncher() {
        String property = System.getProperty("weir.launcher");
        if (property != null) {
            return Path.of(property).toAbsolutePath();
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path candidate = folder.resolve("weir");
            if (Files.isExecutable(candidate) && Files.isRegularFile(folder.resolve("pom.xml"))) {
                return candidate;
            }
        }
        throw new BenchException("no launcher `weir` above %s: start the bench with ./weir bench or set -Dweir.launcher"
                .formatted(Path.of("").toAbsolutePath()));
    }
}
