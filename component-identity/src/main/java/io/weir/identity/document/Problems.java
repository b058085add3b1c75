package io.weir.identity.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mistakes found so far in one document, so that all of them are told at once.
 *
 * <p>Threading: one reader.
 */
public final class Problems {
    /** More than anyone reads at once; what a text of mistakes only may cost stays bounded. */
    private static final int MAX_SHOWN = 1000;

    private final String source;
    private int count;
    private final List<Problem> errors = new ArrayList<>();

    /** @param source file name, or the command whose options are read */
    public Problems(String source) {
        this.source = source;
    }

    /** File name, or the command whose options are read. */
    public String source() {
        return source;
    }

    public void add(int line, String key, String problem, String remedy) {
        count++;
        if (count <= MAX_SHOWN) {
            errors.add(new Problem(source, line, key, problem, remedy));
        }
    }

    /** Mistakes so far, also those that will not be shown. */
    public int count() {
        return count;
    }

    /** Throws when there was any mistake. */
    public void conclude() {
        if (!errors.isEmpty()) {
            throw inOrder();
        }
    }

    /** All mistakes so far, by line; of very many the first, and the number of the others. */
    public ProblemException inOrder() {
        List<Problem> ordered = new ArrayList<>(errors);
        ordered.sort(Comparator.comparingInt(Problem::line));
        if (count > MAX_SHOWN) {
            String others = count - MAX_SHOWN + " more mistakes are not shown";
            ordered.add(new Problem(source, 0, "", others, "mend those above first"));
        }
        return new ProblemException(ordered);
    }
}
