package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the figures were measured on and with; no figure is worth anything without it. */
final class Machine {
    private Machine() {}

    static String describe() {
        return "%d cores (%s), Linux %s, JDK %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.version"),
                        Runtime.version());
    }

    /** One line for the peers' and tools' versions. */
    static String describePeers() {
        return String.join(
                "; ",
                firstLine("ovs-vswitchd", "--version"),
                firstLine("iperf3", "--version"),
                firstLine("gcc", "--version"),
                firstLine("ping", "-V"));
    }

    private static String firstLine(String... command) {
        try {
            return Command.attempt(Duration.ofSeconds(5), List.of(command))
                    .stdout()
                    .lines()
                    .findFirst()
                    .orElse(command[0] + " ?");
        } catch (BenchException e) {
            return command[0] + " absent";
        }
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
