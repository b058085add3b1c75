package io.weir.identity.component;

import java.util.List;

/**
 * Protocol and what is matched behind it. For TCP, UDP and SCTP the ranges are destination ports; for ICMP and ICMPv6 they
 * are {@code type << 8 | code}; other protocols have none. No ranges means any.
 *
 * @param protocol IP protocol number, 0 to 255, or {@link #ANY_PROTOCOL}
 * @param ranges ascending, not touching each other
 */
public record L4Match(int protocol, List<Range> ranges) {
    /** Every IP protocol. */
    public static final int ANY_PROTOCOL = -1;

    /** Both ends belong to it; 0 to 65,535. */
    public record Range(int first, int last) {
        public Range {
            if (first < 0 || last > 0xFFFF || first > last) {
                throw new IllegalArgumentException("range must rise within 0 to 65535: was " + first + '-' + last);
            }
        }
    }

    public L4Match {
        ranges = List.copyOf(ranges);
    }

    /** Whether a flow's protocol and destination port (or type and code) match. */
    public boolean matches(int flowProtocol, int destinationPort) {
        if (protocol != ANY_PROTOCOL && protocol != flowProtocol) {
            return false;
        }
        return ranges.isEmpty()
                || ranges.stream().anyMatch(range -> range.first <= destinationPort && destinationPort <= range.last);
    }
}
