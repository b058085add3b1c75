package io.weir.identity.manifest;

import java.util.regex.Pattern;

/** Forms of names and other short texts. All are safe to print. */
enum Word {
    ID("[A-Za-z0-9._-]{1,128}", "1 to 128 letters, digits, dots, dashes, underscores"),
    PORT("[A-Za-z0-9._-]{1,32}", "1 to 32 letters, digits, dots, dashes, underscores"),
    RULE_ID("[A-Za-z0-9._-]{1,64}", "1 to 64 letters, digits, dots, dashes, underscores"),
    LABEL("[A-Za-z0-9._/-]{1,128}", "1 to 128 letters, digits, dots, slashes, dashes, underscores"),
    LABEL_VALUE("[A-Za-z0-9._/-]{0,128}", "up to 128 letters, digits, dots, slashes, dashes, underscores"),
    /** Of a security context. */
    CONTEXT_NAME("[A-Za-z0-9_.]{1,64}", "1 to 64 letters, digits, dots, underscores"),
    /** Of an information-flow policy: names of types, levels, programs, contexts. */
    FLOW_NODE("[A-Za-z0-9_.:,/-]{1,128}", "1 to 128 letters, digits and the signs _ . : , / -"),
    /** No control, format or private characters, so that no text moves a terminal's cursor or turns its direction. */
    SENTENCE("[^\\p{C}\\p{Zl}\\p{Zp}]{1,512}", "1 to 512 printable characters");

    private final Pattern pattern;
    private final String allowed;

    Word(String form, String allowed) {
        this.pattern = Pattern.compile(form);
        this.allowed = allowed;
    }

    boolean matches(String text) {
        return pattern.matcher(text).matches();
    }

    String allowed() {
        return allowed;
    }
}
