package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;

/** {@code weir validate -f FILE}: every mistake in a configuration or in manifests; no daemon is asked, nothing is started. */
@Command(
        name = "validate",
        description = "Tell every mistake in a configuration or in manifests; start nothing.",
        footer = {
            "",
            "Manifests are checked together, as if nothing else were in force: references, clashes of rules, embedded tests.",
            "Examples:",
            "  weir validate -c weir.yaml",
            "  weir validate -f pay.yaml -f web.yaml"
        })
final class ValidateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Manifests, or a weir.yaml; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A weir.yaml; may be repeated.")
    private List<Path> configs = List.of();

    @Override
    public Integer call() {
        if (files.isEmpty() && configs.isEmpty()) {
            throw new CommandException(ExitCode.BAD_INPUT, "nothing to validate; name a file with -f or -c");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Path> manifests =
                files.stream().filter(OfflinePolicy::holdsManifests).toList();
        configs.forEach(file -> configuration(out, file));
        files.stream().filter(file -> !manifests.contains(file)).forEach(file -> configuration(out, file));
        if (!manifests.isEmpty()) {
            OfflinePolicy policy = OfflinePolicy.read(manifests);
            policy.warnings().forEach(warning -> out.println(TerminalText.escape("warning: " + warning)));
            manifests.forEach(file -> out.println(TerminalText.escape(file + ": valid")));
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static void configuration(PrintWriter out, Path file) {
        HostSettings settings = HostConfig.read(file);
        settings.warnings().forEach(warning -> out.println(TerminalText.escape("warning: " + warning)));
        out.println(TerminalText.escape(file + ": valid, " + settings.ports().size() + " ports"));
    }
}
