package io.weir.datapath.port;

import java.util.List;

/**
 * How security labels are written in IP options, the same for the whole switch. Immutable.
 *
 * @param cipsoDoi CIPSO's domain of interpretation, 1 to 4,294,967,295
 * @param cipsoTags CIPSO's tag types in the order in which they are tried: some of 1 (bitmap), 2 (enumerated) and 5 (ranges)
 * @param calipsoDoi CALIPSO's domain of interpretation, 1 to 4,294,967,295
 */
public record WireLabelSettings(long cipsoDoi, List<Integer> cipsoTags, long calipsoDoi) {
    /** Categories 0 to 239 as bits. */
    public static final int TAG_BITMAP = 1;

    /** Up to 15 categories as numbers. */
    public static final int TAG_ENUMERATED = 2;

    /** Up to 7 ranges of categories, or 8 when the lowest begins with category 0. */
    public static final int TAG_RANGES = 5;

    private static final long MAX_DOI = 0xFFFF_FFFFL;
    private static final List<Integer> KNOWN_TAGS = List.of(TAG_BITMAP, TAG_ENUMERATED, TAG_RANGES);

    /** Domains 3 and 16, all tags. */
    public static final WireLabelSettings DEFAULT = new WireLabelSettings(3, KNOWN_TAGS, 16);

    public WireLabelSettings {
        cipsoTags = List.copyOf(cipsoTags);
        checkDoi("cipso", cipsoDoi);
        checkDoi("calipso", calipsoDoi);
        boolean distinct = cipsoTags.stream().distinct().count() == cipsoTags.size();
        if (cipsoTags.isEmpty() || !distinct || !KNOWN_TAGS.containsAll(cipsoTags)) {
            throw new IllegalArgumentException("cipso tags must be some of 1, 2 and 5, each once: were " + cipsoTags);
        }
    }

    private static void checkDoi(String option, long doi) {
        if (doi < 1 || doi > MAX_DOI) {
            throw new IllegalArgumentException(option + " doi must be 1 to 4294967295: was " + doi);
        }
    }
}
