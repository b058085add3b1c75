package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.FlushSessionsRequest;
import io.weir.control.v1.Session;
import io.weir.control.v1.SessionsRequest;

/** {@code weir sessions [flush]}: flows that are under way. */
@Command(
        name = "sessions",
        description = "Show live sessions, or end them (weir sessions flush); a flushed flow is judged anew.")
final class SessionsCommand extends DaemonVerb {
    private static final int LABEL_COLUMN = 3;

    /** What to do with the sessions. */
    enum Action {
        SHOW,
        FLUSH
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "flush",
            defaultValue = "show",
            description = "End the sessions of --port, or all.")
    private Action action = Action.SHOW;

    @Option(
            names = "--component",
            paramLabel = "ID",
            description = "Only sessions of this component; pay.* for all that begin so; repeat for several.")
    private List<String> components = List.of();

    @Option(names = "--port", paramLabel = "NAME", description = "Only sessions of this port; repeat for several.")
    private List<String> ports = List.of();

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Most sessions to show (default: 10000).")
    private int limit;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (action == Action.FLUSH) {
            return flush(daemon, out);
        }
        List<Session> sessions = new ArrayList<>();
        SessionsRequest request = SessionsRequest.newBuilder()
                .addAllComponents(components)
                .addAllPorts(ports)
                .setLimit(limit)
                .build();
        daemon.flowStreams().sessions(request).forEachRemaining(sessions::add);
        output.print(out, document(sessions), table(sessions));
        return ExitCode.DONE;
    }

    private int flush(ControlChannel daemon, PrintWriter out) {
        if (ports.size() > 1 || !components.isEmpty()) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "flush takes one --port or none, and no --component: say weir sessions flush");
        }
        FlushSessionsRequest request = FlushSessionsRequest.newBuilder()
                .setPort(ports.isEmpty() ? "" : ports.getFirst())
                .build();
        long flushed = daemon.flows().flushSessions(request).getFlushed();
        if (output.json()) {
            Json.print(out, Json.fields().put("sessionsBefore", flushed).map());
        } else {
            out.println("flushed; there were " + flushed + " sessions in all");
            out.flush();
        }
        return ExitCode.DONE;
    }

    static Table table(List<Session> sessions) {
        boolean labels =
                sessions.stream().anyMatch(session -> !session.getLabel().isEmpty());
        Table table = labels
                ? new Table("SOURCE", "DESTINATION", "PROTO", "LABEL", "STATE", "SENT", "GOT", "AGE", "IDLE", "EPOCH")
                : new Table("SOURCE", "DESTINATION", "PROTO", "STATE", "SENT", "GOT", "AGE", "IDLE", "EPOCH");
        for (Session session : sessions) {
            List<Object> cells = new ArrayList<>(List.of(
                    FlowLine.end(session.getSource(), session.getProtocol()),
                    FlowLine.end(session.getDestination(), session.getProtocol()),
                    session.getProtocol(),
                    session.getState(),
                    session.getPackets(),
                    session.getReplyPackets(),
                    Ages.seconds(session.getAgeNs()),
                    Ages.seconds(session.getIdleNs()),
                    Integer.toUnsignedLong(session.getEpoch())));
            if (labels) {
                cells.add(LABEL_COLUMN, session.getLabel().isEmpty() ? "-" : session.getLabel());
            }
            table.row(cells.toArray());
        }
        return table;
    }

    static Map<String, Object> document(List<Session> sessions) {
        return Json.fields()
                .put("sessions", sessions.stream().map(FlowDocuments::of).toList())
                .map();
    }
}
