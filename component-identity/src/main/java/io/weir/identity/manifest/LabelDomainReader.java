package io.weir.identity.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.weir.identity.document.ProblemException;
import io.weir.identity.document.Problems;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelNames;
import io.weir.identity.label.Level;
import io.weir.identity.label.SecurityContext;

/**
 * Reads the label domain of a host: one document, YAML or JSON, in a file of its own. Either everything is right, or every mistake
 * is told and nothing comes out.
 *
 * <p>Threading: no state.
 */
public final class LabelDomainReader {
    public static final String KIND = "LabelDomain";

    /** Most types of a domain. */
    public static final int MAX_TYPES = 1_024;

    private final Section spec;
    private final Map<String, DomainType> types = new LinkedHashMap<>();
    private final Map<String, Set<String>> receivers = new HashMap<>();

    private LabelDomainReader(Section spec) {
        this.spec = spec;
    }

    /** Reads a file of UTF-8 text. */
    public static LabelDomain read(Path file) throws ProblemException {
        Problems problems = new Problems(file.toString());
        return read(file.toString(), TextFile.read(file, problems), problems);
    }

    /**
     * Reads text that stands in memory.
     *
     * @param source what the mistakes call it
     */
    public static LabelDomain read(String source, String yaml) throws ProblemException {
        Problems problems = new Problems(source);
        TextFile.refuseLong(yaml, problems);
        return read(source, yaml, problems);
    }

    private static LabelDomain read(String source, String yaml, Problems problems) {
        SingleDocument document = SingleDocument.read(yaml, KIND, problems);
        String id = document.id(Part.LABEL_DOMAIN_METADATA);
        LabelDomain domain = new LabelDomainReader(document.spec(Part.LABEL_DOMAIN_SPEC)).domain(source, id);
        problems.conclude();
        return domain;
    }

    private LabelDomain domain(String source, String id) {
        types();
        rules();
        SecurityContext unlabeled =
                spec.label("default", SecurityContext::parse).orElse(SecurityContext.UNLABELED);
        if (!types.isEmpty()) {
            declared("default", unlabeled.type());
        }
        Map<String, String> used = new HashMap<>();
        LabelNames names = new LabelNames(
                names("sensitivities", 's', Level.MAX_SENSITIVITY, used),
                names("categories", 'c', Level.MAX_CATEGORY, used));
        List<Level> levels = new ArrayList<>();
        spec.someTexts("levels", "leave levels out when packets may name any")
                .forEach(item -> spec.label(item, Level::parse).ifPresent(levels::add));
        return new LabelDomain(
                source, id, unlabeled, spec.flag("requireLabels", false), names, levels, types, receivers);
    }

    private void types() {
        List<Section> sections = spec.sections("types", Part.DOMAIN_TYPE);
        if (sections.size() > MAX_TYPES) {
            spec.problem("types", "more than " + MAX_TYPES + ": " + sections.size(), "let types be shared");
            return;
        }
        for (Section section : sections) {
            String name = section.requiredName("name", Word.CONTEXT_NAME);
            String description = section.name("description", Word.SENTENCE);
            Optional<DomainType.Trust> trust = section.section("trusted", Part.TRUST)
                    .map(trusted -> new DomainType.Trust(
                            trusted.requiredName("reason", Word.SENTENCE), trusted.flag("writeDown", false)));
            if (!name.isEmpty() && types.putIfAbsent(name, new DomainType(name, description, trust)) != null) {
                section.problem("name", "declared twice: was " + name, "keep one of them");
            }
        }
    }

    private void rules() {
        for (Section rule : spec.sections("allow", Part.TYPE_RULE)) {
            if (rule.has("between")) {
                if (rule.has("from") || rule.has("to")) {
                    rule.problem("between", "stands beside from or to", "write either between, or from and to");
                }
                between(names(rule, "between"));
            } else if (rule.require("from", "[TYPE]") && rule.require("to", "[TYPE]")) {
                List<String> to = names(rule, "to");
                names(rule, "from").forEach(from -> receivers(from).addAll(to));
            }
        }
    }

    /** Every two different ones, both ways. */
    private void between(List<String> all) {
        for (String from : all) {
            all.stream().filter(to -> !to.equals(from)).forEach(receivers(from)::add);
        }
    }

    private Set<String> receivers(String from) {
        return receivers.computeIfAbsent(from, at -> new HashSet<>());
    }

    private List<String> names(Section rule, String key) {
        List<String> names = new ArrayList<>();
        for (Section.Item item : rule.someTexts(key, "name at least one type")) {
            if (types.containsKey(item.text())) {
                names.add(item.text());
            } else {
                rule.problem(item, undeclared(item.text()), remedy(item.text()));
            }
        }
        return names;
    }

    private void declared(String key, String type) {
        if (!types.containsKey(type)) {
            spec.problem(key, undeclared(type), remedy(type));
        }
    }

    private static String undeclared(String type) {
        return "no such type: was " + Wording.shown(type);
    }

    private String remedy(String type) {
        return Wording.closest(type, types.keySet(), "declare it under types, which has: ");
    }

    /** Names by number; no name stands for two things. */
    private Map<Integer, String> names(String key, char letter, int max, Map<String, String> used) {
        Map<Integer, String> names = new HashMap<>();
        spec.labels(key).forEach((numbered, name) -> {
            int number = numbered.charAt(0) == letter ? Numbers.parse(numbered.substring(1)) : Numbers.INVALID;
            if (number == Numbers.INVALID || number > max) {
                spec.problem(
                        key,
                        "must be " + letter + "0 to " + letter + max + ": was " + Wording.shown(numbered),
                        "write such as {" + letter + "2: name}");
            } else if (!LabelNames.isName(name)) {
                spec.problem(
                        key,
                        "a name has letters, digits and underscores, and none of the forms s0 and c0: was "
                                + Wording.shown(name),
                        "choose such a name");
            } else if (used.putIfAbsent(name, numbered) != null) {
                spec.problem(key, "named twice: was " + name, "choose another name");
            } else {
                names.put(number, name);
            }
        });
        return names;
    }
}
