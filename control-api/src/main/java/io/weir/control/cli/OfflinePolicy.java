package io.weir.control.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.weir.control.config.HostSettings;
import io.weir.control.policy.PortLabels;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.PolicyTests;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.manifest.ManifestReader;

/**
 * Manifests compiled without a daemon, as if nothing else were in force.
 *
 * @param warnings what is accepted, and yet is probably not meant
 */
record OfflinePolicy(List<Problem> warnings) {
    private static final long NOW_NS = 0;
    private static final Pattern MANIFEST = Pattern.compile("(?m)^[\\s{]*\"?(apiVersion|kind)\"?\\s*:");

    /** Whether the file says what only manifests say; one that cannot be read does not. */
    static boolean holdsManifests(Path file) {
        try {
            return MANIFEST.matcher(Files.readString(file, StandardCharsets.UTF_8))
                    .find();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** What a host's configuration says of labels, as its daemon begins with. */
    static LabelSettings labels(HostSettings host) {
        return new LabelSettings(host.domain(), PortLabels.of(host.ports(), host.peerLabels()));
    }

    /**
     * Reads and compiles.
     *
     * @param labels what their host says of labels
     * @throws ProblemException every mistake
     */
    static OfflinePolicy read(List<Path> files, LabelSettings labels) {
        List<Document> documents = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                documents.addAll(ManifestReader.read(file));
            } catch (ProblemException wrong) {
                problems.addAll(wrong.errors());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
        PolicySet set = PolicySet.EMPTY.with(documents.stream()
                .filter(document -> document.kind() != Kind.GRANT)
                .toList());
        PolicyEpoch epoch = new PolicyCompiler(Long.MAX_VALUE)
                .compile(new CompileRequest(1, 1, set, List.of(), Set.of(), NOW_NS, Instant.now(), labels));
        List<Problem> failures = PolicyTests.failures(epoch, NOW_NS);
        if (!failures.isEmpty()) {
            throw new ProblemException(failures);
        }
        return new OfflinePolicy(epoch.warnings());
    }
}
