package io.weir.control.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

import io.weir.identity.document.Durations;
import io.weir.identity.document.Problem;
import io.weir.identity.document.Problems;
import io.weir.identity.document.Spelling;

/**
 * One mapping of the document. A reading method returns the value, or the key's default where nothing or something wrong is
 * written; what is wrong goes to {@link Problems}, so that reading goes on.
 *
 * <p>Threading: one reader.
 */
final class Section {
    private final Problems problems;
    private final String path;
    private final int line;
    private final Map<String, Node> entries = new LinkedHashMap<>();

    /**
     * Takes the mapping apart and reports keys that are unknown or written twice.
     *
     * @param path where it stands, such as {@code ports[1].vlan}; empty for the top
     */
    Section(Problems problems, String path, MappingNode node) {
        this.problems = problems;
        this.path = path;
        this.line = line(node);
        List<String> known = ConfigKey.words(path.replaceAll("\\[\\d+]", "[]"));
        for (NodeTuple tuple : node.getValue()) {
            enter(tuple, known);
        }
    }

    private Section(Problems problems, String path, int line) {
        this.problems = problems;
        this.path = path;
        this.line = line;
    }

    private void enter(NodeTuple tuple, List<String> known) {
        int at = line(tuple.getKeyNode());
        if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
            problems.add(at, path, "a key must be a word", "write key: value");
            return;
        }
        String word = scalar.getValue();
        if (!known.contains(word)) {
            String remedy = Spelling.closest(word, known)
                    .map(close -> "did you mean " + close + "?")
                    .orElse("keys here are: " + String.join(", ", known));
            problems.add(at, full(word), "unknown key", remedy);
        } else if (entries.putIfAbsent(word, tuple.getValueNode()) != null) {
            problems.add(at, full(word), "written twice", "keep one of them");
        }
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private String full(String word) {
        return path.isEmpty() ? word : path + '.' + word;
    }

    /** Where it stands, such as {@code ports[1]}. */
    String path() {
        return path;
    }

    boolean has(ConfigKey key) {
        return entries.containsKey(key.word());
    }

    /** Line of the key's value, or of the section where the key is absent. */
    int line(ConfigKey key) {
        Node node = entries.get(key.word());
        return node == null ? line : line(node);
    }

    /** Reports a mistake at the key. */
    void problem(ConfigKey key, String problem, String remedy) {
        problems.add(line(key), full(key.word()), problem, remedy);
    }

    /** Mistakes so far in the whole document. */
    int mistakes() {
        return problems.count();
    }

    /** Something at the key that is no mistake. */
    Problem warning(ConfigKey key, String problem, String remedy) {
        return new Problem(problems.source(), line(key), full(key.word()), problem, remedy);
    }

    /** The text of a scalar, empty Optional where nothing is written. */
    Optional<String> text(ConfigKey key) {
        Node node = entries.get(key.word());
        return node == null ? Optional.empty() : scalar(node, full(key.word()));
    }

    /** The text of a scalar that must be there. */
    Optional<String> required(ConfigKey key) {
        if (!has(key)) {
            problem(key, "is missing", "write " + key.word() + ": (" + key.allowed() + ")");
        }
        return text(key);
    }

    /** The path that a scalar names; empty Optional where nothing is written. */
    Optional<Path> path(ConfigKey key) {
        Optional<String> text = text(key);
        try {
            return text.map(Path::of);
        } catch (InvalidPathException unsayable) {
            problem(key, "no file can be called so: was " + text.get(), "write a path without the character NUL");
            return Optional.empty();
        }
    }

    private Optional<String> scalar(Node node, String key) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return Optional.of(scalar.getValue());
        }
        problems.add(line(node), key, "must be a single value: was " + shape(node), "write one value");
        return Optional.empty();
    }

    private static String shape(Node node) {
        return switch (node) {
            case SequenceNode list -> "a list";
            case MappingNode map -> "a section";
            default -> "nothing";
        };
    }

    boolean flag(ConfigKey key) {
        String text = text(key).orElse(key.fallbackText());
        if (!text.equals("true") && !text.equals("false")) {
            problem(key, "must be true or false: was " + text, "write true or false");
        }
        return text.equals("true");
    }

    int integer(ConfigKey key) {
        return (int) longInteger(key);
    }

    long longInteger(ConfigKey key) {
        return text(key).map(text -> number(key, text)).orElse(key.fallback());
    }

    private long number(ConfigKey key, String text) {
        long value;
        try {
            value = Long.decode(text);
        } catch (NumberFormatException expected) {
            problem(key, "must be a number, " + key.allowed() + ": was " + text, "write a whole number");
            return key.fallback();
        }
        if (fits(key, value)) {
            return value;
        }
        problem(key, "must be " + key.allowed() + ": was " + text, "choose a value in that range");
        return key.fallback();
    }

    private static boolean fits(ConfigKey key, long value) {
        boolean inRange = value >= key.min() && value <= key.max();
        return switch (key.shape()) {
            case POWER_OF_TWO -> inRange && Long.bitCount(value) == 1;
            case BITS -> inRange && (value & 0x7) == 0;
            case MTU -> inRange || value == 0;
            default -> inRange;
        };
    }

    /** A duration in ns. */
    long durationNs(ConfigKey key) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return key.fallback();
        }
        long ns = Durations.parseNs(text.get());
        if (ns == Durations.INVALID || ns < key.min() || ns > key.max()) {
            problem(
                    key,
                    "must be a duration, " + key.allowed() + ": was " + text.get(),
                    "write a number and ms, s, m, h or d");
            return key.fallback();
        }
        return ns;
    }

    /** The constant whose lower-case name is written. */
    <E extends Enum<E>> E choice(ConfigKey key, Class<E> choices, E fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        for (E choice : choices.getEnumConstants()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text.get())) {
                return choice;
            }
        }
        problem(key, "must be " + key.allowed() + ": was " + text.get(), "choose one of them");
        return fallback;
    }

    /** The section under the key; an empty one where nothing is written. */
    Section section(ConfigKey key) {
        Node node = entries.get(key.word());
        if (node instanceof MappingNode map) {
            return new Section(problems, full(key.word()), map);
        }
        if (node != null) {
            problem(key, "must be a section of keys", "write " + key.word() + ": {key: value}");
        }
        return new Section(problems, full(key.word()), line(key));
    }

    /** The sections of the list under the key. */
    List<Section> sections(ConfigKey key) {
        List<Section> sections = new ArrayList<>();
        List<Node> nodes = nodes(key);
        for (int i = 0; i < nodes.size(); i++) {
            String element = full(key.word()) + '[' + i + ']';
            if (nodes.get(i) instanceof MappingNode map) {
                sections.add(new Section(problems, element, map));
            } else {
                problems.add(line(nodes.get(i)), element, "must be a section of keys", "write - {key: value}");
            }
        }
        return sections;
    }

    /** The single values of the list under the key. */
    List<String> texts(ConfigKey key) {
        List<String> texts = new ArrayList<>();
        List<Node> nodes = nodes(key);
        for (int i = 0; i < nodes.size(); i++) {
            scalar(nodes.get(i), full(key.word()) + '[' + i + ']').ifPresent(texts::add);
        }
        return texts;
    }

    private List<Node> nodes(ConfigKey key) {
        @Nullable Node node = entries.get(key.word());
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        if (node != null) {
            problem(key, "must be a list", "write " + key.word() + ": [ ... ]");
        }
        return List.of();
    }
}
