package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.CreateGrantRequest;
import io.weir.control.v1.Grant;

/** {@code weir grant create -f}. */
@Command(name = "create", description = "Give access for a time; it ends by itself, also without a controller.")
final class GrantCreateCommand extends DaemonVerb {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "A manifest with one document of kind Grant.")
    private Path file = Path.of("grant.yaml");

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        CreateGrantRequest request = CreateGrantRequest.newBuilder()
                .setManifest(Manifests.read(file))
                .build();
        Grant grant = daemon.grants().create(request);
        output.print(out, GrantListing.document(grant), GrantListing.table(List.of(grant)));
        return ExitCode.DONE;
    }
}
