package io.weir.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import io.weir.identity.manifest.ManifestReader;

/** {@code weir schema}: the JSON Schema of manifests, for editors. */
@Command(name = "schema", description = "Print the JSON Schema of manifests, for editors.")
final class SchemaCommand implements Callable<Integer> {
    private static final String RESOURCE = "weir-v1.schema.json";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (InputStream schema = ManifestReader.class.getResourceAsStream(RESOURCE)) {
            if (schema == null) {
                throw new CommandException(ExitCode.REFUSED, "this build holds no " + RESOURCE + "; build it anew");
            }
            out.print(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return ExitCode.DONE;
    }
}
