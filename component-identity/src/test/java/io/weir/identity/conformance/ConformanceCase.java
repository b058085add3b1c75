package io.weir.identity.conformance;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One test of a suite as data. The README beside the data says how it is written.
 *
 * @param name as the suite names it
 * @param subTests in order, at least one
 */
record ConformanceCase(String name, List<SubTest> subTests) {
    private static final String SECTION = "== ";

    ConformanceCase {
        subTests = List.copyOf(subTests);
    }

    /** Reads a {@code .case} file. */
    static ConformanceCase parse(String name, String text) {
        return new Reader(name).read(text);
    }

    int probes() {
        return subTests.stream().mapToInt(SubTest::probes).sum();
    }

    /** Reads line by line; a section ends where the next begins. */
    private static final class Reader {
        private final String name;
        private final List<SubTest> subTests = new ArrayList<>();
        private final List<String> applied = new ArrayList<>();
        private List<String> before = List.of();
        private @Nullable List<SubTest.Step> steps;
        private String section = "";
        private final StringBuilder documents = new StringBuilder();

        Reader(String name) {
            this.name = name;
        }

        ConformanceCase read(String text) {
            text.lines().forEach(this::line);
            endDocuments();
            endSubTest();
            return new ConformanceCase(name, subTests);
        }

        private void line(String line) {
            if (line.startsWith(SECTION)) {
                begin(line.substring(SECTION.length()));
            } else if (section.equals("documents")) {
                documents.append(line).append('\n');
            } else if (section.equals("probes") && steps != null) {
                steps.add(new SubTest.Try(Probe.parse(line)));
            } else if (!line.startsWith("#")) {
                throw new IllegalArgumentException(name + ": line in no section: \"" + line + '"');
            }
        }

        private void begin(String title) {
            endDocuments();
            section = title;
            if (title.startsWith("sub-test ")) {
                endSubTest();
                before = List.copyOf(applied);
                steps = new ArrayList<>();
            }
        }

        private void endDocuments() {
            if (documents.isEmpty()) {
                return;
            }
            applied.add(documents.toString());
            if (steps != null) {
                steps.add(new SubTest.Apply(documents.toString()));
            }
            documents.setLength(0);
        }

        private void endSubTest() {
            if (steps != null) {
                subTests.add(new SubTest(name, subTests.size() + 1, before, steps));
            }
        }
    }
}
