package io.weir.control.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mistakes found so far in one document, so that all of them are told at once.
 *
 * <p>Threading: one reader.
 */
final class Problems {
    private final String source;
    private final List<ConfigError> errors = new ArrayList<>();

    /** @param source file name, or the command whose options are read */
    Problems(String source) {
        this.source = source;
    }

    void add(int line, String key, String problem, String remedy) {
        errors.add(new ConfigError(source, line, key, problem, remedy));
    }

    int count() {
        return errors.size();
    }

    /** Throws when there was any mistake. */
    void conclude() {
        if (!errors.isEmpty()) {
            throw inOrder();
        }
    }

    /** All mistakes so far, by line. */
    ConfigException inOrder() {
        List<ConfigError> ordered = new ArrayList<>(errors);
        ordered.sort(Comparator.comparingInt(ConfigError::line));
        return new ConfigException(ordered);
    }
}
