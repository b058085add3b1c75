package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.RemoveSaRequest;
import io.weir.control.v1.RemoveSaResponse;

/** {@code weir sas remove}. */
@Command(name = "remove", description = "End an SA; packets under way on it are refused from then on.")
final class SasRemoveCommand extends DaemonVerb {
    @Mixin
    private SaName sa = new SaName();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        RemoveSaResponse _ = daemon.tunnels()
                .removeSa(RemoveSaRequest.newBuilder()
                        .setPeer(sa.peer())
                        .setDirection(sa.direction())
                        .setSpi(sa.spi())
                        .build());
        out.println(TerminalText.escape("removed SA " + sa.text()));
        out.flush();
        return ExitCode.DONE;
    }
}
