package io.weir.identity.compile;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;

import io.weir.identity.component.TimeWindow;

/**
 * Wall-clock times of rules, as times of the monotonic clock.
 *
 * @param nowNs monotonic time
 * @param now the same moment on the wall clock
 */
record Times(long nowNs, Instant now) {
    static final long ALWAYS = Long.MIN_VALUE;
    static final long NEVER = Long.MAX_VALUE;

    private static final int DAYS_AHEAD = 8;

    /** {@code [fromNs, untilNs)}. */
    record Span(long fromNs, long untilNs) {
        static final Span FOREVER = new Span(ALWAYS, NEVER);

        Span and(Span other) {
            return new Span(Math.max(fromNs, other.fromNs), Math.min(untilNs, other.untilNs));
        }

        boolean isEmpty() {
            return fromNs >= untilNs;
        }

        boolean isForever() {
            return equals(FOREVER);
        }
    }

    /** The moment in ns of the monotonic clock; beyond 292 years it is never. */
    long ns(Instant moment) {
        try {
            return Math.addExact(nowNs, Duration.between(now, moment).toNanos());
        } catch (ArithmeticException beyond) {
            return moment.isBefore(now) ? ALWAYS : NEVER;
        }
    }

    /** The window that is open at that moment, or the next one; windows that touch are one. */
    Span span(TimeWindow window, Instant at) {
        LocalDate today = at.atZone(window.zone()).toLocalDate();
        Instant from = Instant.MIN;
        Instant until = Instant.MIN;
        for (int day = -1; day <= DAYS_AHEAD; day++) {
            LocalDate date = today.plusDays(day);
            if (!window.days().contains(date.getDayOfWeek())) {
                continue;
            }
            Instant begin = ZonedDateTime.of(date, window.from(), window.zone()).toInstant();
            boolean overnight = !window.until().isAfter(window.from());
            Instant end = ZonedDateTime.of(overnight ? date.plusDays(1) : date, window.until(), window.zone())
                    .toInstant();
            if (until.isAfter(at) && begin.isAfter(until)) {
                break;
            }
            from = begin.isAfter(until) ? begin : from;
            until = end.isAfter(until) ? end : until;
        }
        return until.isAfter(at) ? new Span(ns(from), ns(until)) : new Span(NEVER, NEVER);
    }
}
