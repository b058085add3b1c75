package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.config.HostConfig;
import io.weir.identity.compile.PolicyFlows;
import io.weir.identity.compliance.Compliance;
import io.weir.identity.compliance.ComplianceResult;
import io.weir.identity.compliance.ComplianceResult.Step;
import io.weir.identity.compliance.DomainBound;
import io.weir.identity.compliance.FlowBound;
import io.weir.identity.compliance.FlowGraph;
import io.weir.identity.compliance.FlowPolicy;
import io.weir.identity.compliance.LabelMap;
import io.weir.identity.compliance.ProgramIntegrity;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.manifest.FlowPolicyReader;
import io.weir.identity.manifest.LabelDomainReader;
import io.weir.identity.manifest.ManifestReader;

/** {@code weir compliance check}: whether information stays where a policy lets it; no daemon is asked. */
@Command(
        name = "check",
        description = "Say whether everything that can flow under one policy may flow under another.",
        footer = {
            "",
            "Manifests are compared with a label domain, as a daemon does when they are applied; --with adds what guests and",
            "peers let flow. Or one policy is compared with another, its labels named there as its map says.",
            "Exit status: 0 compliant, 1 violated or not to be compared.",
            "Examples:",
            "  weir compliance check -f manifests.yaml -c /etc/weir/weir.yaml",
            "  weir compliance check -f manifests.yaml --domain /etc/weir/domain.yaml --with guest.yaml",
            "  weir compliance check --policy browser.yaml --against host.yaml",
        })
final class ComplianceCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Manifests; may be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--domain", paramLabel = "FILE", description = "Label domain file that the manifests are under.")
    private @Nullable Path domainFile;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A host's weir.yaml, whose domain and levels the manifests are under, instead of --domain.")
    private @Nullable Path configFile;

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "Information-flow policy of a guest or peer of theirs; may be repeated.")
    private List<Path> parts = List.of();

    @Option(names = "--policy", paramLabel = "FILE", description = "Information-flow policy, instead of manifests.")
    private @Nullable Path policyFile;

    @Option(names = "--against", paramLabel = "FILE", description = "Information-flow policy to compare it with.")
    private @Nullable Path boundFile;

    @Mixin
    private Output output = new Output();

    /** What was decided of one subject, and what of its trusted programs is not filtered. */
    private record Answer(ComplianceResult result, FlowGraph graph, List<Step> unfiltered) {
        boolean good() {
            return result.compliant() && unfiltered.isEmpty();
        }
    }

    @Override
    public Integer call() {
        Answer answer = answer();
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            Json.print(out, document(answer));
        } else {
            print(out, answer);
        }
        return answer.good() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private Answer answer() {
        boolean oneDomain = (domainFile == null) != (configFile == null);
        boolean manifests = !files.isEmpty() && oneDomain && policyFile == null && boundFile == null;
        boolean policies =
                files.isEmpty() && domainFile == null && configFile == null && policyFile != null && boundFile != null;
        if (!manifests && !policies) {
            throw new CommandException(
                    ExitCode.BAD_INPUT,
                    "what is to be compared? Write -f MANIFESTS -c WEIR.YAML, -f MANIFESTS --domain FILE, or"
                            + " --policy FILE --against FILE");
        }
        return manifests ? ofManifests(labels()) : ofPolicy();
    }

    private LabelSettings labels() {
        return configFile == null
                ? new LabelSettings(LabelDomainReader.read(required(domainFile)), Map.of())
                : OfflinePolicy.labels(HostConfig.read(configFile));
    }

    private Answer ofManifests(LabelSettings labels) {
        List<Document> grants = new ArrayList<>();
        PolicySet documents = PolicySet.EMPTY;
        for (Path file : files) {
            List<Document> read = ManifestReader.read(file);
            read.stream().filter(document -> document.kind() == Kind.GRANT).forEach(grants::add);
            documents = documents.with(read.stream()
                    .filter(document -> document.kind() != Kind.GRANT)
                    .toList());
        }
        List<FlowPolicy> others = parts.stream().map(FlowPolicyReader::read).toList();
        FlowGraph graph = PolicyFlows.of(documents, grants, labels, others);
        ComplianceResult result = Compliance.check(graph, LabelMap.SAME, new DomainBound(labels.domain()));
        return new Answer(
                result,
                graph,
                others.stream().flatMap(other -> unfiltered(other).stream()).toList());
    }

    private Answer ofPolicy() {
        FlowPolicy policy = FlowPolicyReader.read(required(policyFile));
        FlowGraph bound = FlowPolicyReader.read(required(boundFile)).graph();
        FlowGraph graph = policy.graph();
        ComplianceResult result = Compliance.check(graph, policy.map(), FlowBound.of(bound));
        return new Answer(result, graph, unfiltered(policy));
    }

    private static Path required(@Nullable Path file) {
        if (file == null) {
            throw new IllegalStateException("options were checked before");
        }
        return file;
    }

    private static List<Step> unfiltered(FlowPolicy policy) {
        return ProgramIntegrity.unfiltered(policy.graph(), policy.programs());
    }

    private static void print(PrintWriter out, Answer answer) {
        ComplianceResult result = answer.result;
        String counted = answer.graph.labelCount() + " labels, " + answer.graph.stepCount() + " steps";
        line(out, word(answer) + ": " + counted + (result.path().isEmpty() ? "" : ", " + result.path()));
        result.counterexample().forEach(step -> line(out, "  " + text(step)));
        result.ambiguities().forEach(problem -> line(out, "  " + problem));
        answer.unfiltered.forEach(step -> line(out, "  into a trusted program without filter: " + text(step)));
        result.filters()
                .forEach(filter -> line(
                        out,
                        "  filter: " + filter.program() + ", " + filter.from() + " -> " + filter.to() + ": "
                                + filter.reason()));
        out.flush();
    }

    private static String word(Answer answer) {
        boolean onlyPrograms = answer.result.compliant() && !answer.unfiltered.isEmpty();
        return onlyPrograms ? "violated" : answer.result.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static String text(Step step) {
        return step.from() + " -> " + step.to() + ": " + step.reason();
    }

    private static void line(PrintWriter out, String text) {
        out.println(TerminalText.escape(text));
    }

    private static Map<String, Object> document(Answer answer) {
        ComplianceResult result = answer.result;
        return Json.fields()
                .put("outcome", word(answer))
                .put("labels", answer.graph.labelCount())
                .put("steps", answer.graph.stepCount())
                .put(
                        "counterexample",
                        result.counterexample().stream()
                                .map(ComplianceCheckCommand::step)
                                .toList())
                .put("ambiguities", result.ambiguities())
                .put(
                        "unfiltered",
                        answer.unfiltered.stream()
                                .map(ComplianceCheckCommand::step)
                                .toList())
                .put(
                        "filters",
                        result.filters().stream()
                                .map(ComplianceCheckCommand::filter)
                                .toList())
                .map();
    }

    private static Map<String, Object> step(Step step) {
        return Json.fields()
                .put("from", step.from())
                .put("to", step.to())
                .put("reason", step.reason())
                .map();
    }

    private static Map<String, Object> filter(FlowGraph.Filter filter) {
        return Json.fields()
                .put("program", filter.program())
                .put("from", filter.from())
                .put("to", filter.to())
                .put("reason", filter.reason())
                .map();
    }
}
