package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.Grant;
import io.weir.control.v1.RevokeGrantRequest;

/** {@code weir grant revoke}. */
@Command(name = "revoke", description = "End a grant at once, and the flows that it opened.")
final class GrantRevokeCommand extends DaemonVerb {
    @Parameters(paramLabel = "ID", description = "The grant.")
    private String id = "";

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        Grant grant =
                daemon.grants().revoke(RevokeGrantRequest.newBuilder().setId(id).build());
        output.print(out, GrantListing.document(grant), GrantListing.table(List.of(grant)));
        return ExitCode.DONE;
    }
}
