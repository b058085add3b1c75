package io.weir.identity.component;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.wire.AddressText;

/**
 * IP addresses and networks as text: {@code 10.8.0.0/16}, {@code fd00:8::20}; read as RFC 4291 section 2.2 allows and written
 * as RFC 5952 section 4 asks.
 */
public final class IpText {
    private static final int GROUPS = 8;
    private static final int DECIMAL_DIGITS = 3;
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    private IpText() {}

    /**
     * An address, possibly with a prefix length.
     *
     * @param high upper 64 bits
     * @param low lower 64 bits
     * @param length prefix length in bits of the 128, all of them when none is written
     */
    private record Written(long high, long low, int length) {
        boolean hostBitsAreZero() {
            return (high & ~IpPrefix.highMask(length)) == 0 && (low & ~IpPrefix.lowMask(length)) == 0;
        }

        IpPrefix network() {
            return new IpPrefix(high & IpPrefix.highMask(length), low & IpPrefix.lowMask(length), length);
        }
    }

    /** The network, or null for text that is none, also when bits behind the prefix are set. */
    public static @Nullable IpPrefix parse(String text) {
        Written written = written(text);
        return written != null && written.hostBitsAreZero() ? written.network() : null;
    }

    /** The network, where the text is known to be one. */
    public static IpPrefix prefix(String text) {
        IpPrefix prefix = parse(text);
        if (prefix == null) {
            throw new IllegalArgumentException("must be an IP network: was " + text);
        }
        return prefix;
    }

    /** The network in which the address lies, whatever its bits behind the prefix; null for text that is none. */
    public static @Nullable IpPrefix network(String text) {
        Written written = written(text);
        return written == null ? null : written.network();
    }

    private static @Nullable Written written(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean ipv6 = address.indexOf(':') >= 0;
        int bits = ipv6 ? IPV6_BITS : IPV4_BITS;
        int length = slash < 0 ? bits : decimal(text, slash + 1, text.length(), bits);
        if (length < 0) {
            return null;
        }
        if (ipv6) {
            int[] groups = ipv6(address);
            return groups == null ? null : new Written(bits(groups, 0), bits(groups, 4), length);
        }
        long ipv4 = ipv4(address);
        return ipv4 < 0 ? null : new Written(0, 0xFFFFL << 32 | ipv4, 96 + length);
    }

    private static long bits(int[] groups, int first) {
        long bits = 0;
        for (int i = first; i < first + 4; i++) {
            bits = bits << 16 | groups[i];
        }
        return bits;
    }

    /** Four decimal octets without leading zeros; -1 for anything else. */
    private static long ipv4(String text) {
        long address = 0;
        int from = 0;
        for (int i = 0; i < 4; i++) {
            int dot = i < 3 ? text.indexOf('.', from) : text.length();
            int octet = dot < 0 ? -1 : decimal(text, from, dot, 255);
            if (octet < 0) {
                return -1;
            }
            address = address << 8 | octet;
            from = dot + 1;
        }
        return address;
    }

    /** An octet or the length of a prefix; none with a leading zero, which some read as octal. */
    private static int decimal(String text, int from, int until, int max) {
        boolean zeroAhead = until - from > 1 && text.charAt(from) == '0';
        return zeroAhead ? -1 : Decimal.parse(text, from, until, DECIMAL_DIGITS, max);
    }

    private static int @Nullable [] ipv6(String text) {
        int gap = text.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            return groups(text, groups) == GROUPS ? groups : null;
        }
        int[] tail = new int[GROUPS];
        int before = groups(text.substring(0, gap), groups);
        int after = groups(text.substring(gap + 2), tail);
        if (before < 0 || after < 0 || before + after >= GROUPS) {
            return null;
        }
        if (before > 0 && text.substring(0, gap).indexOf('.') >= 0) {
            return null; // dotted octets stand at the end only
        }
        System.arraycopy(tail, 0, groups, GROUPS - after, after);
        return groups;
    }

    /** Number of groups between colons, the last possibly four octets, which count as two; -1 when one is wrong. */
    private static int groups(String text, int[] groups) {
        int count = 0;
        for (int from = 0; from < text.length() || (from > 0 && from == text.length()); count++) {
            int colon = text.indexOf(':', from);
            int until = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', from) >= 0) {
                long ipv4 = ipv4(text.substring(from));
                if (ipv4 < 0 || count > GROUPS - 2) {
                    return -1;
                }
                groups[count] = (int) (ipv4 >>> 16);
                groups[count + 1] = (int) ipv4 & 0xFFFF;
                return count + 2;
            }
            int group = count == GROUPS ? -1 : hex(text, from, until);
            if (group < 0) {
                return -1;
            }
            groups[count] = group;
            if (colon < 0) {
                return count + 1;
            }
            from = until + 1;
        }
        return count;
    }

    private static int hex(String text, int from, int until) {
        if (until - from < 1 || until - from > 4) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < until; i++) {
            int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The network's text, without a length for a single address. */
    public static String of(IpPrefix prefix) {
        if (prefix.isIpv4()) {
            String address = address(prefix.high(), prefix.low());
            return prefix.length() == IPV6_BITS ? address : address + '/' + (prefix.length() - 96);
        }
        String address = AddressText.ipv6(prefix.high(), prefix.low());
        return prefix.length() == IPV6_BITS ? address : address + '/' + prefix.length();
    }

    /** The text of an address, IPv4 when it stands as {@code ::ffff:a.b.c.d}. */
    public static String address(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFF ? AddressText.ipv4((int) low) : AddressText.ipv6(high, low);
    }
}
