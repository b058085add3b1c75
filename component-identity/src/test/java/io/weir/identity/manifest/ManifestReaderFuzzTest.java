package io.weir.identity.manifest;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Input: a manifest. Documents or mistakes come out and nothing else, and what was read can be written and read again. Replays
 * its corpus; searches when JAZZER_FUZZ is 1.
 */
class ManifestReaderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsAnything(byte[] input) {
        List<Document> documents;
        try {
            documents = ManifestReader.read("f", new String(input, StandardCharsets.UTF_8));
        } catch (ProblemException refused) {
            return;
        }
        for (Document document : documents) {
            Document again = ManifestReader.read("f", document.text()).getFirst();
            assertEquals(document.body(), again.body());
            assertEquals(document.text(), again.text());
        }
        ReferenceCheck.problems(PolicySet.EMPTY.with(documents.stream()
                .filter(document -> document.kind() != Kind.GRANT)
                .toList()));
    }
}
