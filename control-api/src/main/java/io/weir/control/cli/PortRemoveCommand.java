package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.RemovePortRequest;
import io.weir.control.v1.RemovePortResponse;

/** {@code weir port remove}. */
@Command(name = "remove", description = "Remove a port; its device is given back to the kernel.")
final class PortRemoveCommand extends DaemonVerb {
    @Parameters(paramLabel = "NAME", description = "The port.")
    private String name = "";

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        RemovePortResponse _ = daemon.ports()
                .removePort(RemovePortRequest.newBuilder().setName(name).build());
        out.println("removed " + TerminalText.escape(name));
        out.flush();
        return ExitCode.DONE;
    }
}
