package io.weir.identity.document;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that a misspelt one was probably meant to be. */
public final class Spelling {
    private Spelling() {}

    /** The closest word, unless all are too far: more than a third of the letters, or more than two edits, differ. */
    public static Optional<String> closest(String word, Collection<String> known) {
        String best = "";
        int bestDistance = Math.min(2, Math.max(1, word.length() / 3)) + 1;
        for (String candidate : known) {
            int distance = candidate.equalsIgnoreCase(word) ? 0 : distance(word, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** Levenshtein's distance: fewest single-letter insertions, deletions and replacements. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
