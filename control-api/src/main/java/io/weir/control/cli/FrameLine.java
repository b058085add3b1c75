package io.weir.control.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.weir.datapath.capture.FrameSummary;
import io.weir.datapath.capture.PcapFrame;

/** A captured frame on one line: time, port, direction, what became of it and why, the frame. */
final class FrameLine {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    private FrameLine() {}

    /** {@code 10:00:00.000001 vm1 rx vlan-ingress DROPPED vlan-not-allowed  52:54:... > ff:ff:..., ARP who-has ...}. */
    static String of(PcapFrame frame, ZoneId zone) {
        Map<String, String> words = words(frame.comment());
        StringBuilder line = new StringBuilder();
        if (frame.shedBefore() > 0) {
            line.append("(").append(frame.shedBefore()).append(" frames of ").append(frame.port());
            line.append(" lost: this terminal was too slow)").append(System.lineSeparator());
        }
        Instant time = Instant.ofEpochSecond(frame.timestampNs() / NS_PER_SECOND, frame.timestampNs() % NS_PER_SECOND);
        line.append(TIME.format(time.atZone(zone))).append(' ').append(TerminalText.escape(frame.port()));
        line.append(' ').append(frame.direction().label()).append(' ').append(fate(words));
        return line.append("  ").append(FrameSummary.of(frame)).toString();
    }

    private static String fate(Map<String, String> words) {
        String verdict = words.getOrDefault("verdict", "unknown").toUpperCase(Locale.ROOT);
        String fate = words.containsKey("stage") ? words.get("stage") + ' ' + verdict : verdict;
        String reasoned = words.containsKey("reason") ? fate + ' ' + words.get("reason") : fate;
        String vlan = words.containsKey("vlan") ? reasoned + " vlan=" + words.get("vlan") : reasoned;
        String label = words.containsKey("label") ? vlan + " label=" + words.get("label") : vlan;
        return TerminalText.escape(label);
    }

    /** The {@code key=value} pairs of a comment. */
    private static Map<String, String> words(String comment) {
        Map<String, String> words = new HashMap<>();
        for (String word : comment.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                words.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return words;
    }
}
