package io.weir.control.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import io.weir.identity.document.Durations;

/** A duration such as {@code 5m}, in ns. */
final class DurationOption implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        long ns = Durations.parseNs(text);
        if (ns == Durations.INVALID) {
            throw new TypeConversionException(
                    "must be a number and ms, s, m, h or d: was " + text + "; write such as 5m");
        }
        return ns;
    }
}
