package io.weir.identity.label;

import java.util.regex.Pattern;

/**
 * A security context, {@code user:role:type:range}.
 *
 * <p>Threading: immutable.
 */
public record SecurityContext(String user, String role, String type, LevelRange range) {
    // Before the constant below, which is checked by it.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.]{1,64}");
    private static final String NAMES = "1 to 64 letters, digits, dots, underscores";
    private static final String FORM = "write user:role:type:low[-high], such as system_u:system_r:app_t:s2-s5:c1.c3";

    /** Of what has no label where no domain says otherwise. */
    public static final SecurityContext UNLABELED =
            new SecurityContext("system_u", "object_r", "unlabeled_t", LevelRange.of(Level.LOWEST));

    public SecurityContext {
        name("user", user);
        name("role", role);
        name("type", type);
    }

    /**
     * Reads a context. The first three colons part it; those behind them belong to the range.
     *
     * @throws LabelException when it is none
     */
    public static SecurityContext parse(String text) {
        String[] parts = text.split(":", 4);
        if (parts.length < 4) {
            throw new LabelException("a security context has a user, a role, a type and a range", text, FORM);
        }
        return new SecurityContext(parts[0], parts[1], parts[2], LevelRange.parse(parts[3]));
    }

    private static void name(String part, String name) {
        if (!isName(name)) {
            throw new LabelException("the " + part + " of a security context must be " + NAMES, name, FORM);
        }
    }

    /** Whether users, roles and types may be called so. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** As SELinux prints it. */
    @Override
    public String toString() {
        return user + ':' + role + ':' + type + ':' + range;
    }
}
