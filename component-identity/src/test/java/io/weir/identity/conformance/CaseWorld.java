package io.weir.identity.conformance;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.manifest.ManifestReader;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * What a case has applied so far, read and compiled as a revision is: one compiler from the bare world on, so that every change
 * is compiled upon the last.
 */
final class CaseWorld {
    private static final long BUDGET_BYTES = 256L << 20;
    /** Rises over all worlds: a switch may see the epochs of several. */
    private static final AtomicInteger EPOCHS = new AtomicInteger();

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final PolicyCompiler compiler = new PolicyCompiler(BUDGET_BYTES);
    private PolicySet documents = PolicySet.EMPTY;
    private PolicyEpoch epoch;

    CaseWorld(ConformanceSuite suite) {
        epoch = commit(changed("world.yaml", suite.world()));
    }

    /** Does what a step changes; tries are the caller's. */
    void take(SubTest.Step step) {
        switch (step) {
            case SubTest.Apply apply -> epoch = commit(changed("step.yaml", apply.yaml()));
            case SubTest.Remove remove -> epoch = commit(without(remove.ruleSet()));
            case SubTest.Refuse refuse ->
                assertThrows(ProblemException.class, () -> compile(changed("step.yaml", refuse.yaml())), refuse.yaml());
            case SubTest.Try attempt -> {}
        }
    }

    private PolicySet changed(String source, String yaml) {
        return documents.with(ManifestReader.read(source, yaml));
    }

    private PolicySet without(String ruleSet) {
        assertNotNull(documents.get(Kind.RULE_SET, ruleSet), () -> "no rule set " + ruleSet + " to remove");
        return documents.without(Kind.RULE_SET, ruleSet);
    }

    private PolicyEpoch commit(PolicySet next) {
        PolicyEpoch compiled = compile(next);
        documents = next;
        return compiled;
    }

    private PolicyEpoch compile(PolicySet next) {
        int number = EPOCHS.incrementAndGet();
        return compiler.compile(new CompileRequest(number, number, next, List.of(), Set.of(), 0, NOW));
    }

    /** The epoch in force. */
    PolicyEpoch epoch() {
        return epoch;
    }
}
