package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.weir.identity.document.Problems;
import io.weir.identity.label.LabelException;

/**
 * One section of a manifest. A reading method returns the value, or the fallback where nothing or something wrong is written;
 * what is wrong goes to the problems, so that reading goes on. On the way it notes the lines of its parts.
 *
 * <p>Threading: one reader.
 */
final class Section {
    private final Problems problems;
    private final Map<String, Integer> lines;
    private final Part part;
    private final String path;
    private final int line;
    private final Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();

    /** The whole document; every part notes its line in {@code lines} unless it stands on that of the part around it. */
    Section(Problems problems, Map<String, Integer> lines, YamlNode.Mapping document) {
        this(problems, lines, Part.DOCUMENT, "", document.line(), document);
        lines.put("", document.line());
    }

    private Section(
            Problems problems,
            Map<String, Integer> lines,
            Part part,
            String path,
            int line,
            YamlNode.@Nullable Mapping mapping) {
        this.problems = problems;
        this.lines = lines;
        this.part = part;
        this.path = path;
        this.line = line;
        if (mapping != null) {
            mapping.entries().forEach(this::enter);
        }
    }

    private void enter(YamlNode.Entry entry) {
        int at = entry.key().line();
        if (!(entry.key() instanceof YamlNode.Scalar key)) {
            problems.add(at, path, "a key must be a word: was " + entry.key().shape(), "write key: value");
            return;
        }
        String word = key.text();
        if (!part.keys().contains(word)) {
            problems.add(
                    at,
                    full(Wording.shown(word)),
                    "unknown key",
                    Wording.closest(word, part.keys(), "keys here are: "));
        } else if (entries.putIfAbsent(word, entry) != null) {
            problems.add(at, full(word), "written twice", "keep one of them");
        } else if (at != line) {
            lines.put(full(word), at);
        }
    }

    private String full(String word) {
        return path.isEmpty() ? word : path + '.' + word;
    }

    /** Where it stands, such as {@code spec.ingress[0]}. */
    String path() {
        return path;
    }

    /** Whether such a section may have the key. */
    boolean knows(String key) {
        return part.keys().contains(key);
    }

    boolean has(String key) {
        return entry(key) != null;
    }

    private YamlNode.@Nullable Entry entry(String key) {
        if (!part.keys().contains(key)) {
            throw new IllegalArgumentException(part.word() + " has no key " + key);
        }
        return entries.get(key);
    }

    /** Line of the key, or of the section where the key is absent. */
    private int line(String key) {
        YamlNode.Entry entry = entry(key);
        return entry == null ? line : entry.key().line();
    }

    /** Reports a mistake at the key. */
    void problem(String key, String problem, String remedy) {
        problems.add(line(key), full(key), problem, remedy);
    }

    /** Reports a mistake of the section as a whole. */
    void problem(String problem, String remedy) {
        problems.add(line, path, problem, remedy);
    }

    /** Reports that a key is missing, when it is. */
    boolean require(String key, String what) {
        if (!has(key)) {
            problem(key, "is missing", "write " + key + ": " + what);
        }
        return has(key);
    }

    /** One single value with its place. */
    record Item(String path, int line, String text) {}

    /** The single value under the key. */
    Optional<String> text(String key) {
        return item(key).map(Item::text);
    }

    /** The single value under the key, with its place. */
    Optional<Item> item(String key) {
        YamlNode.Entry entry = entry(key);
        return entry == null ? Optional.empty() : scalar(entry.value(), full(key), line(key));
    }

