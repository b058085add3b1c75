package io.weir.control.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used: every mistake in it, in the order of the file. Expected, so without stack trace. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    ConfigException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /** At least one mistake. */
    public List<ConfigError> errors() {
        return errors;
    }
}
