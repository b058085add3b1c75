package io.weir.identity.component;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;

/**
 * Hours of the week.
 *
 * @param days on which a window begins
 * @param from its begin, inclusive
 * @param until its end, exclusive; when not after {@code from}, on the next day
 * @param zone whose clock counts
 */
public record TimeWindow(Set<DayOfWeek> days, LocalTime from, LocalTime until, ZoneId zone) {
    public TimeWindow {
        days = Set.copyOf(days);
    }
}
