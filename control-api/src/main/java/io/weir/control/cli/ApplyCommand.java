package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.ApplyRequest;
import io.weir.control.v1.ApplyResponse;
import io.weir.control.v1.DocumentName;

/** {@code weir apply -f}. */
@Command(
        name = "apply",
        description =
                "Make a revision of the policy: add, replace or delete documents. All of it takes effect at once, or nothing.",
        footer = {
            "",
            "Examples:",
            "  weir apply -f pay.yaml --reason 'CHG-12' --confirm 5m",
            "  weir apply -f pay.yaml --dry-run",
            "  weir apply --delete Component/web.old --expect 7",
        })
final class ApplyCommand extends DaemonVerb {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Manifests, YAML or JSON; may be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--delete", paramLabel = "KIND/ID", description = "Delete a document; may be repeated.")
    private List<String> deleted = List.of();

    @Option(
            names = "--confirm",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationOption.class,
            description = "Roll back by itself unless weir confirm comes within that time, such as 5m.")
    private long confirmNs;

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (files.isEmpty() && deleted.isEmpty()) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "nothing to apply; name a file with -f, or --delete KIND/ID");
        }
        ApplyRequest.Builder request = ApplyRequest.newBuilder()
                .addAllManifests(Manifests.read(files))
                .setReason(change.reason)
                .setDryRun(change.dryRun)
                .setConfirmNs(confirmNs);
        deleted.forEach(word -> request.addDeleted(name(word)));
        if (change.expect != null) {
            request.setExpect(change.expect);
        }
        ApplyResponse answer = daemon.policies().apply(request.build());
        ApplyListing.print(out, output, answer, change.dryRun);
        return ExitCode.DONE;
    }

    private static DocumentName name(String word) {
        int slash = word.indexOf('/');
        if (slash < 1) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--delete must be KIND/ID: was " + word + "; write such as Component/pay.api");
        }
        return DocumentName.newBuilder()
                .setKind(word.substring(0, slash))
                .setId(word.substring(slash + 1))
                .build();
    }
}
