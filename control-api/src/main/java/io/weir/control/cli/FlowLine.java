package io.weir.control.cli;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import com.google.protobuf.Timestamp;

import io.weir.control.v1.FlowEnd;
import io.weir.control.v1.FlowRecord;

/**
 * A record of a flow on one line: time, both ends with their components, whose side decided, what, by which rule, why. A
 * record of another day begins with the date.
 */
final class FlowLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private final ZoneId zone;
    private final Instant now;

    /** @param now what today is */
    FlowLine(ZoneId zone, Instant now) {
        this.zone = zone;
        this.now = now;
    }

    /** {@code 12:00:01.123 10.0.0.1:31793 (web.front) -> 10.0.0.2:8080 (pay.db) tcp ingress DENIED ... epoch 7}. */
    String of(FlowRecord record) {
        Words line = new Words().add(time(record.getTime()));
        switch (record.getKind()) {
            case FLOW_KIND_CHANGE, FLOW_KIND_GRANT, FLOW_KIND_QUARANTINE -> event(line, record);
            case FLOW_KIND_SHED -> shed(line, record);
            default -> flow(line, record);
        }
        return TerminalText.escape(line.toString());
    }

    private String time(Timestamp time) {
        LocalDateTime at = LocalDateTime.ofInstant(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()), zone);
        boolean today =
                at.toLocalDate().equals(LocalDateTime.ofInstant(now, zone).toLocalDate());
        return at.format(today ? TIME : DATE_TIME);
    }

    private static void flow(Words line, FlowRecord record) {
        line.add(end(record.getSource(), record.getProtocol()))
                .add("->")
                .add(end(record.getDestination(), record.getProtocol()));
        line.add(protocol(record)).add(record.getLabel()).add(record.getSide()).add(verdict(record));
        switch (record.getKind()) {
            case FLOW_KIND_BEGUN, FLOW_KIND_REJUDGED -> rules(line, record);
            case FLOW_KIND_ENDED -> ended(line, record);
            default -> {
                line.add(record.getRule()).add(record.getReason());
                if (record.getPackets() > 1) {
                    line.add("x" + record.getPackets());
                }
            }
        }
        line.add("epoch " + Integer.toUnsignedString(record.getEpoch()));
    }

    /** {@code 10.0.0.1:31793 (web.front)}; the port of the switch stands for an end without address. */
    static String end(FlowEnd end, String protocol) {
        String component = end.getComponent().isEmpty() ? "" : " (" + end.getComponent() + ')';
        return place(end, protocol) + component;
    }

    private static String place(FlowEnd end, String protocol) {
        if (end.getAddress().isEmpty()) {
            return end.getSwitchPort().isEmpty() ? "-" : end.getSwitchPort();
        }
        if (end.getPort() == 0 || isIcmp(protocol)) {
            return end.getAddress();
        }
        String address = end.getAddress().indexOf(':') < 0 ? end.getAddress() : '[' + end.getAddress() + ']';
        return address + ':' + end.getPort();
    }

    private static boolean isIcmp(String protocol) {
        return protocol.startsWith("icmp");
    }

    /** {@code tcp}, {@code icmp 8/0} (type and code), {@code arp}, which alone has addresses without a protocol, {@code ethernet}. */
    private static String protocol(FlowRecord record) {
        if (record.getProtocol().isEmpty()) {
            return record.getSource().getAddress().isEmpty() ? "ethernet" : "arp";
        }
        int port = record.getDestination().getPort();
        return isIcmp(record.getProtocol())
                ? record.getProtocol() + ' ' + (port >>> 8) + '/' + (port & 0xFF)
                : record.getProtocol();
    }

    private static String verdict(FlowRecord record) {
        return switch (record.getVerdict()) {
            case FLOW_VERDICT_ALLOW ->
                switch (record.getKind()) {
                    case FLOW_KIND_BEGUN -> "ALLOWED";
                    case FLOW_KIND_REJUDGED -> "REJUDGED";
                    default -> "ENDED";
                };
            case FLOW_VERDICT_AUDIT -> "AUDITED";
            case FLOW_VERDICT_DENY ->
                switch (record.getAction()) {
                    case "reject" -> "REJECTED";
                    case "redirect" -> "REDIRECTED";
                    default -> "DENIED";
                };
            default -> "UNKNOWN";
        };
    }

    private static void rules(Words line, FlowRecord record) {
        if (!record.getEgressRule().isEmpty()) {
            line.add("by " + record.getEgressRule());
        }
        if (!record.getIngressRule().isEmpty()) {
            line.add((record.getEgressRule().isEmpty() ? "by " : "and ") + record.getIngressRule());
        }
    }

    private static void ended(Words line, FlowRecord record) {
        line.add(record.getReason());
        line.add("sent " + record.getPackets() + " (" + Quantities.bytes(record.getBytes()) + ')');
        line.add("got " + record.getReplyPackets() + " (" + Quantities.bytes(record.getReplyBytes()) + ')');
        line.add("in " + Ages.seconds(record.getDurationNs()));
    }

    private static void event(Words line, FlowRecord record) {
        String kind = record.getKind().name().substring("FLOW_KIND_".length());
        line.add(kind).add(record.getSubject()).add(record.getWhat());
        if (!record.getAuthor().isEmpty()) {
            line.add("by " + record.getAuthor());
        }
        if (record.getRevision() != 0) {
            line.add("revision " + Integer.toUnsignedString(record.getRevision()));
        }
        if (record.getEpoch() != 0) {
            line.add("epoch " + Integer.toUnsignedString(record.getEpoch()));
        }
        line.add(record.getDetail());
    }

    private static void shed(Words line, FlowRecord record) {
        line.add("LOST");
        if (record.getPackets() > 0) {
            line.add(Long.toUnsignedString(record.getPackets())).add("records in");
        }
        line.add(record.getDetail());
    }

    /** Words with single spaces between; empty ones leave no gap. */
    private static final class Words {
        private final StringBuilder text = new StringBuilder();

        Words add(String word) {
            if (!word.isEmpty()) {
                text.append(text.isEmpty() ? "" : " ").append(word);
            }
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
