package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.DiffRequest;
import io.weir.control.v1.DiffResponse;
import io.weir.control.v1.MeaningDiff;
import io.weir.identity.component.L4Text;

/** {@code weir diff A [B]}. */
@Command(
        name = "diff",
        description = "Show how two revisions differ: in their documents, and in the flows that they allow.")
final class DiffCommand extends DaemonVerb {
    private static final int LAST_PORT = 0xFFFF;

    @Parameters(index = "0", paramLabel = "A", description = "Number of the one revision; 0 for no documents at all.")
    private int from;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "B",
            defaultValue = "0",
            description = "Number of the other one; the newest when not said.")
    private int to;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        DiffRequest request = DiffRequest.newBuilder().setFrom(from).setTo(to).build();
        DiffResponse answer = daemon.policies().diff(request);
        if (output.json()) {
            Json.print(out, document(answer));
            return ExitCode.DONE;
        }
        answer.getDocumentsList()
                .forEach(
                        document -> document.getText().lines().forEach(line -> out.println(TerminalText.escape(line))));
        answer.getMeaningsList().forEach(meaning -> out.println(TerminalText.escape(line(meaning))));
        if (!answer.getNote().isEmpty()) {
            out.println(TerminalText.escape("note: " + answer.getNote()));
        }
        out.flush();
        return ExitCode.DONE;
    }

    /** {@code allowed now: web -> db tcp/5432}. */
    private static String line(MeaningDiff meaning) {
        String prefix = meaning.getAllowed() ? "allowed now: " : "no longer allowed: ";
        return prefix + meaning.getFrom() + " -> " + meaning.getTo() + ' ' + l4(meaning);
    }

    private static String l4(MeaningDiff meaning) {
        String protocol = ApplyListing.protocol(meaning.getProtocol());
        boolean all = meaning.getFirstPort() == 0 && meaning.getLastPort() == LAST_PORT;
        if (all || meaning.getProtocol() < 0) {
            return protocol;
        }
        String first = L4Text.destination(meaning.getProtocol(), meaning.getFirstPort());
        boolean one = meaning.getFirstPort() == meaning.getLastPort();
        return one ? first : first + '-' + meaning.getLastPort();
    }

    private static Map<String, Object> document(DiffResponse answer) {
        return Json.fields()
                .put(
                        "documents",
                        answer.getDocumentsList().stream()
                                .map(document -> Json.fields()
                                        .put("kind", document.getName().getKind())
                                        .put("id", document.getName().getId())
                                        .put("change", ApplyListing.word(document.getChange()))
                                        .put("diff", document.getText())
                                        .map())
                                .toList())
                .put(
                        "meanings",
                        answer.getMeaningsList().stream()
                                .map(meaning -> Json.fields()
                                        .put("from", meaning.getFrom())
                                        .put("to", meaning.getTo())
                                        .put("protocol", ApplyListing.protocol(meaning.getProtocol()))
                                        .put("firstPort", meaning.getFirstPort())
                                        .put("lastPort", meaning.getLastPort())
                                        .put("allowed", meaning.getAllowed())
                                        .map())
                                .toList())
                .put("note", answer.getNote())
                .map();
    }
}
