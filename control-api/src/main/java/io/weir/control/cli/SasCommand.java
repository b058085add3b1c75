package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.ListSasRequest;
import io.weir.control.v1.Sa;

/** {@code weir sas [add|remove]}: security associations. */
@Command(
        name = "sas",
        description = "Show the security associations with their counters, or add and remove one; never a key.",
        subcommands = {SasAddCommand.class, SasRemoveCommand.class})
final class SasCommand extends DaemonVerb {
    @Option(names = "--peer", paramLabel = "NAME", defaultValue = "", description = "Only those of this peer.")
    private String peer = "";

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        List<Sa> sas = daemon.tunnels()
                .listSas(ListSasRequest.newBuilder().setPeer(peer).build())
                .getSasList();
        output.print(out, SaListing.document(sas), SaListing.table(sas));
        return ExitCode.DONE;
    }
}
