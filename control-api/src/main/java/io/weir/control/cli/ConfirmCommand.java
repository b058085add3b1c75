package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.ConfirmRequest;

/** {@code weir confirm [N]}. */
@Command(name = "confirm", description = "Keep the revision that would otherwise be rolled back.")
final class ConfirmCommand extends DaemonVerb {
    @Parameters(
            arity = "0..1",
            paramLabel = "N",
            defaultValue = "0",
            description = "Its number; the one that waits when not said.")
    private int revision;

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        ConfirmRequest request =
                ConfirmRequest.newBuilder().setRevision(revision).build();
        out.println("revision " + daemon.policies().confirm(request).getRevision() + " confirmed");
        out.flush();
        return ExitCode.DONE;
    }
}
