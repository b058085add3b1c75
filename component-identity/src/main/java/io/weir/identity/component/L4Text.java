package io.weir.identity.component;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.L4Match.Range;

/** Protocols, ports and ICMP types as operators write them: {@code tcp}, {@code 80,443,1000-2000}, {@code echo-request}. */
public final class L4Text {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;
    public static final int SCTP = 132;

    /** What parsing returns for text that is no protocol. */
    public static final int INVALID = -2;

    private static final Map<String, Integer> PROTOCOLS =
            Map.of("any", L4Match.ANY_PROTOCOL, "icmp", ICMP, "tcp", TCP, "udp", UDP, "icmpv6", ICMPV6, "sctp", SCTP);

    private static final int DIGITS = 5;
    private static final int MAX_PORT = 0xFFFF;
    private static final int MAX_CODE = 0xFF;

    private L4Text() {}

    /** Where a flow goes: protocol, and destination port or ICMP type and code, 0 for protocols that have neither. */
    public record Destination(int protocol, int port) {}

    /** The words for protocols. */
    public static List<String> protocols() {
        return PROTOCOLS.keySet().stream().sorted().toList();
    }

    /** 0 to 255, {@link L4Match#ANY_PROTOCOL} or {@link #INVALID}. */
    public static int protocol(String text) {
        Integer known = PROTOCOLS.get(text);
        if (known != null) {
            return known;
        }
        int number = Decimal.parse(text, 0, text.length(), DIGITS, 255);
        return number < 0 ? INVALID : number;
    }

    /** Its word, or its number. */
    public static String protocol(int protocol) {
        for (Map.Entry<String, Integer> known : PROTOCOLS.entrySet()) {
            if (known.getValue() == protocol) {
                return known.getKey();
            }
        }
        return Integer.toString(protocol);
    }

    public static boolean hasPorts(int protocol) {
        return protocol == TCP || protocol == UDP || protocol == SCTP;
    }

    public static boolean isIcmp(int protocol) {
        return protocol == ICMP || protocol == ICMPV6;
    }

    /** Single ports and ranges between commas, merged; null for text that is something else. */
    public static @Nullable List<Range> ports(String text) {
        List<Range> ranges = new ArrayList<>();
        for (int from = 0; from <= text.length(); ) {
            int comma = text.indexOf(',', from);
            int until = comma < 0 ? text.length() : comma;
            Range range = range(text.substring(from, until).strip(), MAX_PORT);
            if (range == null) {
                return null;
            }
            ranges.add(range);
            from = until + 1;
        }
        return merged(ranges);
    }

    private static @Nullable Range range(String text, int max) {
        int dash = text.indexOf('-');
        int first = Decimal.parse(text, 0, dash < 0 ? text.length() : dash, DIGITS, max);
        int last = dash < 0 ? first : Decimal.parse(text, dash + 1, text.length(), DIGITS, max);
        return first < 0 || last < first ? null : new Range(first, last);
    }

    /** The same numbers in ascending ranges that do not touch. */
    public static List<Range> merged(List<Range> ranges) {
        List<Range> merged = new ArrayList<>();
        for (Range range :
                ranges.stream().sorted(Comparator.comparingInt(Range::first)).toList()) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.first() <= last.last() + 1) {
                merged.set(merged.size() - 1, new Range(last.first(), Math.max(last.last(), range.last())));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    /** The ranges between commas. */
    public static String ports(List<Range> ranges) {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            text.append(text.isEmpty() ? "" : ",").append(range.first());
            if (range.last() > range.first()) {
                text.append('-').append(range.last());
            }
        }
        return text.toString();
    }

    /**
     * An ICMP type by name or number, all its codes unless {@code /code} or {@code /code-code} follows; null for text that is
     * none.
     */
    public static @Nullable Range icmpType(int protocol, String text) {
        int slash = text.indexOf('/');
        String name = slash < 0 ? text : text.substring(0, slash);
        Integer known = IcmpTypes.names(protocol).get(name);
        int type = known != null ? known : Decimal.parse(name, 0, name.length(), DIGITS, 255);
        Range codes = slash < 0 ? new Range(0, MAX_CODE) : range(text.substring(slash + 1), MAX_CODE);
        return type < 0 || codes == null ? null : new Range(type << 8 | codes.first(), type << 8 | codes.last());
    }

    /** The names that types of the protocol have. */
    public static List<String> icmpTypeNames(int protocol) {
        return IcmpTypes.names(protocol).keySet().stream().sorted().toList();
    }

    /** The types in the ranges, each as {@link #icmpType} reads it. */
    public static List<String> icmpTypes(int protocol, List<Range> ranges) {
        List<String> types = new ArrayList<>();
        for (Range range : ranges) {
            for (int type = range.first() >>> 8; type <= range.last() >>> 8; type++) {
                int first = Math.max(range.first(), type << 8) & MAX_CODE;
                int last = Math.min(range.last(), type << 8 | MAX_CODE) & MAX_CODE;
                types.add(IcmpTypes.name(protocol, type) + codes(first, last));
            }
        }
        return types;
    }

    private static String codes(int first, int last) {
        if (first == 0 && last == MAX_CODE) {
            return "";
        }
        return first == last ? "/" + first : "/" + first + '-' + last;
    }

    /**
     * {@code tcp/5432}, {@code icmp/8}, {@code icmp/3/4}, {@code icmpv6/echo-request}, {@code 47}; null for text that names no
     * single destination.
     */
    public static @Nullable Destination destination(String text) {
        int slash = text.indexOf('/');
        int protocol = protocol(slash < 0 ? text : text.substring(0, slash));
        String rest = slash < 0 ? "" : text.substring(slash + 1);
        if (protocol < 0) {
            return null;
        }
        if (hasPorts(protocol)) {
            int port = Decimal.parse(rest, 0, rest.length(), DIGITS, MAX_PORT);
            return port < 0 ? null : new Destination(protocol, port);
        }
        if (isIcmp(protocol)) {
            Range type = icmpType(protocol, rest.indexOf('/') < 0 ? rest + "/0" : rest);
            return type == null || type.first() != type.last() ? null : new Destination(protocol, type.first());
        }
        return slash < 0 ? new Destination(protocol, 0) : null;
    }

    /** The text that {@link #destination(String)} reads. */
    public static String destination(int protocol, int port) {
        if (hasPorts(protocol)) {
            return protocol(protocol) + '/' + port;
        }
        if (!isIcmp(protocol)) {
            return protocol(protocol);
        }
        int code = port & MAX_CODE;
        return protocol(protocol) + '/' + (port >>> 8) + (code == 0 ? "" : "/" + code);
    }
}
