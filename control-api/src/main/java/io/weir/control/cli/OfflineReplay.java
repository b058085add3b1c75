package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.datapath.capture.Direction;
import io.weir.datapath.capture.FrameOutcome;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;
import io.weir.datapath.capture.ReplayReport;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.worker.OfflineSwitch;

/** A capture through the pipeline in this process: the stages are the daemon's, the devices are not touched. */
final class OfflineReplay {
    private static final String PLAIN = """
            host: offline
            policy: {mode: off}
            ports: [{name: in, type: tap}, {name: out, type: tap}]
            """;

    private final Path file;
    private final HostSettings settings;
    private final Set<String> ports;
    private final @Nullable String port;
    private long leftOut;

    /**
     * @param config configuration with the ports, null for two plain ones
     * @param port where every frame arrives, null for where the file says
     */
    OfflineReplay(Path file, @Nullable Path config, @Nullable String port) {
        this.file = file;
        this.settings = config == null ? HostConfig.read("built-in", PLAIN) : HostConfig.read(config);
        this.ports = settings.ports().stream().map(PortSettings::name).collect(Collectors.toSet());
        this.port = port == null && config == null ? "in" : port;
        if (port != null && !ports.contains(port)) {
            throw new CommandException(ExitCode.BAD_INPUT, "no such port: was " + port + "; ports are " + ports);
        }
    }

    /** Runs and prints. */
    int run(PrintWriter out, boolean json, boolean summary) {
        ReplayReport report = ReplayReport.of(outcomes());
        if (json) {
            Json.print(out, document(report, summary));
            return ExitCode.DONE;
        }
        if (!summary) {
            report.outcomes().forEach(outcome -> out.println(TerminalText.escape(outcome.text())));
        }
        out.print(report.text());
        if (leftOut > 0) {
            out.println("left out " + leftOut + " frames that the switch sent, or that the file holds only a part of");
        }
        out.flush();
        return ExitCode.DONE;
    }

    private List<FrameOutcome> outcomes() {
        List<FrameOutcome> outcomes = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(file);
                OfflineSwitch pipeline = new OfflineSwitch(forgetful(settings.bridge()), settings.ports())) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                if (frame.direction() == Direction.TX || frame.bytes().length < frame.originalLength()) {
                    leftOut++;
                } else {
                    outcomes.add(pipeline.receive(arrival(frame), frame.bytes(), frame.timestampNs())
                            .outcome());
                }
            }
        } catch (IOException unreadable) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "cannot read the capture: " + unreadable + "; name a pcap or pcapng file");
        }
        return outcomes;
    }

    /** The same settings, but nothing of what the daemon of this host has learned is read or written. */
    private static SwitchSettings forgetful(SwitchSettings settings) {
        return new SwitchSettings(
                settings.workers(),
                settings.idle(),
                null,
                settings.macTableCapacity(),
                settings.ageingNs(),
                settings.snooping(),
                settings.forwardLinkLocal(),
                settings.recoveryNs(),
                settings.macMovesPerSecond(),
                settings.staticMacs());
    }

    private String arrival(PcapFrame frame) {
        String name = port == null ? frame.port() : port;
        if (!ports.contains(name)) {
            throw new CommandException(
                    ExitCode.BAD_INPUT,
                    "the file does not say on which port frames arrived: was \"" + name
                            + "\"; name it with --port, one of " + ports);
        }
        return name;
    }

    private Map<String, Object> document(ReplayReport report, boolean summary) {
        Json.Fields fields = Json.fields()
                .put("frames", report.frames())
                .put("forwarded", report.forwarded())
                .put("consumed", report.consumed())
                .put("drops", report.dropped())
                .put("leftOut", leftOut)
                .put("dropsByReason", drops(report))
                .put("sent", report.sent());
        if (!summary) {
            fields.put(
                    "outcomes",
                    report.outcomes().stream().map(OfflineReplay::document).toList());
        }
        return fields.map();
    }

    private static List<Map<String, Object>> drops(ReplayReport report) {
        return report.drops().entrySet().stream()
                .map(drop -> Json.fields()
                        .put("reason", drop.getKey().label())
                        .put("stage", drop.getKey().stage())
                        .put("frames", drop.getValue())
                        .put("description", drop.getKey().description())
                        .map())
                .toList();
    }

    private static Map<String, Object> document(FrameOutcome outcome) {
        Json.Fields fields = Json.fields()
                .put("number", outcome.number())
                .put("port", outcome.ingressPort())
                .put("verdict", outcome.verdict().label());
        if (outcome.reason() != null) {
            fields.put("stage", outcome.stage()).put("reason", outcome.reason().label());
        }
        return fields.put("egressPorts", outcome.egressPorts())
                .put("frame", outcome.summary())
                .map();
    }
}
