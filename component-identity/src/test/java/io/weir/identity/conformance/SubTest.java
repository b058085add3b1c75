package io.weir.identity.conformance;

import java.util.List;

/**
 * A part of a test, with everything that led up to it, so that each can be run by itself.
 *
 * @param test name of the test
 * @param number counted from 1
 * @param before changes made before it: those that set the test up, and those of the sub-tests before
 * @param steps what it does itself
 */
record SubTest(String test, int number, List<Step> before, List<Step> steps) {
    SubTest {
        before = List.copyOf(before);
        steps = List.copyOf(steps);
    }

    /** What a sub-test does next. */
    sealed interface Step {}

    /** Applies documents, as an operator would with {@code weir apply}. */
    record Apply(String yaml) implements Step {}

    /** Takes a rule set away. */
    record Remove(String ruleSet) implements Step {}

    /** Documents that are refused and change nothing. */
    record Refuse(String yaml) implements Step {}

    /** Tries a connection. */
    record Try(Probe probe) implements Step {}

    int probes() {
        return (int) steps.stream().filter(Try.class::isInstance).count();
    }

    @Override
    public String toString() {
        return test + '/' + number;
    }
}
