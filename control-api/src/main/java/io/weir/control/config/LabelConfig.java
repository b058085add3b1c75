package io.weir.control.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.weir.datapath.port.WireLabelSettings;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelException;
import io.weir.identity.label.LevelRange;
import io.weir.identity.manifest.LabelDomainReader;

/** Reads {@code labels}, and ranges of levels wherever they stand. */
final class LabelConfig {
    private static final List<Integer> TAGS = WireLabelSettings.DEFAULT.cipsoTags();

    private LabelConfig() {}

    /** How labels are written in IP options. */
    static WireLabelSettings wire(Section labels) {
        Section cipso = labels.section(ConfigKey.LABELS_CIPSO);
        Section calipso = labels.section(ConfigKey.LABELS_CALIPSO);
        return new WireLabelSettings(
                cipso.longInteger(ConfigKey.CIPSO_DOI), tags(cipso), calipso.longInteger(ConfigKey.CALIPSO_DOI));
    }

    /** What the domain's file says. */
    static LabelDomain domain(Section labels) {
        Path file = labels.path(ConfigKey.LABELS_DOMAIN).orElse(null);
        if (file == null) {
            return LabelDomain.NONE;
        }
        if (!file.isAbsolute()) {
            labels.problem(ConfigKey.LABELS_DOMAIN, "must be an absolute path: was " + file, "begin it with /");
            return LabelDomain.NONE;
        }
        try {
            return LabelDomainReader.read(file);
        } catch (ProblemException wrong) {
            for (Problem problem : wrong.errors()) {
                String where = problem.source() + (problem.line() > 0 ? ":" + problem.line() : "");
                String key = problem.key().isEmpty() ? "" : ": " + problem.key();
                labels.problem(ConfigKey.LABELS_DOMAIN, where + key + ": " + problem.problem(), problem.remedy());
            }
            return LabelDomain.NONE;
        }
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
            return TAGS;
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
