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

class ComplianceCheckCommandTest {
    private static final String DOMAIN = """
            apiVersion: weir/v1
            kind: LabelDomain
            metadata: {id: acme}
            spec:
              types:
                - {name: unlabeled_t}
                - {name: web_t}
              allow: [{from: [web_t], to: [web_t]}]
            """;
    private static final String BROWSER = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web.browser}
            spec:
              identity: {instances: [{port: vm1, ips: [10.0.0.1]}]}
              securityLabel: "system_u:system_r:web_t:s2-s5"
              egress: [{id: out, to: [{component: web.secret}, {component: web.public}], action: allow}]
            ---
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web.secret}
            spec:
              identity: {instances: [{port: vm2, ips: [10.0.0.2]}]}
              securityLabel: "system_u:system_r:web_t:s5"
            ---
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web.public}
            spec:
              identity: {instances: [{port: vm3, ips: [10.0.0.3]}]}
              securityLabel: "system_u:system_r:web_t:s2"
            """;
    /** The guest keeps the two instances of the browser apart; {@code %s} is one more flow. */
    private static final String GUEST = """
            apiVersion: weir/v1
            kind: FlowPolicy
            metadata: {id: guest}
            spec:
              component: web.browser
              labels: [low, high]
              carriers: [tab_low, tab_high, clipboard]
              programs: [clipboard]
              flows:
                - {from: low, to: tab_low, both: true, via: "allow low tab_low"}
                - {from: high, to: tab_high, both: true}
                %s
              map: [{label: low, as: "web_t:s2"}, {label: high, as: "web_t:s5"}]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldFindTheComponentThatCarriesSecretsDown() throws IOException {
        int exit = check("-f", file("m.yaml", BROWSER), "--domain", file("d.yaml", DOMAIN));

        assertEquals("""
                violated: 2 labels, 4 steps, web_t:s5 -> Component web.browser -> web_t:s2
                  web_t:s5 -> Component web.browser: its rules let Component web.browser speak at this level
                  Component web.browser -> web_t:s2: web_t is not trusted to keep levels apart
                """, out.toString());
        assertEquals(ExitCode.REFUSED, exit);
    }

    @Test
    void shouldBelieveAGuestThatKeepsLevelsApart() throws IOException {
        int exit = check(
                "-f",
                file("m.yaml", BROWSER),
                "--domain",
                file("d.yaml", DOMAIN),
                "--with",
                file("g.yaml", GUEST.formatted("")));

        assertEquals("compliant: 2 labels, 4 steps\n", out.toString());
        assertEquals(ExitCode.DONE, exit);
    }

    @Test
    void shouldTakeTheDomainFromTheHostsConfiguration() throws IOException {
        String config = "labels: {domain: %s}\n".formatted(file("d.yaml", DOMAIN));

        assertEquals(ExitCode.REFUSED, check("-f", file("m.yaml", BROWSER), "-c", file("weir.yaml", config)));
        assertTrue(said().startsWith("violated: 2 labels, 4 steps, web_t:s5 -> Component web.browser -> web_t:s2\n"));
        assertEquals(
                ExitCode.BAD_INPUT,
                check(
                        "-f",
                        file("m.yaml", BROWSER),
                        "-c",
                        file("weir.yaml", config),
                        "--domain",
                        file("d.yaml", DOMAIN)));
    }

    @Test
    void shouldFindTheLeakInsideAGuestAndTheUnfilteredWayIntoItsProgram() throws IOException {
        String leak = """
                - {from: tab_high, to: clipboard, via: copy}
                    - {from: clipboard, to: tab_low, via: paste}
                """.strip();

        int exit = check(
                "-f",
                file("m.yaml", BROWSER),
                "--domain",
                file("d.yaml", DOMAIN),
                "--with",
                file("g.yaml", GUEST.formatted(leak)));

        assertEquals("""
                violated: 2 labels, 6 steps, web_t:s5 -> guest/tab_high -> guest/clipboard -> guest/tab_low -> web_t:s2
                  web_t:s5 -> guest/tab_high: guest: high > tab_high
                  guest/tab_high -> guest/clipboard: guest: copy
                  guest/clipboard -> guest/tab_low: guest: paste
                  guest/tab_low -> web_t:s2: guest: allow low tab_low
                  into a trusted program without filter: tab_high -> clipboard: copy
                """, out.toString());
        assertEquals(ExitCode.REFUSED, exit);
    }

    @Test
    void shouldCompareTwoPoliciesByTheirMap() throws IOException {
        String host = file("host.yaml", """
                {apiVersion: weir/v1, kind: FlowPolicy, metadata: {id: host},
                 spec: {labels: [public, secret], flows: [{from: public, to: secret}]}}
                """);
        String guest = """
                {apiVersion: weir/v1, kind: FlowPolicy, metadata: {id: guest},
                 spec: {labels: [a, b], flows: [{from: %s, to: %s}], map: [{label: a, as: public}, {label: b, as: %s}]}}
                """;

        assertEquals(
                ExitCode.DONE,
                check("--policy", file("up.yaml", guest.formatted("a", "b", "secret")), "--against", host));
        assertEquals("compliant: 2 labels, 1 steps\n", said());
        assertEquals(
                ExitCode.REFUSED,
                check("--policy", file("down.yaml", guest.formatted("b", "a", "secret")), "--against", host));
        assertEquals("violated: 2 labels, 1 steps, b -> a\n  b -> a: b > a\n", said());
        assertEquals(
                ExitCode.REFUSED,
                check("--policy", file("odd.yaml", guest.formatted("a", "b", "public")), "--against", host));
        assertEquals("ambiguous: 2 labels, 1 steps\n  b and a are both public there\n", said());
    }

    @Test
    void shouldTellWhatIsWrongWithAPolicy() throws IOException {
        String wrong = file("wrong.yaml", """
                apiVersion: weir/v1
                kind: FlowPolicy
                metadata: {id: x}
                spec:
                  labels: [a, a]
                  flows: [{from: a, to: bb}]
                  map: [{label: c, as: d}]
                """);

        int exit = check("--policy", wrong, "--against", wrong);

        assertEquals("", out.toString());
        assertEquals(
                wrong + ":5: spec.labels[1]: written twice: was a; keep one of them\n"
                        + wrong
                        + ":6: spec.flows[0].to: no label or carrier: was bb; declare it under labels or carriers, which have: a\n"
                        + wrong
                        + ":7: spec.map[0].label: no label: was c; did you mean a?\n",
                err.toString().replaceAll("(?m)^weir compliance check: ", ""));
        assertEquals(ExitCode.BAD_INPUT, exit);
    }

    @Test
    void shouldAskWhatToCompare() {
        assertEquals(ExitCode.BAD_INPUT, check());
        assertEquals(ExitCode.BAD_INPUT, check("--policy", "a.yaml"));
    }

    private String said() {
        String said = out.toString();
        out.getBuffer().setLength(0);
        return said;
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private int check(String... options) {
        String[] words = new String[options.length + 2];
        words[0] = "compliance";
        words[1] = "check";
        System.arraycopy(options, 0, words, 2, options.length);
        return Weir.execute(words, Optional.of(new PrintWriter(out, true)), Optional.of(new PrintWriter(err, true)));
    }
}
