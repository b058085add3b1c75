package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What the figures were measured on and with; no figure is worth anything without it. */
final class Machine {
    private static final int CPU_COLUMNS = 8;
    private static final int IDLE_COLUMN = 3;
    private static final long BUSY_WINDOW_MS = 500;

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

    /**
     * How busy the cores are with other things, over half a second: 0 to 100. Above a few percent the figures are not
     * worth much.
     */
    static double busyPercent() {
        long[] before = cpuTicks();
        ChildProcess.pause(BUSY_WINDOW_MS);
        long[] after = cpuTicks();
        long idle = after[IDLE_COLUMN] - before[IDLE_COLUMN];
        long total = Arrays.stream(after).sum() - Arrays.stream(before).sum();
        return total == 0 ? 0 : 100.0 * (total - idle) / total;
    }

    /** First line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)). */
    private static long[] cpuTicks() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String first = lines.findFirst().orElse("cpu 0 0 0 0 0 0 0 0");
            return Arrays.stream(first.strip().split(" +"))
                    .skip(1)
                    .limit(CPU_COLUMNS)
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (IOException e) {
            throw new BenchException("cannot read /proc/stat", e);
        }
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