    private Optional<Item> scalar(YamlNode node, String where, int at) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isAbsent()) {
            return Optional.of(new Item(where, at, scalar.text()));
        }
        problems.add(at, where, "must be a single value: was " + node.shape(), "write one value");
        return Optional.empty();
    }

    /** A name of the form; empty text when wrong or not there. */
    String name(String key, Word word) {
        return text(key).filter(text -> check(key, word, text)).orElse("");
    }

    /** A name of the form that must be there; empty text when it is not. */
    String requiredName(String key, Word word) {
        return require(key, word.allowed()) ? name(key, word) : "";
    }

    private boolean check(String key, Word word, String text) {
        if (!word.matches(text)) {
            problem(key, "must be " + word.allowed() + ": was " + Wording.shown(text), "choose such a name");
            return false;
        }
        return true;
    }

    boolean flag(String key, boolean fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        if (!text.get().equals("true") && !text.get().equals("false")) {
            problem(key, "must be true or false: was " + Wording.shown(text.get()), "write true or false");
            return fallback;
        }
        return text.get().equals("true");
    }

    int integer(String key, int min, int max, int fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        int value = Numbers.parse(text.get());
        if (value == Numbers.INVALID || value < min || value > max) {
            problem(
                    key,
                    "must be a whole number, " + min + " to " + max + ": was " + Wording.shown(text.get()),
                    "choose a number in that range");
            return fallback;
        }
        return value;
    }

    /** The one of the constants whose word is written. */
    <E extends Enum<E>> E choice(String key, List<E> choices, E fallback) {
        Map<String, E> words = new LinkedHashMap<>();
        choices.forEach(choice -> words.put(Wording.word(choice), choice));
        return choice(key, words, fallback);
    }

    /** What the word written stands for. */
    <T> T choice(String key, Map<String, T> words, T fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        T choice = words.get(text.get());
        if (choice == null) {
            problem(
                    key,
                    "unknown word: was " + Wording.shown(text.get()),
                    Wording.closest(text.get(), words.keySet(), "write one of: "));
            return fallback;
        }
        return choice;
    }

    /** A level, range or context. */
    <T> Optional<T> label(String key, Function<String, T> parse) {
        return item(key).flatMap(item -> label(item, parse));
    }

    /** A level, range or context in a list. */
    <T> Optional<T> label(Item item, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(item.text()));
        } catch (LabelException wrong) {
            problems.add(item.line(), item.path(), wrong.problem(), wrong.remedy());
            return Optional.empty();
        }
    }

    /** The section under the key, if any. */
    Optional<Section> section(String key, Part inner) {
        YamlNode.Entry entry = entry(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.value() instanceof YamlNode.Mapping mapping) {
            return Optional.of(new Section(problems, lines, inner, full(key), line(key), mapping));
        }
        problem(
                key,
                "must be a section of keys: was " + Wording.shown(entry.value().shape()),
                keys(inner));
        return Optional.empty();
    }

    private static String keys(Part inner) {
        return "write {" + inner.keys().stream().limit(2).collect(Collectors.joining(": ..., ")) + ": ...}";
    }

    /** The section under the key; an empty one where there is none. */
    Section sectionOrEmpty(String key, Part inner) {
        return section(key, inner).orElseGet(() -> new Section(problems, lines, inner, full(key), line(key), null));
    }

    /** The sections of the list under the key. */
    List<Section> sections(String key, Part inner) {
        List<Section> sections = new ArrayList<>();
        List<YamlNode> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            String where = full(key) + '[' + i + ']';
            int at = noted(where, items.get(i), key);
            if (items.get(i) instanceof YamlNode.Mapping mapping) {
                sections.add(new Section(problems, lines, inner, where, at, mapping));
            } else {
                String shape = Wording.shown(items.get(i).shape());
                problems.add(at, where, "must be a section of keys: was " + shape, keys(inner));
            }
        }
        return sections;
    }

    /** The sections of a list that must not be empty when it is there: an empty one would widen what it narrows. */
    List<Section> someSections(String key, Part inner, String remedy) {
        refuseEmpty(key, remedy);
        return sections(key, inner);
    }

    /** The single values of the list under the key. */
    List<Item> texts(String key) {
        List<Item> texts = new ArrayList<>();
        List<YamlNode> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            String where = full(key) + '[' + i + ']';
            scalar(items.get(i), where, noted(where, items.get(i), key)).ifPresent(texts::add);
        }
        return texts;
    }

    /** The single values of a list that must not be empty when it is there. */
    List<Item> someTexts(String key, String remedy) {
        refuseEmpty(key, remedy);
        return texts(key);
    }

    private void refuseEmpty(String key, String remedy) {
        YamlNode.Entry entry = entry(key);
        if (entry != null
                && entry.value() instanceof YamlNode.Sequence list
                && list.items().isEmpty()) {
            problem(key, "must not be empty", remedy);
        }
    }

    /** Reports a mistake at a value of a list. */
    void problem(Item item, String problem, String remedy) {
        problems.add(item.line(), item.path(), problem, remedy);
    }

    private int noted(String where, YamlNode node, String key) {
        if (node.line() != line(key)) {
            lines.put(where, node.line());
        }
        return node.line();
    }

    private List<YamlNode> items(String key) {
        YamlNode.Entry entry = entry(key);
        if (entry != null && entry.value() instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        if (entry != null) {
            problem(key, "must be a list: was " + Wording.shown(entry.value().shape()), "write " + key + ": [...]");
        }
        return List.of();
    }

    /** Whether a single value, not a list, stands under the key. */
    boolean isSingle(String key) {
        YamlNode.Entry entry = entry(key);
        return entry != null && entry.value() instanceof YamlNode.Scalar;
    }

    /** Names with values, under the key. */
    Map<String, String> labels(String key) {
        Map<String, String> labels = new LinkedHashMap<>();
        YamlNode.Entry entry = entry(key);
        if (entry != null && entry.value() instanceof YamlNode.Mapping mapping) {
            mapping.entries().forEach(label -> label(key, label, labels));
        } else if (entry != null) {
            problem(
                    key,
                    "must be a section of labels: was "
                            + Wording.shown(entry.value().shape()),
                    "write {name: value}");
        }
        return labels;
    }

    private void label(String key, YamlNode.Entry label, Map<String, String> labels) {
        int at = label.key().line();
        if (!(label.key() instanceof YamlNode.Scalar name) || !Word.LABEL.matches(name.text())) {
            String allowed = "a label's name must be " + Word.LABEL.allowed();
            problems.add(
                    at,
                    full(key),
                    allowed + ": was " + Wording.shown(label.key().shape()),
                    "choose such a name");
            return;
        }
        String where = full(key) + '.' + name.text();
        if (!(label.value() instanceof YamlNode.Scalar value) || !Word.LABEL_VALUE.matches(value.text())) {
            String allowed = "a label's value must be " + Word.LABEL_VALUE.allowed();
            problems.add(
                    at, where, allowed + ": was " + Wording.shown(label.value().shape()), "choose such a value");
        } else if (labels.putIfAbsent(name.text(), value.text()) != null) {
            problems.add(at, where, "written twice", "keep one of them");
        }
    }
}
