package io.weir.control.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.identity.label.LabelException;
import io.weir.identity.label.LevelRange;

/** Reads {@code labels}, and ranges of levels wherever they stand. */
final class LabelConfig {
    private static final List<Integer> TAGS = List.of(1, 2, 5);

    private LabelConfig() {}

    static HostLabels read(Section labels) {
        int cipsoDoi = 0;
        List<Integer> tags = List.of();
        if (labels.has(ConfigKey.LABELS_CIPSO)) {
            Section cipso = labels.section(ConfigKey.LABELS_CIPSO);
            cipsoDoi = doi(cipso, ConfigKey.CIPSO_DOI);
            tags = tags(cipso);
        }
        int calipsoDoi = labels.has(ConfigKey.LABELS_CALIPSO)
                ? doi(labels.section(ConfigKey.LABELS_CALIPSO), ConfigKey.CALIPSO_DOI)
                : 0;
        return new HostLabels(domain(labels), cipsoDoi, tags, calipsoDoi);
    }

    private static int doi(Section section, ConfigKey key) {
        return section.required(key).isEmpty() ? 0 : section.integer(key);
    }

    private static @Nullable Path domain(Section labels) {
        Path domain = labels.path(ConfigKey.LABELS_DOMAIN).orElse(null);
        if (domain != null && !domain.isAbsolute()) {
            labels.problem(ConfigKey.LABELS_DOMAIN, "must be an absolute path: was " + domain, "begin it with /");
        }
        return domain;
    }

    private static List<Integer> tags(Section cipso) {
        if (!cipso.has(ConfigKey.CIPSO_TAGS)) {
            return TAGS;
        }
        List<Integer> tags = new ArrayList<>();
        for (String text : cipso.texts(ConfigKey.CIPSO_TAGS)) {
            Optional<Integer> tag =
                    TAGS.stream().filter(known -> known.toString().equals(text)).findFirst();
            if (tag.isEmpty() || tags.contains(tag.get())) {
                cipso.problem(
                        ConfigKey.CIPSO_TAGS,
                        "must be a " + ConfigKey.CIPSO_TAGS.allowed() + ", each once: was " + text,
                        "write such as [1, 2, 5]");
            } else {
                tags.add(tag.get());
            }
        }
        if (tags.isEmpty()) {
            cipso.problem(ConfigKey.CIPSO_TAGS, "holds no tag type", "remove it for [1, 2, 5]");
        }
        return tags;
    }

    /** The range under the key; empty where nothing, or something wrong, is written. */
    static Optional<LevelRange> range(Section section, ConfigKey key) {
        try {
            return section.text(key).map(LevelRange::parse);
        } catch (LabelException wrong) {
            section.problem(key, wrong.problem(), wrong.remedy());
            return Optional.empty();
        }
    }
}
