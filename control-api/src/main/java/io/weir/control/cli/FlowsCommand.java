package io.weir.control.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;

import com.google.protobuf.Timestamp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowVerdict;
import io.weir.control.v1.FlowsRequest;
import io.weir.identity.document.Durations;

/** {@code weir flows}: what the firewall decided, one line each, out of the journal and as it happens. */
@Command(
        name = "flows",
        description = "Show flows with what was decided, by which rule and why; also changes and grants.",
        footer = {
            "",
            "Repeat an option for any of several values; different options must all agree.",
            "",
            "Examples:",
            "  weir flows -f --verdict deny",
            "  weir flows --since 10m --component pay.db --component 'web.*'",
            "  weir flows -f --not --port uplink -o json"
        })
final class FlowsCommand extends DaemonVerb {
    /** What was decided. */
    enum Verdict {
        ALLOW,
        DENY,
        AUDIT
    }

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new flows until interrupted; without --since only new ones.")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            defaultValue = "",
            description = "Only flows of that time until now, such as 10m or 2h (default: all that are kept).")
    private String since = "";

    @Option(names = "--verdict", paramLabel = "allow|deny|audit", description = "Only flows that this was decided of.")
    private List<Verdict> verdicts = List.of();

    @Option(
            names = "--component",
            paramLabel = "ID",
            description = "Only flows from or to this component; pay.* for all that begin so.")
    private List<String> components = List.of();

    @Option(names = "--port", paramLabel = "NAME", description = "Only flows that enter or leave by this port.")
    private List<String> ports = List.of();

    @Option(names = "--not", description = "Everything that the filters do not select.")
    private boolean invert;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        Instant now = Instant.now();
        FlowLine line = new FlowLine(ZoneId.systemDefault(), now);
        Iterator<FlowRecord> flows = daemon.flowStreams().flows(request(now));
        while (flows.hasNext()) {
            FlowRecord flow = flows.next();
            out.println(output.json() ? Json.line(FlowDocuments.of(flow)) : line.of(flow));
            if (Output.unread(out)) {
                return ExitCode.DONE;
            }
        }
        return ExitCode.DONE;
    }

    private FlowsRequest request(Instant now) {
        FlowsRequest.Builder request = FlowsRequest.newBuilder()
                .setFollow(follow)
                .addAllComponents(components)
                .addAllPorts(ports)
                .setInvert(invert);
        verdicts.forEach(verdict -> request.addVerdicts(FlowVerdict.valueOf("FLOW_VERDICT_" + verdict)));
        if (!since.isEmpty()) {
            long ns = Durations.parseNs(since);
            if (ns == Durations.INVALID) {
                throw new CommandException(
                        ExitCode.BAD_INPUT,
                        "--since must be a whole number and one of ms s m h d: was " + since + "; write --since 10m");
            }
            Instant oldest = now.minusNanos(ns);
            request.setSince(
                    Timestamp.newBuilder().setSeconds(oldest.getEpochSecond()).setNanos(oldest.getNano()));
        }
        return request.build();
    }
}
