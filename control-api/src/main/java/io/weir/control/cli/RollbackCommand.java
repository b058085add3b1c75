package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.RollbackRequest;

/** {@code weir rollback N}. */
@Command(
        name = "rollback",
        description = "Make a revision with the documents of an older one; grants stay as they are.")
final class RollbackCommand extends DaemonVerb {
    @Parameters(paramLabel = "N", description = "Number of the older revision; 0 for no documents at all.")
    private int revision;

    @Option(
            names = "--confirm",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationOption.class,
            description = "Undo the rollback by itself unless weir confirm comes within that time.")
    private long confirmNs;

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        String reason = change.reason.isEmpty() ? "rollback to revision " + revision : change.reason;
        RollbackRequest.Builder request = RollbackRequest.newBuilder()
                .setRevision(revision)
                .setReason(reason)
                .setDryRun(change.dryRun)
                .setConfirmNs(confirmNs);
        if (change.expect != null) {
            request.setExpect(change.expect);
        }
        ApplyListing.print(out, output, daemon.policies().rollback(request.build()), change.dryRun);
        return ExitCode.DONE;
    }
}
