package io.weir.control.config;

import java.util.List;

import io.weir.identity.label.LabelDomain;

/**
 * What {@code labels} says.
 *
 * @param domain types and names; {@link LabelDomain#NONE} when none is named
 * @param cipsoDoi domain of interpretation, unsigned; 0 when CIPSO is not spoken
 * @param cipsoTags tag types in the order in which they are tried
 * @param calipsoDoi domain of interpretation, unsigned; 0 when CALIPSO is not spoken
 */
public record HostLabels(LabelDomain domain, int cipsoDoi, List<Integer> cipsoTags, int calipsoDoi) {
    /** Nothing said. */
    public static final HostLabels NONE = new HostLabels(LabelDomain.NONE, 0, List.of(), 0);

    public HostLabels {
        cipsoTags = List.copyOf(cipsoTags);
    }

    /** Whether label options mean anything on this host. */
    public boolean speaksOptions() {
        return cipsoDoi != 0 || calipsoDoi != 0;
    }
}
