package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.identity.label.LabelSettings;

/** {@code weir validate -f FILE}: every mistake in a configuration or in manifests; no daemon is asked, nothing is started. */
@Command(
        name = "validate",
        description = "Tell every mistake in a configuration or in manifests; start nothing.",
        footer = {
            "",
            "Manifests are checked together, as if nothing else were in force: references, clashes of rules, embedded tests.",
            "With a weir.yaml beside them, under its label domain and the levels of its ports and peers too.",
            "Examples:",
            "  weir validate -c weir.yaml",
            "  weir validate -c weir.yaml -f pay.yaml",
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
        List<LabelSettings> hosts = Stream.concat(
                        configs.stream(), files.stream().filter(file -> !manifests.contains(file)))
                .map(file -> OfflinePolicy.labels(configuration(out, file)))
                .toList();
        if (!manifests.isEmpty()) {
            manifests(out, manifests, hosts.isEmpty() ? List.of(LabelSettings.NONE) : hosts);
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static HostSettings configuration(PrintWriter out, Path file) {
        HostSettings settings = HostConfig.read(file);
        settings.warnings().forEach(warning -> out.println(TerminalText.escape("warning: " + warning)));
        out.println(TerminalText.escape(file + ": valid, " + settings.ports().size() + " ports"));
        return settings;
    }

    /** On each of the hosts. */
    private static void manifests(PrintWriter out, List<Path> manifests, List<LabelSettings> hosts) {
        hosts.stream()
                .flatMap(labels -> OfflinePolicy.read(manifests, labels).warnings().stream())
                .distinct()
                .forEach(warning -> out.println(TerminalText.escape("warning: " + warning)));
        manifests.forEach(file -> out.println(TerminalText.escape(file + ": valid")));
    }
}
