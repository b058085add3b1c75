package io.weir.identity.compliance;

import java.util.Map;

/**
 * What the labels of one policy are called in another. Labels that are not mapped keep their names.
 *
 * <p>Threading: immutable.
 */
public record LabelMap(Map<String, String> names) {
    /** Both policies use the same names. */
    public static final LabelMap SAME = new LabelMap(Map.of());

    public LabelMap {
        names = Map.copyOf(names);
    }

    /** Name in the other policy. */
    public String name(String own) {
        return names.getOrDefault(own, own);
    }
}
