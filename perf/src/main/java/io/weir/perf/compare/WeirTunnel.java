package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.weir.perf.compare.Testbed.Place;

/**
 * Two Weir daemons, one a host, with labelled ESP in UDP between them over the veth pair of the hosts: a component on each, both at
 * level s2, under policy, AES-256-GCM.
 */
final class WeirTunnel implements Contender {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    // Of 32 bytes of key and 4 of salt. For this bench only.
    private static final String KEY_A = "a0".repeat(36);
    private static final String KEY_B = "b0".repeat(36);
    private static final String LABEL = "system_u:system_r:bench_t:s2";

    private final Path launcher;
    private final Path directory;
    private final String transport;
    private final List<ChildProcess> daemons = new ArrayList<>();

    /** @param transport word of {@code peers[].transport} */
    WeirTunnel(Path launcher, Path directory, String transport) {
        this.launcher = launcher;
        this.directory = directory;
        this.transport = transport;
    }

    @Override
    public void start(Testbed testbed) {
        testbed.connectHosts();
        start(testbed, Place.HOST_A, Testbed.UNDERLAY_A, Testbed.UNDERLAY_B, true);
        start(testbed, Place.HOST_B, Testbed.UNDERLAY_B, Testbed.UNDERLAY_A, false);
    }

    private void start(Testbed testbed, Place host, String local, String remote, boolean first) {
        Path home = home(host);
        try {
            Files.createDirectories(home);
            Path keys = Files.writeString(home.resolve("keys"), "0x1002: " + KEY_A + "\n0x2002: " + KEY_B + "\n");
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
            Files.writeString(home.resolve("weir.yaml"), configuration(home, local, remote, first));
            Files.writeString(home.resolve("manifests.yaml"), manifests(first));
        } catch (IOException e) {
            throw new BenchException("cannot write the configuration of weir", e);
        }
        ChildProcess daemon = ChildProcess.start(
                "weir run",
                home.resolve("weir.log"),
                Map.of(),
                testbed.inside(
                        host,
                        launcher.toString(),
                        "run",
                        "-c",
                        home.resolve("weir.yaml").toString()));
        daemons.add(daemon);
        daemon.awaitReady(START_TIMEOUT, () -> daemon.output().contains("weir ready"));
        Command.run(
                launcher.toString(),
                "apply",
                "-f",
                home.resolve("manifests.yaml").toString(),
                "--socket",
                socket(home));
    }

    private Path home(Place host) {
        return directory.resolve(host.toString());
    }

    private static String socket(Path home) {
        return home.resolve("weir.sock").toString();
    }

    private String configuration(Path home, String local, String remote, boolean first) {
        return """
                host: bench
                dataDir: %1$s/data
                runDir: %1$s
                api: {socket: %1$s/weir.sock}
                peers:
                  - name: peer
                    local: %2$s
                    remote: %3$s
                    transport: %4$s
                    keyFile: %1$s/keys
                    sas:
                      - {direction: %5$s, spi: 0x1002, label: "%7$s", cipher: aes-256-gcm-16, esn: true}
                      - {direction: %6$s, spi: 0x2002, label: "%7$s", cipher: aes-256-gcm-16, esn: true}
                ports:
                  - {name: %9$s, type: tap, device: %8$s}
                  - {name: tunnel, type: esp, peer: peer}
                """.formatted(
                        home,
                        local,
                        remote,
                        transport,
                        first ? "out" : "in",
                        first ? "in" : "out",
                        LABEL,
                        Testbed.HOST_DEVICE,
                        guest(first));
    }

    /** The hosts' ports have different names, from which the hosts have different MAC addresses. */
    private static String guest(boolean first) {
        return first ? "guest-a" : "guest-b";
    }

    private static String manifests(boolean first) {
        return manifest("a", first ? guest(true) : "tunnel", Testbed.ADDRESS_A, "b")
                + "---\n"
                + manifest("b", first ? "tunnel" : guest(false), Testbed.ADDRESS_B, "a");
    }

    private static String manifest(String name, String port, String address, String peer) {
        return """
                apiVersion: weir/v1
                kind: Component
                metadata: {id: bench.%1$s}
                spec:
                  identity: {instances: [{port: %2$s, ips: [%3$s]}]}
                  securityLabel: "%5$s"
                  ingress: [{id: in, from: [{component: bench.%4$s}], l4: [{protocol: any}], action: allow}]
                  egress: [{id: out, to: [{component: bench.%4$s}], l4: [{protocol: any}], action: allow}]
                """.formatted(name, port, address, peer, LABEL);
    }

    @Override
    public void close() {
        daemons.forEach(ChildProcess::close);
    }
}
