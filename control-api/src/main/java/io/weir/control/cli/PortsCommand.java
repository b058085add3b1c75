package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.Port;

/** {@code weir ports}: every port with state, VLANs and counters. */
@Command(name = "ports", description = "Show the ports with their state and counters.")
final class PortsCommand extends DaemonVerb {
    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        List<Port> ports =
                daemon.ports().listPorts(ListPortsRequest.getDefaultInstance()).getPortsList();
        output.print(out, PortListing.document(ports), PortListing.table(ports));
        return ExitCode.DONE;
    }
}
