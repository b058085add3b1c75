package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

import io.weir.perf.compare.Testbed.Place;

/**
 * Heap bytes that Weir's workers allocate for a forwarded frame, while a flood passes through the running daemon.
 * Flight Recorder reads each thread's allocation counter at the beginning and the end of the recording; the counter is
 * exact, not sampled.
 */
final class Allocation implements Probe {
    /** Threads whose name contains this forward frames. */
    static final String WORKER = "weir-worker";

    private static final String EVENT = "jdk.ThreadAllocationStatistics";
    private static final String RECORDING = "weir-bench";
    private static final long MIN_FRAMES = 1_000_000;
    private static final int LIMIT_MS = 30_000;

    private final Flood flood;
    private final Path directory;
    private final int warmUpMs;

    Allocation(Flood flood, Path directory, int warmUpMs) {
        this.flood = flood;
        this.directory = directory;
        this.warmUpMs = warmUpMs;
    }

    @Override
    public Map<Metric, Double> measure(Testbed testbed, Contender contender) {
        if (!(contender instanceof WeirSwitch weir)) {
            throw new IllegalArgumentException("allocation is measured of Weir only");
        }
        String pid = Long.toString(weir.javaPid());
        Flood.prepareSender(testbed);
        Flood.dropAtReceiver(testbed);
        try (ChildProcess sender = flood.start(testbed, warmUpMs + LIMIT_MS)) {
            ChildProcess.pause(warmUpMs);
            jcmd(pid, "JFR.start", "settings=none", "+" + EVENT + "#enabled=true", "+" + EVENT + "#period=everyChunk");
            long frames = awaitFrames(testbed, sender);
            Path file = directory.resolve("allocation.jfr");
            jcmd(pid, "JFR.stop", "filename=" + file);
            return Map.of(Metric.ALLOCATION, workerBytes(file) / (double) frames);
        } finally {
            testbed.run(Place.HOST_B, "tc", "qdisc", "del", "dev", Testbed.HOST_DEVICE, "clsact");
        }
    }

    /** Lets at least a million frames pass and answers with how many did. */
    private static long awaitFrames(Testbed testbed, ChildProcess sender) {
        long start = Flood.framesAtReceiver(testbed);
        long deadlineNs = System.nanoTime() + Duration.ofMillis(LIMIT_MS).toNanos();
        while (true) {
            long frames = Flood.framesAtReceiver(testbed) - start;
            if (frames >= MIN_FRAMES) {
                return frames;
            }
            if (!sender.isRunning() || System.nanoTime() - deadlineNs > 0) {
                throw new BenchException(
                        "only %d frames passed before the flood ended or %d s were over: must be %d for a steady state"
                                .formatted(frames, LIMIT_MS / 1_000, MIN_FRAMES));
            }
            ChildProcess.pause(100);
        }
    }

    private static void jcmd(String pid, String command, String... options) {
        String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        List<String> line = new ArrayList<>(List.of(program, pid, command, "name=" + RECORDING));
        line.addAll(List.of(options));
        Command.run(Duration.ofSeconds(30), line);
    }

    /** Bytes that all worker threads together allocated between the first and the last reading in {@code file}. */
    static long workerBytes(Path file) {
        Map<Long, Long> first = new HashMap<>();
        Map<Long, Long> last = new HashMap<>();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                RecordedThread thread = event.getThread("thread");
                if (thread == null
                        || thread.getJavaName() == null
                        || !thread.getJavaName().contains(WORKER)) {
                    continue;
                }
                long bytes = event.getLong("allocated");
                first.merge(thread.getJavaThreadId(), bytes, Math::min);
                last.merge(thread.getJavaThreadId(), bytes, Math::max);
            }
        } catch (IOException e) {
            throw new BenchException("cannot read the flight recording " + file, e);
        }
        if (first.isEmpty()) {
            throw new BenchException("the flight recording knows no thread named *%s*".formatted(WORKER));
        }
        return last.entrySet().stream()
                .mapToLong(entry -> entry.getValue() - first.getOrDefault(entry.getKey(), 0L))
                .sum();
    }
}
