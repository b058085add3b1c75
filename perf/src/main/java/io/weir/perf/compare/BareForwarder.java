package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.perf.compare.Testbed.Place;

/** The C program that copies every frame between two taps and does nothing else. */
final class BareForwarder implements Contender {
    private final Path program;
    private final Path directory;
    private final int threads;
    private @Nullable ChildProcess process;

    /** {@code threads} is 2, one a direction, or 1 that polls both. */
    BareForwarder(Path program, Path directory, int threads) {
        this.program = program;
        this.directory = directory;
        this.threads = threads;
    }

    @Override
    public void start(Testbed testbed) {
        ChildProcess forwarder = ChildProcess.start(
                "C forwarder",
                directory.resolve("forwarder.log"),
                Map.of(),
                testbed.inside(Place.SWITCH, program.toString(), Integer.toString(threads), "ta", "tb"));
        process = forwarder;
        forwarder.awaitReady(Duration.ofSeconds(5), () -> forwarder.output().contains("READY"));
        testbed.giveTap("ta", Place.HOST_A);
        testbed.giveTap("tb", Place.HOST_B);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
