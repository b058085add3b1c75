package io.weir.identity.component;

import java.util.Map;

/** Names of ICMP types (RFC 792) and ICMPv6 types (RFC 4443, RFC 4861). */
final class IcmpTypes {
    private static final Map<String, Integer> V4 = Map.ofEntries(
            Map.entry("echo-reply", 0),
            Map.entry("destination-unreachable", 3),
            Map.entry("redirect", 5),
            Map.entry("echo-request", 8),
            Map.entry("router-advertisement", 9),
            Map.entry("router-solicitation", 10),
            Map.entry("time-exceeded", 11),
            Map.entry("parameter-problem", 12),
            Map.entry("timestamp-request", 13),
            Map.entry("timestamp-reply", 14));

    private static final Map<String, Integer> V6 = Map.ofEntries(
            Map.entry("destination-unreachable", 1),
            Map.entry("packet-too-big", 2),
            Map.entry("time-exceeded", 3),
            Map.entry("parameter-problem", 4),
            Map.entry("echo-request", 128),
            Map.entry("echo-reply", 129),
            Map.entry("router-solicitation", 133),
            Map.entry("router-advertisement", 134),
            Map.entry("neighbour-solicitation", 135),
            Map.entry("neighbour-advertisement", 136),
            Map.entry("redirect", 137));

    private IcmpTypes() {}

    /** Type by name, of {@link L4Text#ICMP} or {@link L4Text#ICMPV6}. */
    static Map<String, Integer> names(int protocol) {
        return protocol == L4Text.ICMPV6 ? V6 : V4;
    }

    /** The type's name, or its number. */
    static String name(int protocol, int type) {
        for (Map.Entry<String, Integer> known : names(protocol).entrySet()) {
            if (known.getValue() == type) {
                return known.getKey();
            }
        }
        return Integer.toString(type);
    }
}
