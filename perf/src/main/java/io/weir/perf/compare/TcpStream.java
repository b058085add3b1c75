package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.weir.perf.compare.Testbed.Place;

/** One iperf3 TCP stream from host A to host B. */
final class TcpStream implements Probe {
    private static final String PORT = "5201";

    private final Path directory;
    private final int warmUpSeconds;
    private final int measuredSeconds;

    TcpStream(Path directory, int warmUpSeconds, int measuredSeconds) {
        this.directory = directory;
        this.warmUpSeconds = warmUpSeconds;
        this.measuredSeconds = measuredSeconds;
    }

    @Override
    public Map<Metric, Double> measure(Testbed testbed, Contender contender) {
        List<String> server = testbed.inside(Place.HOST_B, "iperf3", "-s", "-1", "-p", PORT, "--forceflush");
        try (ChildProcess listener =
                ChildProcess.start("iperf3 -s", directory.resolve("iperf3-server.log"), Map.of(), server)) {
            listener.awaitReady(Duration.ofSeconds(5), () -> listener.output().contains("Server listening"));
            Command.Outcome outcome = Command.attempt(
                    Duration.ofSeconds(warmUpSeconds + measuredSeconds + 15L), testbed.inside(Place.HOST_A, client()));
            return Map.of(
                    Metric.TCP_STREAM, Iperf3Report.parse(outcome.stdout()).receivedBps() / 1e9);
        }
    }

    private String[] client() {
        return new String[] {
            "iperf3",
            "-J",
            "-c",
            Testbed.ADDRESS_B,
            "-p",
            PORT,
            "-O",
            Integer.toString(warmUpSeconds),
            "-t",
            Integer.toString(measuredSeconds)
        };
    }
}
