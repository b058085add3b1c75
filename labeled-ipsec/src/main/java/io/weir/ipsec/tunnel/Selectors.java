package io.weir.ipsec.tunnel;

import java.util.List;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.ipsec.sa.TrafficSelector;

/**
 * The traffic selectors of a tunnel (RFC 4301 section 4.4.1.1), as the packet path asks them. Addresses are two longs in network
 * order, IPv4 as {@code ::ffff:a.b.c.d}; a selector of that form is one of IPv4 and never matches an IPv6 packet, which may hold the
 * same bytes, nor does one of IPv6 match an IPv4 packet.
 *
 * <p>Threading: immutable.
 */
final class Selectors {
    private static final int LONGS = 8;

    // [selector][localLow, localHigh, remoteLow, remoteHigh as two longs each]
    private final long[] ranges;
    // [selector] version of IP
    private final int[] versions;

    Selectors(List<TrafficSelector> selectors) {
        ranges = new long[selectors.size() * LONGS];
        versions = new int[selectors.size()];
        int at = 0;
        for (TrafficSelector selector : selectors) {
            versions[at / LONGS] = version(selector);
            at = put(at, selector.localLow());
            at = put(at, selector.localHigh());
            at = put(at, selector.remoteLow());
            at = put(at, selector.remoteHigh());
        }
    }

    /** One that mixes the families counts as IPv6: no packet of IPv4 passes by it. */
    private static int version(TrafficSelector selector) {
        boolean mapped = isMapped(selector.localLow())
                && isMapped(selector.localHigh())
                && isMapped(selector.remoteLow())
                && isMapped(selector.remoteHigh());
        return mapped ? 4 : 6;
    }

    private static boolean isMapped(long[] address) {
        return address[0] == InternetAddresses.IPV4_HIGH && InternetAddresses.ipv4Low((int) address[1]) == address[1];
    }

    private int put(int at, long[] address) {
        ranges[at] = address[0];
        ranges[at + 1] = address[1];
        return at + 2;
    }

    /** Whether one selector of that version of IP has both: an address of this side and one of the peer's. */
    boolean match(int version, long localHigh, long localLow, long remoteHigh, long remoteLow) {
        for (int at = 0; at < ranges.length; at += LONGS) {
            if (versions[at / LONGS] == version
                    && inRange(at, localHigh, localLow)
                    && inRange(at + 4, remoteHigh, remoteLow)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an address of this side may use the tunnel at all. */
    boolean isLocal(int version, long high, long low) {
        return any(version, 0, high, low);
    }

    /** Whether an address is on the peer's side of some selector. */
    boolean isRemote(int version, long high, long low) {
        return any(version, 4, high, low);
    }

    private boolean any(int version, int side, long high, long low) {
        for (int at = side; at < ranges.length; at += LONGS) {
            if (versions[at / LONGS] == version && inRange(at, high, low)) {
                return true;
            }
        }
        return false;
    }

    private boolean inRange(int at, long high, long low) {
        return compare(high, low, ranges[at], ranges[at + 1]) >= 0
                && compare(high, low, ranges[at + 2], ranges[at + 3]) <= 0;
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        return high == otherHigh ? Long.compareUnsigned(low, otherLow) : Long.compareUnsigned(high, otherHigh);
    }
}
