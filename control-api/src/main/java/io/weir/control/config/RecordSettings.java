package io.weir.control.config;

import java.net.InetSocketAddress;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How much is recorded, and where counters can be read.
 *
 * @param journalBytes most bytes of the flow journal
 * @param journalAge how long its records are kept
 * @param metrics address of the metrics, null when nobody shall read them
 */
public record RecordSettings(
        long journalBytes, Duration journalAge, @Nullable InetSocketAddress metrics) {}
