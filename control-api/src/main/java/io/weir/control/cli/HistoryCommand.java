package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.HistoryRequest;
import io.weir.control.v1.HistoryResponse;
import io.weir.control.v1.RevisionInfo;

/** {@code weir history}. */
@Command(name = "history", description = "Show revisions of the policy, the newest first.")
final class HistoryCommand extends DaemonVerb {
    private static final int DIGEST_SHOWN = 12;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "How many (default: 20).")
    private int limit;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        HistoryRequest request =
                HistoryRequest.newBuilder().setLimit(Math.max(1, limit)).build();
        HistoryResponse answer = daemon.policies().history(request);
        output.print(out, document(answer), table(answer.getRevisionsList()));
        if (!output.json() && answer.hasConfirmBy()) {
            out.println("the newest is rolled back at " + ApplyListing.time(answer.getConfirmBy())
                    + " unless weir confirm comes before");
            out.flush();
        }
        return ExitCode.DONE;
    }

    private static Table table(List<RevisionInfo> revisions) {
        Table table = new Table("REVISION", "TIME", "AUTHOR", "CHANGED", "REMOVED", "DIGEST", "REASON");
        for (RevisionInfo info : revisions) {
            table.row(
                    info.getNumber(),
                    ApplyListing.time(info.getTime()),
                    info.getAuthor(),
                    info.getChanged(),
                    info.getRemoved(),
                    info.getDigest()
                            .substring(
                                    0, Math.min(DIGEST_SHOWN, info.getDigest().length())),
                    info.getReason());
        }
        return table;
    }

    private static Map<String, Object> document(HistoryResponse answer) {
        Json.Fields fields = Json.fields()
                .put(
                        "revisions",
                        answer.getRevisionsList().stream()
                                .map(HistoryCommand::document)
                                .toList());
        if (answer.hasConfirmBy()) {
            fields.put("confirmBy", ApplyListing.time(answer.getConfirmBy()));
        }
        return fields.map();
    }

    static Map<String, Object> document(RevisionInfo info) {
        return Json.fields()
                .put("revision", info.getNumber())
                .put("parent", info.getParent())
                .put("time", ApplyListing.time(info.getTime()))
                .put("author", info.getAuthor())
                .put("reason", info.getReason())
                .put("digest", info.getDigest())
                .put("changed", info.getChanged())
                .put("removed", info.getRemoved())
                .map();
    }
}
