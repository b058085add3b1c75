package io.weir.identity.label;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people call sensitivities and categories. Names are for people: {@code label check} takes them, while documents and the wire
 * have numbers only, so that they mean the same on every host.
 *
 * <p>Threading: immutable.
 */
public final class LabelNames {
    public static final LabelNames NONE = new LabelNames(Map.of(), Map.of());

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_]+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");
    private static final Pattern NUMBERED = Pattern.compile("[sc][0-9]+");

    private final Map<String, String> numbers = new HashMap<>();

    /**
     * @param sensitivities names by number
     * @param categories names by number; no name stands for two things
     */
    public LabelNames(Map<Integer, String> sensitivities, Map<Integer, String> categories) {
        sensitivities.forEach((number, name) -> numbers.put(name, "s" + number));
        categories.forEach((number, name) -> numbers.put(name, "c" + number));
    }

    /** Whether a sensitivity or category may be called so. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches() && !NUMBERED.matcher(name).matches();
    }

    /**
     * Replaces names in a level, a range or a context by numbers; what is no name stays, and parsing will say what it is. Names stand
     * behind the third colon of a context, between colons, commas, dots and dashes.
     */
    public String numbered(String text) {
        String[] context = text.split(":", 4);
        return context.length < 4
                ? numberedRange(text)
                : String.join(":", context[0], context[1], context[2], numberedRange(context[3]));
    }

    private String numberedRange(String text) {
        return PART.matcher(text).replaceAll(part -> {
            String number = numbers.get(part.group());
            return number == null ? Matcher.quoteReplacement(part.group()) : number;
        });
    }
}
