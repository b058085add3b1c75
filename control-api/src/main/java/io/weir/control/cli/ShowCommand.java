package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.Document;
import io.weir.control.v1.GetRevisionRequest;
import io.weir.control.v1.Revision;

/** {@code weir show [N]}: manifests that weir apply takes again. */
@Command(name = "show", description = "Show the documents of a revision, as manifests that weir apply takes.")
final class ShowCommand extends DaemonVerb {
    @Parameters(
            arity = "0..1",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of the revision; the newest when not said.")
    private int number;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        Revision revision = daemon.policies()
                .getRevision(GetRevisionRequest.newBuilder().setNumber(number).build());
        if (output.json()) {
            Json.print(out, document(revision));
            return ExitCode.DONE;
        }
        out.println(TerminalText.escape("# revision " + revision.getInfo().getNumber() + ", "
                + ApplyListing.time(revision.getInfo().getTime()) + ", "
                + revision.getInfo().getAuthor() + ": " + revision.getInfo().getReason()));
        for (Document document : revision.getDocumentsList()) {
            out.println("---");
            document.getText().lines().forEach(line -> out.println(TerminalText.escape(line)));
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static Map<String, Object> document(Revision revision) {
        return Json.fields()
                .put("revision", HistoryCommand.document(revision.getInfo()))
                .put(
                        "documents",
                        revision.getDocumentsList().stream()
                                .map(document -> Json.fields()
                                        .put("kind", document.getName().getKind())
                                        .put("id", document.getName().getId())
                                        .put("source", document.getSource())
                                        .put("line", document.getLine())
                                        .put("text", document.getText())
                                        .map())
                                .toList())
                .map();
    }
}
