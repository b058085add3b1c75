package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.ListQuarantinesRequest;
import io.weir.control.v1.QuarantineEntry;
import io.weir.control.v1.QuarantineRequest;
import io.weir.control.v1.ReleaseRequest;
import io.weir.control.v1.ReleaseResponse;

/** {@code weir quarantine [list|add ID|release ID]}. */
@Command(name = "quarantine", description = "Show components whose every flow is dropped, add one, or let one out.")
final class QuarantineCommand extends DaemonVerb {
    /** What to do. */
    enum Action {
        LIST,
        ADD,
        RELEASE
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "list|add|release",
            defaultValue = "list",
            description = "What to do (default: list).")
    private Action action = Action.LIST;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ID",
            defaultValue = "",
            description = "The component, for add and release.")
    private String component = "";

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, for add.")
    private String reason = "";

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (action != Action.LIST && component.isEmpty()) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "the component is missing; name one, weir components lists them");
        }
        switch (action) {
            case ADD -> {
                QuarantineEntry entry = daemon.policies()
                        .quarantine(QuarantineRequest.newBuilder()
                                .setComponent(component)
                                .setReason(reason)
                                .build());
                output.print(out, document(entry), table(List.of(entry)));
            }
            case RELEASE -> {
                ReleaseResponse _ = daemon.policies()
                        .release(ReleaseRequest.newBuilder()
                                .setComponent(component)
                                .build());
                out.println("released " + TerminalText.escape(component));
                out.flush();
            }
            case LIST -> list(daemon, out);
        }
        return ExitCode.DONE;
    }

    private void list(ControlChannel daemon, PrintWriter out) {
        List<QuarantineEntry> entries = daemon.policies()
                .listQuarantines(ListQuarantinesRequest.getDefaultInstance())
                .getQuarantinesList();
        Object document = Json.fields()
                .put(
                        "quarantines",
                        entries.stream().map(QuarantineCommand::document).toList())
                .map();
        output.print(out, document, table(entries));
    }

    private static Table table(List<QuarantineEntry> entries) {
        Table table = new Table("COMPONENT", "SINCE", "AUTHOR", "REASON");
        for (QuarantineEntry entry : entries) {
            String author = entry.getAuthor().isEmpty() ? "-" : entry.getAuthor();
            table.row(entry.getComponent(), ApplyListing.time(entry.getSince()), author, entry.getReason());
        }
        return table;
    }

    private static Map<String, Object> document(QuarantineEntry entry) {
        return Json.fields()
                .put("component", entry.getComponent())
                .put("since", ApplyListing.time(entry.getSince()))
                .put("author", entry.getAuthor())
                .put("reason", entry.getReason())
                .map();
    }
}
