package io.weir.identity.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.Level;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LabelDomainReaderTest {
    private static final Path PAGE = Path.of("../docs/labels.md");
    private static final String HEAD = "apiVersion: weir/v1\nkind: LabelDomain\nmetadata: {id: d}\nspec:\n";

    private static String example() throws IOException {
        List<String> examples = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertEquals(1, examples.size());
        return examples.getFirst();
    }

    private static List<String> problems(String yaml) {
        ProblemException refused = assertThrows(ProblemException.class, () -> LabelDomainReader.read("d.yaml", yaml));
        return refused.errors().stream().map(Problem::toString).toList();
    }

    @Test
    void shouldReadTheExampleOfThePage() throws IOException {
        LabelDomain domain = LabelDomainReader.read("labels.md", example());

        assertEquals("acme", domain.id());
        assertTrue(domain.requireLabels());
        assertEquals(
                List.of("s0", "s2", "s5:c1.c3"),
                domain.levels().stream().map(Level::toString).toList());
        assertEquals(
                Set.of("unlabeled_t", "app_t", "db_t", "guard_t"),
                domain.types().keySet());
        assertTrue(domain.writesDown("guard_t"));
        assertFalse(domain.writesDown("app_t"));
        assertTrue(domain.flows("app_t", "db_t") && domain.flows("guard_t", "unlabeled_t"));
        assertTrue(domain.flows("app_t", "app_t"));
        assertFalse(domain.flows("db_t", "db_t") || domain.sends("app_t", "unlabeled_t"));
        assertEquals("s5:c1", domain.names().numbered("secret:payroll"));
    }

    @Test
    void shouldFitTheSchema() throws IOException {
        YamlNode document = SchemaCheck.documents(example()).getFirst();

        assertEquals(List.of(), SchemaCheck.mistakes(SchemaCheck.shipped(), document));
    }

    @Test
    void shouldAllowNothingThatNoRuleSays() {
        LabelDomain domain = LabelDomainReader.read(
                "d.yaml",
                HEAD + "  types: [{name: unlabeled_t}, {name: a_t}]\n  allow: [{from: [a_t], to: [unlabeled_t]}]\n");

        assertEquals(Map.of("a_t", Set.of("unlabeled_t")), domain.receivers());
        assertFalse(domain.flows("a_t", "unlabeled_t"));
    }

    @Test
    void shouldTakeADomainThatSaysNothing() {
        LabelDomain domain = LabelDomainReader.read("d.yaml", HEAD.stripTrailing() + " {}");

        assertEquals(LabelDomain.NONE.unlabeled(), domain.unlabeled());
        assertTrue(domain.flows("any_t", "other_t"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "levels: [s16]|d.yaml:5: spec.levels[0]: no security level: was s16; a level is s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "levels: []|d.yaml:5: spec.levels: must not be empty; leave levels out when packets may name any",
                "default: u:r:t|d.yaml:5: spec.default: a security context has a user, a role, a type and a range: was u:r:t; write user:role:type:low[-high], such as system_u:system_r:app_t:s2-s5:c1.c3",
                "default: 'u:r:x_t:s0', types: [{name: a_t}]|d.yaml:5: spec.default: no such type: was x_t; did you mean a_t?",
                "types: [{name: a_t}]|d.yaml:4: spec.default: no such type: was unlabeled_t; declare it under types, which has: a_t",
                "sensitivities: {s16: top}|d.yaml:5: spec.sensitivities: must be s0 to s15: was s16; write such as {s2: name}",
                "sensitivities: {c1: top}|d.yaml:5: spec.sensitivities: must be s0 to s15: was c1; write such as {s2: name}",
                "categories: {c1024: a}|d.yaml:5: spec.categories: must be c0 to c1023: was c1024; write such as {c2: name}",
                "categories: {c1: s2}|d.yaml:5: spec.categories: a name has letters, digits and underscores, and none of the forms s0 and c0: was s2; choose such a name",
                "sensitivities: {s1: x}, categories: {c1: x}|d.yaml:5: spec.categories: named twice: was x; choose another name",
                "types: [{name: unlabeled_t}, {name: unlabeled_t}]|d.yaml:5: spec.types[1].name: declared twice: was unlabeled_t; keep one of them",
                "types: [{name: unlabeled_t, trusted: {writeDown: true}}]|d.yaml:5: spec.types[0].trusted.reason: is missing; write reason: 1 to 512 printable characters",
                "types: [{name: unlabeled_t}], allow: [{from: [unlabeled_t]}]|d.yaml:5: spec.allow[0].to: is missing; write to: [TYPE]",
                "types: [{name: unlabeled_t}], allow: [{from: [unlabeld_t], to: [unlabeled_t]}]|d.yaml:5: spec.allow[0].from[0]: no such type: was unlabeld_t; did you mean unlabeled_t?",
                "types: [{name: unlabeled_t}], allow: [{between: [unlabeled_t], to: [unlabeled_t]}]|d.yaml:5: spec.allow[0].between: stands beside from or to; write either between, or from and to",
                "requireLabel: true|d.yaml:5: spec.requireLabel: unknown key; did you mean requireLabels?"
            })
    void shouldRefuse(String spec, String problem) {
        assertEquals(List.of(problem), problems(HEAD + "  {" + spec + "}\n"));
    }

    @Test
    void shouldRefuseWhatIsNoDomain() {
        assertEquals(
                List.of(
                        "d.yaml:1: must hold one document: holds 0; write apiVersion: weir/v1, kind: LabelDomain, metadata and spec"),
                problems(""));
        assertEquals(
                List.of(
                        "d.yaml:1: must hold one document: holds 2; write apiVersion: weir/v1, kind: LabelDomain, metadata and spec"),
                problems("{a: 1}\n---\n{a: 1}\n"));
        assertEquals(
                List.of("d.yaml:2: kind: unknown word: was Component; write one of: LabelDomain"),
                problems(HEAD.replace("LabelDomain", "Component").stripTrailing() + " {}"));
    }

    @Test
    void shouldRefuseMoreTypesThanATableHolds() {
        StringBuilder types = new StringBuilder(HEAD + "  types:\n");
        for (int i = 0; i <= LabelDomainReader.MAX_TYPES; i++) {
            types.append("    - {name: t").append(i).append("}\n");
        }

        assertEquals(
                List.of("d.yaml:5: spec.types: more than 1024: 1025; let types be shared"), problems(types.toString()));
    }

    @Test
    void shouldReadAFileAndSayWhichOneIsMissing(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("domain.yaml");
        ProblemException missing = assertThrows(ProblemException.class, () -> LabelDomainReader.read(file));
        Files.writeString(file, example());

        assertEquals(file + ": no such file; name an existing, readable file", missing.getMessage());
        assertEquals(file.toString(), LabelDomainReader.read(file).source());
    }
}
