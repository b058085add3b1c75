package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.Grant;
import io.weir.control.v1.ListGrantsRequest;

/** {@code weir grant list}. */
@Command(name = "list", description = "Show the grants that stand and the latest that ended.")
final class GrantListCommand extends DaemonVerb {
    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        List<Grant> grants =
                daemon.grants().list(ListGrantsRequest.getDefaultInstance()).getGrantsList();
        Object document = Json.fields()
                .put("grants", grants.stream().map(GrantListing::document).toList())
                .map();
        output.print(out, document, GrantListing.table(grants));
        return ExitCode.DONE;
    }
}
