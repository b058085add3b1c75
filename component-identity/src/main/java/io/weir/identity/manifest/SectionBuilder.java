package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes a section, key by key; what says nothing is left out. */
final class SectionBuilder {
    private final List<YamlNode.Entry> entries = new ArrayList<>();

    SectionBuilder node(String key, YamlNode value) {
        entries.add(new YamlNode.Entry(new YamlNode.Scalar(key, true, 0), value));
        return this;
    }

    SectionBuilder text(String key, String value) {
        return node(key, scalar(value));
    }

    /** A text, unless it is the fallback. */
    SectionBuilder textUnless(String fallback, String key, String value) {
        return value.equals(fallback) ? this : text(key, value);
    }

    /** A number, unless it is the fallback. */
    SectionBuilder numberUnless(long fallback, String key, long value) {
        return value == fallback ? this : node(key, new YamlNode.Scalar(Long.toString(value), true, 0));
    }

    /** A flag, unless it is the fallback. */
    SectionBuilder flagUnless(boolean fallback, String key, boolean value) {
        return value == fallback ? this : node(key, new YamlNode.Scalar(Boolean.toString(value), true, 0));
    }

    /** A section, unless nothing is in it. */
    SectionBuilder section(String key, SectionBuilder inner) {
        return inner.entries.isEmpty() ? this : node(key, inner.build());
    }

    /** A list, unless nothing is in it. */
    SectionBuilder list(String key, List<? extends YamlNode> items) {
        return items.isEmpty() ? this : node(key, new YamlNode.Sequence(List.copyOf(items), 0));
    }

    /** A list of texts, unless nothing is in it. */
    SectionBuilder texts(String key, List<String> texts) {
        return list(key, texts.stream().map(SectionBuilder::scalar).toList());
    }

    /** A section with a key for each entry, in alphabetic order, unless there is none. */
    SectionBuilder labels(String key, Map<String, String> labels) {
        SectionBuilder inner = new SectionBuilder();
        new TreeMap<>(labels)
                .forEach((name, value) -> inner.entries.add(new YamlNode.Entry(scalar(name), scalar(value))));
        return section(key, inner);
    }

    private static YamlNode.Scalar scalar(String text) {
        return new YamlNode.Scalar(text, false, 0);
    }

    YamlNode.Mapping build() {
        return new YamlNode.Mapping(List.copyOf(entries), 0);
    }
}
