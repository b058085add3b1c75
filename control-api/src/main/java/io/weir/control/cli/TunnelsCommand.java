package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.ListTunnelsRequest;
import io.weir.control.v1.Tunnel;

/** {@code weir tunnels}: peers and how the way to each is. */
@Command(name = "tunnels", description = "Show the tunnels to other hosts with their state and ESP counters.")
final class TunnelsCommand extends DaemonVerb {
    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        List<Tunnel> tunnels = daemon.tunnels()
                .listTunnels(ListTunnelsRequest.getDefaultInstance())
                .getTunnelsList();
        output.print(out, TunnelListing.document(tunnels), TunnelListing.table(tunnels));
        return ExitCode.DONE;
    }
}
