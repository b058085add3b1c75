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
    private final String source;
    private final List<Problem> errors = new ArrayList<>();

    /** @param source file name, or the command whose options are read */
    public Problems(String source) {
        this.source = source;
    }

    public void add(int line, String key, String problem, String remedy) {
        errors.add(new Problem(source, line, key, problem, remedy));
    }

    public int count() {
        return errors.size();
    }

    /** Throws when there was any mistake. */
    public void conclude() {
        if (!errors.isEmpty()) {
            throw inOrder();
        }
    }

    /** All mistakes so far, by line. */
    public ProblemException inOrder() {
        List<Problem> ordered = new ArrayList<>(errors);
        ordered.sort(Comparator.comparingInt(Problem::line));
        return new ProblemException(ordered);
    }
}
