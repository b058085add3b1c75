package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ValidateCommandTest {
    private static final String DOMAIN = """
            apiVersion: weir/v1
            kind: LabelDomain
            metadata: {id: acme}
            spec: {types: [{name: unlabeled_t}, {name: web_t}]}
            """;
    private static final String MANIFEST = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web}
            spec:
              identity: {instances: [{port: vm1, ips: [10.0.0.1]}]}
              securityLabel: "system_u:system_r:%s:s2"
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldCheckManifestsUnderTheLabelsOfTheirHost() throws IOException {
        String config = file("weir.yaml", "labels: {domain: %s}\n".formatted(file("domain.yaml", DOMAIN)));
        String right = file("right.yaml", MANIFEST.formatted("web_t"));
        String wrong = file("wrong.yaml", MANIFEST.formatted("wep_t"));

        assertEquals(ExitCode.DONE, validate("-f", wrong), "alone, any type will do");
        assertEquals(ExitCode.DONE, validate("-c", config, "-f", right), err::toString);
        assertEquals(ExitCode.BAD_INPUT, validate("-c", config, "-f", wrong));
        assertTrue(err.toString().contains("domain acme has no type wep_t; did you mean web_t?"), err::toString);
    }

    @Test
    void shouldTellThePortsWhoseLevelsAComponentCannotSpeakAt() throws IOException {
        String config = file("weir.yaml", "ports: [{name: vm1, type: tap, policy: {label: s0-s1}}]\n");

        assertEquals(ExitCode.DONE, validate("-c", config, "-f", file("web.yaml", MANIFEST.formatted("web_t"))));

        String warning = "spec.securityLabel: no flow of it passes: s2 has no level in common with any of its ports";
        assertTrue(out.toString().contains(warning), out::toString);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private int validate(String... options) {
        String[] words = new String[options.length + 1];
        words[0] = "validate";
        System.arraycopy(options, 0, words, 1, options.length);
        return Weir.execute(words, Optional.of(new PrintWriter(out, true)), Optional.of(new PrintWriter(err, true)));
    }
}
