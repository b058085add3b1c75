package io.weir.identity.label;

/** Text that is no level, range or context. Expected, so without stack trace. */
public final class LabelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 120;
    private static final char REPLACEMENT = '\uFFFD';

    private final String problem;
    private final String remedy;

    LabelException(String problem, String value, String remedy) {
        super(problem + ": was " + shown(value) + "; " + remedy, null, false, false);
        this.problem = problem + ": was " + shown(value);
        this.remedy = remedy;
    }

    /** What is wrong, with the value. */
    public String problem() {
        return problem;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }

    /** Labels are ASCII: whatever else was written must not move a terminal's cursor. */
    private static String shown(String value) {
        if (value.isEmpty()) {
            return "nothing";
        }
        StringBuilder shown = new StringBuilder();
        value.chars()
                .limit(MAX_SHOWN)
                .forEach(letter -> shown.append(letter >= ' ' && letter < 0x7F ? (char) letter : REPLACEMENT));
        return value.length() > MAX_SHOWN ? shown + "..." : shown.toString();
    }
}
