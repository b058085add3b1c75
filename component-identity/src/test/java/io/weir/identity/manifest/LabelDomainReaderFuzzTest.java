package io.weir.identity.manifest;

import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LabelDomain;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Input: a label domain. A domain or mistakes come out and nothing else, and rules name declared types. Replays its corpus;
 * searches when JAZZER_FUZZ is 1.
 */
class LabelDomainReaderFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsAnything(byte[] input) {
        LabelDomain domain;
        try {
            domain = LabelDomainReader.read("f", new String(input, StandardCharsets.UTF_8));
        } catch (ProblemException refused) {
            refused.errors().forEach(error -> ManifestPropertyTest.assertPrintable(error.toString()));
            return;
        }
        domain.receivers().forEach((from, to) -> {
            assertTrue(domain.types().containsKey(from));
            assertTrue(domain.types().keySet().containsAll(to));
        });
        assertTrue(!domain.hasTypes()
                || domain.types().containsKey(domain.unlabeled().type()));
    }
}
