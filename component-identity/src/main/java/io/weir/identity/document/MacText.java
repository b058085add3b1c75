package io.weir.identity.document;

import java.util.regex.Pattern;

/** MAC addresses as text, {@code 52:54:00:aa:01:02}, and as the low 48 bits of a long. */
public final class MacText {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    /** What {@link #parse} returns for text that is no MAC address. */
    public static final long INVALID = -1;

    private static final long GROUP_BIT = 1L << 40;

    private MacText() {}

    /** The address in the low 48 bits, or {@link #INVALID}. */
    public static long parse(String text) {
        return FORM.matcher(text).matches() ? Long.parseLong(text.replace(":", ""), 16) : INVALID;
    }

    /** Whether it can be the address of one station: not zero, not a group. */
    public static boolean unicast(long mac) {
        return mac > 0 && (mac & GROUP_BIT) == 0;
    }

    /** Lower-case text of the address. */
    public static String of(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (mac >>> shift) & 0xFF;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0xF, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
