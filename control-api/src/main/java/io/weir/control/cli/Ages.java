package io.weir.control.cli;

import java.util.Locale;

/** Times since something, in seconds with one decimal. */
final class Ages {
    private static final double NS_PER_SECOND = 1e9;

    private Ages() {}

    static String seconds(long ageNs) {
        return String.format(Locale.ROOT, "%.1fs", ageNs / NS_PER_SECOND);
    }
}
