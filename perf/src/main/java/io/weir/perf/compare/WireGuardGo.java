package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.weir.perf.compare.Testbed.Place;

/** WireGuard in user space, one process a host, over the veth pair between the hosts. */
final class WireGuardGo implements Contender {
    private static final String PORT = "51820";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(15);

    private final Path directory;
    private final List<ChildProcess> processes = new ArrayList<>();

    WireGuardGo(Path directory) {
        this.directory = directory;
    }

    @Override
    public void start(Testbed testbed) {
        testbed.connectHosts();
        for (Place host : List.of(Place.HOST_A, Place.HOST_B)) {
            ChildProcess process = ChildProcess.start(
                    "wireguard-go",
                    directory.resolve(host + ".log"),
                    // It asks whether one really means it on kernels that could have the module.
                    Map.of("WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD", "1"),
                    testbed.inside(host, "wireguard-go", "-f", device(host)));
            processes.add(process);
            process.awaitReady(START_TIMEOUT, () -> testbed.hasDevice(host, device(host)));
        }
        String keyA = key(testbed, Place.HOST_A);
        String keyB = key(testbed, Place.HOST_B);
        configure(testbed, Place.HOST_A, keyB, Testbed.UNDERLAY_B);
        configure(testbed, Place.HOST_B, keyA, Testbed.UNDERLAY_A);
    }

    /** Makes a private key for the host; returns its public half. */
    private String key(Testbed testbed, Place host) {
        Path file = directory.resolve(host + ".key");
        return testbed.run(host, "sh", "-c", "umask 077; wg genkey > " + file + "; wg pubkey < " + file)
                .strip();
    }

    private void configure(Testbed testbed, Place host, String peer, String endpoint) {
        testbed.run(
                host,
                "wg",
                "set",
                device(host),
                "private-key",
                directory.resolve(host + ".key").toString(),
                "listen-port",
                PORT,
                "peer",
                peer,
                "allowed-ips",
                Testbed.NETWORK,
                "endpoint",
                endpoint + ':' + PORT);
        testbed.ip(host, "link", "set", device(host), "name", Testbed.HOST_DEVICE);
    }

    /** Both processes keep a socket by the device's name in one folder: so the names differ until they are configured. */
    private static String device(Place host) {
        return host == Place.HOST_A ? "wgbench-a" : "wgbench-b";
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
    }
}
