package io.weir.datapath.wire;

/**
 * Addresses as people write them. Not for the hot path.
 *
 * <p>Threading: stateless.
 */
public final class AddressText {
    private AddressText() {}

    /** {@code 52:54:00:aa:01:02} for the low 48 bits. */
    public static String mac(long address) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(shift == 40 ? "" : ":").append(hexByte((int) (address >>> shift)));
        }
        return text.toString();
    }

    private static String hexByte(int value) {
        String digits = Integer.toHexString(value & 0xFF);
        return digits.length() == 1 ? '0' + digits : digits;
    }

    /** {@code 10.8.1.20}. */
    public static String ipv4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    /** {@code fd00:8::20}: the longest run of zero groups shortened (RFC 5952 section 4.2). */
    public static String ipv6(long high, long low) {
        int runStart = -1;
        int runLength = 1;
        for (int start = 0; start < 8; start++) {
            int length = 0;
            while (start + length < 8 && group(high, low, start + length) == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = start;
                runLength = length;
            }
        }
        return join(high, low, runStart, runLength);
    }

    private static String join(long high, long low, int runStart, int runLength) {
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
            text.append(first ? "" : ":").append(Integer.toHexString(group(high, low, i)));
        }
        return text.toString();
    }

    private static int group(long high, long low, int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index & 3))) & 0xFFFF;
    }
}
