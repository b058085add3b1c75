package io.weir.control.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Manifests that are wrong, through a daemon: all is refused, every mistake is named with its place, nothing has changed. */
@Timeout(120)
class BadInputTest {
    private static final int TEN_MEGABYTES = 10 << 20;
    private static final String HEAD = "apiVersion: weir/v1\n";

    private static final String BOMB = HEAD + """
            kind: Component
            metadata: {id: bomb}
            spec:
              a: &a [x, x, x, x, x, x, x, x, x]
              b: &b [*a, *a, *a, *a, *a, *a, *a, *a]
              c: &c [*b, *b, *b, *b, *b, *b, *b, *b]
              d: [*c, *c, *c, *c, *c, *c, *c, *c]
            """;

    private static final String OVERLAP = HEAD + """
            kind: RuleSet
            metadata: {id: both, tier: platform}
            spec:
              rules:
                - {id: yes, priority: 5, from: [{any: true}], to: [{component: db}], l4: [{protocol: tcp, ports: "1-99"}], action: allow}
                - {id: no, priority: 5, from: [{component: web}], to: [{any: true}], l4: [{protocol: tcp, ports: "80"}], action: drop}
            """;

    private static final String CYCLE = HEAD + """
            kind: Group
            metadata: {id: a}
            spec: {members: [{group: b}]}
            ---
            apiVersion: weir/v1
            kind: Group
            metadata: {id: b}
            spec: {members: [{group: a}]}
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static LiveDaemon daemon;

    @BeforeAll
    static void start() throws IOException {
        daemon = new LiveDaemon(folder);
        daemon.apply(LiveDaemon.WEB, LiveDaemon.DB);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    /**
     * Files that are applied together.
     *
     * @param told what is complained of; {@code FILE0} and {@code FILE1} are the files
     */
    record Wrong(String name, List<String> files, List<String> told) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Wrong> wrong() {
        return Stream.of(
                new Wrong(
                        "ten megabytes",
                        List.of(HEAD + "# " + "x".repeat(TEN_MEGABYTES)),
                        List.of("FILE0: longer than 4194304")),
                new Wrong("aliases that double", List.of(BOMB), List.of("FILE0:6: ")),
                new Wrong(
                        "unknown keys in two files",
                        List.of(
                                LiveDaemon.WEB.replace("isolate", "isolated"),
                                LiveDaemon.DB.replace("action: drop", "actoin: drop")),
                        List.of("FILE0:6: spec.isolated: unknown key", "FILE1:8: spec.ingress[1].actoin: unknown key")),
                new Wrong(
                        "one id in two files",
                        List.of(LiveDaemon.WEB, LiveDaemon.WEB),
                        List.of("FILE1:1: metadata.id: Component web is here twice: also at FILE0:1")),
                new Wrong("rules of one priority that contradict each other", List.of(OVERLAP), List.of("FILE0:7: ")),
                new Wrong(
                        "references to nothing",
                        List.of(LiveDaemon.DB.replace("component: web", "component: nobody")),
                        List.of("FILE0:7: ", "FILE0:8: ", "nobody")),
                new Wrong(
                        "groups that hold each other", List.of(CYCLE), List.of("FILE0:4: ", "FILE0:9: ", "a > b > a")),
                new Wrong("a key written twice", List.of(LiveDaemon.WEB + "spec: {}\n"), List.of("FILE0:7: ")),
                new Wrong("no YAML", List.of("{[: \u0007"), List.of("FILE0: not YAML: special characters")),
                new Wrong("nothing", List.of(""), List.of("FILE0:1: holds no document")));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldRefuseAllAndChangeNothing(Wrong wrong) throws IOException {
        String history = daemon.weir(ExitCode.DONE, "history", "-o", "json");
        String explained = daemon.weir(ExitCode.DONE, "explain", "web", "db", "udp/53");
        String ports = daemon.weir(ExitCode.DONE, "ports", "-o", "json");
        List<String> words = new ArrayList<>(List.of("apply"));
        List<String> files = new ArrayList<>();
        for (String text : wrong.files()) {
            files.add(daemon.file("wrong" + files.size() + ".yaml", text));
            words.addAll(List.of("-f", files.getLast()));
        }

        String printed = daemon.weir(ExitCode.BAD_INPUT, words.toArray(new String[0]));

        assertEquals("", printed);
        for (String told : wrong.told()) {
            String expected = told.replace("FILE0", files.getFirst()).replace("FILE1", files.getLast());
            assertTrue(daemon.complaint().contains(expected), expected + " is not in:\n" + daemon.complaint());
        }
        assertEquals(history, daemon.weir(ExitCode.DONE, "history", "-o", "json"));
        assertEquals(explained, daemon.weir(ExitCode.DONE, "explain", "web", "db", "udp/53"));
        assertEquals(ports, daemon.weir(ExitCode.DONE, "ports", "-o", "json"));
    }
}
