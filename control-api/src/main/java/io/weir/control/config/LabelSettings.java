package io.weir.control.config;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What {@code labels} says.
 *
 * @param domain the label domain's file, null for none
 * @param cipsoDoi domain of interpretation, unsigned; 0 when CIPSO is not spoken
 * @param cipsoTags tag types in the order in which they are tried
 * @param calipsoDoi domain of interpretation, unsigned; 0 when CALIPSO is not spoken
 */
public record LabelSettings(@Nullable Path domain, int cipsoDoi, List<Integer> cipsoTags, int calipsoDoi) {
    /** Nothing said. */
    public static final LabelSettings NONE = new LabelSettings(null, 0, List.of(), 0);

    public LabelSettings {
        cipsoTags = List.copyOf(cipsoTags);
    }

    /** Whether label options mean anything on this host. */
    public boolean speaksOptions() {
        return cipsoDoi != 0 || calipsoDoi != 0;
    }
}
