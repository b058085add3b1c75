package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.weir.perf.compare.Testbed.Place;

/**
 * 64-byte frames from host A as fast as one core can make them. Host B drops each in tc before its stack sees it, so
 * that the switch is the bottleneck and not the receiver; what reached host B's interface is counted there.
 */
final class Flood implements Probe {
    /** Classic BPF {@code ret #2}: TC_ACT_SHOT for every frame. Small kernels have neither matchall nor gact. */
    private static final String DROP_ALL = "1,6 0 0 2";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path program;
    private final Path directory;
    private final int warmUpMs;
    private final int measuredMs;

    Flood(Path program, Path directory, int warmUpMs, int measuredMs) {
        this.program = program;
        this.directory = directory;
        this.warmUpMs = warmUpMs;
        this.measuredMs = measuredMs;
    }

    @Override
    public Map<Metric, Double> measure(Testbed testbed, Contender contender) {
        prepareSender(testbed);
        dropAtReceiver(testbed);
        try (ChildProcess flood = start(testbed, warmUpMs + measuredMs)) {
            ChildProcess.pause(warmUpMs);
            long startNs = System.nanoTime();
            long start = framesAtReceiver(testbed);
            ChildProcess.pause(measuredMs);
            double frames = framesAtReceiver(testbed) - start;
            double elapsedUs = (System.nanoTime() - startNs) / 1e3;
            flood.awaitEnd(Duration.ofSeconds(5));
            requireDroppedByTc(testbed, frames);
            return Map.of(Metric.FLOOD, frames / elapsedUs);
        } finally {
            testbed.run(Place.HOST_B, "tc", "qdisc", "del", "dev", Testbed.HOST_DEVICE, "clsact");
        }
    }

    /** Sends for half a second longer than asked, so that the measured window ends before the flood does. */
    ChildProcess start(Testbed testbed, int durationMs) {
        return ChildProcess.start(
                "flood",
                directory.resolve("flood.log"),
                Map.of(),
                testbed.inside(
                        Place.HOST_A,
                        program.toString(),
                        Testbed.ADDRESS_B,
                        "9",
                        Double.toString((durationMs + 500) / 1e3)));
    }

    /** Frames must reach the switch one by one, and the receiver, who hears no ARP now, must stay known. */
    static void prepareSender(Testbed testbed) {
        testbed.run(Place.HOST_A, "ethtool", "-K", Testbed.HOST_DEVICE, "tx-udp-segmentation", "off");
        String mac = linkOf(testbed, Place.HOST_B).path("address").asText();
        testbed.ip(
                Place.HOST_A,
                "neighbour",
                "replace",
                Testbed.ADDRESS_B,
                "lladdr",
                mac,
                "dev",
                Testbed.HOST_DEVICE,
                "nud",
                "permanent");
    }

    static void dropAtReceiver(Testbed testbed) {
        testbed.run(Place.HOST_B, "tc", "qdisc", "add", "dev", Testbed.HOST_DEVICE, "clsact");
        testbed.run(
                Place.HOST_B,
                "tc",
                "filter",
                "add",
                "dev",
                Testbed.HOST_DEVICE,
                "ingress",
                "bpf",
                "da",
                "bytecode",
                DROP_ALL);
    }

    static long framesAtReceiver(Testbed testbed) {
        return linkOf(testbed, Place.HOST_B)
                .path("stats64")
                .path("rx")
                .path("packets")
                .asLong();
    }

    /** Proves that the receiver's stack was out of the picture. */
    private static void requireDroppedByTc(Testbed testbed, double frames) {
        String qdisc =
                testbed.run(Place.HOST_B, "tc", "-s", "-j", "qdisc", "show", "dev", Testbed.HOST_DEVICE, "clsact");
        long dropped = parse(qdisc).path(0).path("drops").asLong();
        if (frames <= 0 || dropped < frames) {
            throw new BenchException("host B received %.0f frames in the flood but tc dropped %d: must drop them all"
                    .formatted(frames, dropped));
        }
    }

    private static JsonNode linkOf(Testbed testbed, Place host) {
        return parse(testbed.ip(host, "-s", "-j", "link", "show", "dev", Testbed.HOST_DEVICE))
                .path(0);
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BenchException("iproute2 printed no JSON: " + Command.lastLine(json), e);
        }
    }
}
