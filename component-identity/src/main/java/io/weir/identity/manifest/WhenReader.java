package io.weir.identity.manifest;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.identity.component.TimeWindow;

/** Reads and writes hours of the week: {@code {days: Mon-Fri, hours: "07:00-19:00", zone: Europe/Berlin}}. */
final class WhenReader {
    static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");

    private static final Pattern HOURS =
            Pattern.compile("([01]\\d|2[0-3]):([0-5]\\d)-(?:([01]\\d|2[0-3]):([0-5]\\d)|24:00)");
    private static final Map<String, DayOfWeek> DAYS = days();

    private final Section when;

    private WhenReader(Section when) {
        this.when = when;
    }

    private static Map<String, DayOfWeek> days() {
        Map<String, DayOfWeek> days = new LinkedHashMap<>();
        for (DayOfWeek day : DayOfWeek.values()) {
            days.put(word(day), day);
        }
        return days;
    }

    private static String word(DayOfWeek day) {
        return day.getDisplayName(TextStyle.SHORT, Locale.ROOT);
    }

    static TimeWindow window(Section when) {
        if (!when.has("days") && !when.has("hours")) {
            when.problem("says neither days nor hours", "write days: Mon-Fri, or leave it out");
        }
        return new WhenReader(when).window();
    }

    private TimeWindow window() {
        Set<DayOfWeek> days = when.has("days") ? readDays() : EnumSet.allOf(DayOfWeek.class);
        LocalTime from = LocalTime.MIDNIGHT;
        LocalTime until = LocalTime.MIDNIGHT;
        Optional<String> hours = when.text("hours");
        if (hours.isPresent()) {
            Matcher matcher = HOURS.matcher(hours.get());
            if (matcher.matches()) {
                from = time(matcher.group(1), matcher.group(2));
                until = matcher.group(3) == null ? LocalTime.MIDNIGHT : time(matcher.group(3), matcher.group(4));
            } else {
                String problem = "must be two times of day: was " + Wording.shown(hours.get());
                when.problem("hours", problem, "write \"07:00-19:00\"");
            }
        }
        return new TimeWindow(days, from, until, zone());
    }

    private static LocalTime time(String hour, String minute) {
        return LocalTime.of(Integer.parseInt(hour), Integer.parseInt(minute));
    }

    private Set<DayOfWeek> readDays() {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        if (when.isSingle("days")) {
            when.item("days").ifPresent(item -> days(item, days));
        } else {
            when.someTexts("days", "leave days out when every day will do").forEach(item -> days(item, days));
        }
        return days;
    }

    /** One day, or two with a dash between them and all days from the one to the other. */
    private void days(Section.Item item, Set<DayOfWeek> days) {
        int dash = item.text().indexOf('-');
        String firstWord = dash < 0 ? item.text() : item.text().substring(0, dash);
        DayOfWeek first = DAYS.get(firstWord);
        DayOfWeek last = dash < 0 ? first : DAYS.get(item.text().substring(dash + 1));
        if (first == null || last == null) {
            String problem = "must be a day or days: was " + Wording.shown(item.text());
            when.problem(item, problem, "write Mon, Tue, Wed, Thu, Fri, Sat, Sun, or Mon-Fri");
            return;
        }
        days.add(first);
        for (DayOfWeek day = first; day != last; ) {
            day = day.plus(1);
            days.add(day);
        }
    }

    private ZoneId zone() {
        Optional<String> text = when.text("zone");
        if (text.isEmpty()) {
            return DEFAULT_ZONE;
        }
        try {
            return ZoneId.of(text.get());
        } catch (DateTimeException unknown) {
            String known = Wording.closest(text.get(), ZoneId.getAvailableZoneIds(), "")
                    .replace(", ", "");
            String remedy = known.startsWith("did you mean") ? known : "write a name such as Europe/Berlin";
            when.problem("zone", "unknown time zone: was " + Wording.shown(text.get()), remedy);
            return DEFAULT_ZONE;
        }
    }

    /** The days, each by itself, in the order of the week. */
    static List<String> daysText(Set<DayOfWeek> days) {
        return days.stream().sorted().map(WhenReader::word).toList();
    }

    /** The hours; midnight at the end is written 24:00. */
    static String hoursText(TimeWindow window) {
        String until = window.until().equals(LocalTime.MIDNIGHT)
                ? "24:00"
                : window.until().toString();
        return window.from() + "-" + until;
    }
}
