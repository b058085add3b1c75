package io.weir.identity.label;

/** How one level stands to another. */
public enum Dominance {
    EQUAL("eq"),
    DOMINATES("dom"),
    DOMINATED("domby"),
    INCOMPARABLE("incomp");

    private final String word;

    Dominance(String word) {
        this.word = word;
    }

    /** The word of SELinux's policy language. */
    public String word() {
        return word;
    }
}
