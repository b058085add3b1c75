package io.weir.identity.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * One test as data. The README beside the data says how it is written.
 *
 * @param name as the suite that it comes from names it
 * @param subTests in order, at least one
 */
record ConformanceCase(String name, List<SubTest> subTests) {
    ConformanceCase {
        subTests = List.copyOf(subTests);
        if (subTests.isEmpty()) {
            throw new IllegalArgumentException(name + " has no sub-test");
        }
    }

    /**
     * Reads a {@code .case} file.
     *
     * @param components whom a matrix is made of
     */
    static ConformanceCase parse(String name, String text, List<String> components) {
        List<List<SubTest.Step>> parts = new ArrayList<>(List.of(new ArrayList<>())); // the set-up, then the sub-tests
        for (CaseSection section : CaseSection.split(name, text)) {
            if (section.beginsSubTest()) {
                parts.add(new ArrayList<>());
            } else {
                parts.getLast().addAll(section.steps(components));
            }
        }
        return new ConformanceCase(name, subTests(name, parts));
    }

    private static List<SubTest> subTests(String name, List<List<SubTest.Step>> parts) {
        List<SubTest> subTests = new ArrayList<>();
        List<SubTest.Step> before = new ArrayList<>(parts.getFirst());
        for (List<SubTest.Step> steps : parts.subList(1, parts.size())) {
            subTests.add(new SubTest(name, subTests.size() + 1, before, steps));
            steps.stream()
                    .filter(step -> step instanceof SubTest.Apply || step instanceof SubTest.Remove)
                    .forEach(before::add);
        }
        return subTests;
    }

    int probes() {
        return subTests.stream().mapToInt(SubTest::probes).sum();
    }
}
