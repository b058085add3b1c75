package io.weir.identity.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A titled part of a case.
 *
 * @param test name of the case, for messages
 * @param title what follows the {@code ==}
 * @param lines what stands below it
 */
record CaseSection(String test, String title, List<String> lines) {
    private static final String MARK = "== ";
    private static final Pattern CELL = Pattern.compile("(\\S+) -> (\\S+) (.+)");

    CaseSection {
        lines = List.copyOf(lines);
    }

    /** All sections in order; before the first only comments may stand. */
    static List<CaseSection> split(String test, String text) {
        List<CaseSection> sections = new ArrayList<>();
        String title = "";
        List<String> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith(MARK)) {
                add(sections, new CaseSection(test, title, lines));
                title = line.substring(MARK.length());
                lines.clear();
            } else {
                lines.add(line);
            }
        }
        add(sections, new CaseSection(test, title, lines));
        return sections;
    }

    private static void add(List<CaseSection> sections, CaseSection section) {
        if (!section.title.isEmpty()) {
            sections.add(section);
        } else if (!section.lines.stream().allMatch(line -> line.startsWith("#"))) {
            throw new IllegalArgumentException(section.test + ": lines before the first section: " + section.lines);
        }
    }

    /** Whether it only says that a sub-test begins. */
    boolean beginsSubTest() {
        boolean begins = title.startsWith("sub-test ");
        if (begins && !lines.isEmpty()) {
            throw new IllegalArgumentException(test + ": nothing may stand below \"" + title + "\": was " + lines);
        }
        return begins;
    }

    /** What the section says to do. */
    List<SubTest.Step> steps(List<String> components) {
        String rest = title.substring(title.indexOf(' ') + 1);
        return switch (title.split(" ", 2)[0]) {
            case "documents" -> List.of(new SubTest.Apply(yaml()));
            case "refused" -> List.of(new SubTest.Refuse(yaml()));
            case "remove" -> List.of(new SubTest.Remove(rest));
            case "probes" -> tries(lines);
            case "matrix" -> matrix(rest, components);
            default -> throw new IllegalArgumentException(test + ": unknown section \"" + title + '"');
        };
    }

    private String yaml() {
        return String.join("\n", lines) + '\n';
    }

    private static List<SubTest.Step> tries(Iterable<String> probes) {
        List<SubTest.Step> steps = new ArrayList<>();
        probes.forEach(probe -> steps.add(new SubTest.Try(Probe.parse(probe))));
        return steps;
    }

    /** From everyone to everyone else: {@code tcp/80 allow} unless a line says otherwise, the last that fits. */
    private List<SubTest.Step> matrix(String rest, List<String> components) {
        String[] words = rest.split(" ", 2);
        Map<String, String> cells = new LinkedHashMap<>();
        for (String from : components) {
            components.stream().filter(to -> !to.equals(from)).forEach(to -> cells.put(from + " -> " + to, words[1]));
        }
        lines.forEach(line -> override(cells, line));
        return tries(cells.entrySet().stream()
                .map(cell -> cell.getKey() + ' ' + words[0] + ' ' + cell.getValue())
                .toList());
    }

    private void override(Map<String, String> cells, String line) {
        Matcher words = CELL.matcher(line);
        if (!words.matches()) {
            throw new IllegalArgumentException(
                    test + ": a line of a matrix reads FROM -> TO OUTCOME: was \"" + line + '"');
        }
        Pattern pair = Pattern.compile(glob(words.group(1)) + " -> " + glob(words.group(2)));
        List<String> fitting = cells.keySet().stream()
                .filter(cell -> pair.matcher(cell).matches())
                .toList();
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException(test + ": a line of a matrix fits nobody: was \"" + line + '"');
        }
        fitting.forEach(cell -> cells.put(cell, words.group(3)));
    }

    private static String glob(String text) {
        return text.replace(".", "\\.").replace("*", "\\S*");
    }
}
