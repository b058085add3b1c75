package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;

/** {@code weir validate -f weir.yaml}: every mistake in a configuration, nothing started. */
@Command(name = "validate", description = "Tell every mistake in a configuration; start nothing.")
final class ValidateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration.")
    private Path file = Path.of("weir.yaml");

    @Override
    public Integer call() {
        HostSettings settings = HostConfig.read(file);
        PrintWriter out = spec.commandLine().getOut();
        out.println(TerminalText.escape(file + ": valid, " + settings.ports().size() + " ports"));
        out.flush();
        return ExitCode.DONE;
    }
}
