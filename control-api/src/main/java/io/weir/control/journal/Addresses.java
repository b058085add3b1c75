package io.weir.control.journal;

import java.nio.ByteBuffer;

import io.weir.datapath.policy.FlowKey;

/** Addresses and protocols of flows as text. */
public final class Addresses {
    private static final long IPV4_PREFIX = 0xFFFFL;

    private Addresses() {}

    /** {@code 10.0.0.1}, or an IPv6 address as RFC 5952 writes it. */
    public static String text(long high, long low) {
        if (high == 0 && low >>> 32 == IPV4_PREFIX) {
            int address = (int) low;
            return (address >>> 24) + "." + ((address >>> 16) & 0xFF) + "." + ((address >>> 8) & 0xFF) + "."
                    + (address & 0xFF);
        }
        return ipv6(
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array());
    }

    private static String ipv6(byte[] address) {
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = ((address[2 * i] & 0xFF) << 8) | (address[2 * i + 1] & 0xFF);
        }
        int run = longestZeros(groups);
        int length = run < 0 ? 0 : zeros(groups, run);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == run) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** Where the first of the longest rows of two and more zeros begins, -1 for none: RFC 5952 section 4.2. */
    private static int longestZeros(int[] groups) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int length = zeros(groups, i);
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int zeros(int[] groups, int from) {
        int end = from;
        while (end < groups.length && groups[end] == 0) {
            end++;
        }
        return end - from;
    }

    /** {@code tcp}, {@code udp}, {@code sctp}, {@code icmp}, {@code icmpv6}, a number, or empty when not IP. */
    public static String protocol(int protocol) {
        return switch (protocol) {
            case FlowKey.NOT_IP -> "";
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "icmpv6";
            case 132 -> "sctp";
            default -> Integer.toString(protocol);
        };
    }
}
