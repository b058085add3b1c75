package io.weir.identity.component;

/** The kinds of documents, as {@code kind:} says them. */
public enum Kind {
    COMPONENT("Component"),
    GROUP("Group"),
    RULE_SET("RuleSet"),
    GRANT("Grant");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** As manifests write it. */
    public String word() {
        return word;
    }
}
