package io.weir.identity.manifest;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

import io.weir.identity.document.Spelling;

/** How words of manifests appear in messages. */
final class Wording {
    private static final int MAX_SHOWN = 100;
    private static final int MAX_GUESSED = 64;

    private Wording() {}

    /** Asks for the word that was probably meant, or names them all. */
    static String closest(String word, Collection<String> known, String otherwise) {
        Optional<String> close = word.length() > MAX_GUESSED ? Optional.empty() : Spelling.closest(word, known);
        return close.map(meant -> "did you mean " + meant + "?").orElseGet(() -> otherwise + String.join(", ", known));
    }

    /** What is written, made fit for one line of a message. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(MAX_SHOWN)
                .forEach(letter -> shown.appendCodePoint(Character.isISOControl(letter) ? '\uFFFD' : letter));
        return text.length() > MAX_SHOWN ? shown + "..." : shown.toString();
    }

    /** A constant as manifests write it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
