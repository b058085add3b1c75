package io.weir.perf.compare;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The one list of what the bench runs and does not bring along. */
final class DebianPackages {
    private static final Map<String, String> PACKAGE_OF_PROGRAM = new TreeMap<>(Map.ofEntries(
            Map.entry("charon-systemd", "charon-systemd"),
            Map.entry("ethtool", "ethtool"),
            Map.entry("gcc", "gcc"),
            Map.entry("ip", "iproute2"),
            Map.entry("iperf3", "iperf3"),
            Map.entry("ovs-vswitchd", "openvswitch-switch"),
            Map.entry("ping", "iputils-ping"),
            Map.entry("swanctl", "strongswan-swanctl"),
            Map.entry("tc", "iproute2"),
            Map.entry("wg", "wireguard-tools"),
            Map.entry("wireguard-go", "wireguard-go")));
    /** gcc alone brings no C library headers. */
    private static final String C_HEADERS_PACKAGE = "libc6-dev";

    private static final List<Path> PROGRAM_FOLDERS =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/sbin"), Path.of("/bin"));
    private static final Path C_HEADER = Path.of("/usr/include/stdio.h");
    /** strongSwan's plugins are files of packages that hold no program. */
    private static final Map<String, Path> PLUGINS = Map.of(
            "libcharon-extra-plugins", Path.of("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so"),
            "libstrongswan-standard-plugins", Path.of("/usr/lib/ipsec/plugins/libstrongswan-gcm.so"));

    private DebianPackages() {}

    /** Installs what is missing and says so; with {@code install} false, says what is missing and how to have it. */
    static void require(boolean install, PrintStream out) {
        List<String> missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        String line = "apt-get install -y --no-install-recommends " + String.join(" ", missing);
        if (!install) {
            throw new BenchException("missing Debian packages: run `%s`, or the bench with --install".formatted(line));
        }
        out.println("installing missing Debian packages: " + String.join(" ", missing));
        // A freshly installed Open vSwitch must not start as a service: the bench runs its own.
        Command.run(
                Duration.ofMinutes(5),
                List.of("sh", "-c", "apt-get update -q && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 " + line));
    }

    private static List<String> missing() {
        List<String> missing = new ArrayList<>();
        PACKAGE_OF_PROGRAM.forEach((program, name) -> {
            if (PROGRAM_FOLDERS.stream().noneMatch(folder -> Files.isExecutable(folder.resolve(program)))) {
                missing.add(name);
            }
        });
        if (!Files.exists(C_HEADER)) {
            missing.add(C_HEADERS_PACKAGE);
        }
        PLUGINS.forEach((name, plugin) -> {
            if (!Files.exists(plugin)) {
                missing.add(name);
            }
        });
        return missing.stream().distinct().toList();
    }
}
