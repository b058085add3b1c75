package io.weir.identity.manifest;

import java.util.List;

/** A part of a YAML document, as written. */
sealed interface YamlNode {
    /** Where it begins, from 1; 0 for parts that were made, not read. */
    int line();

    /** What it is, for messages. */
    String shape();

    /**
     * A single value.
     *
     * @param plain written without quotes
     */
    record Scalar(String text, boolean plain, int line) implements YamlNode {
        /** Whether nothing is written. */
        boolean isAbsent() {
            return plain && text.isEmpty();
        }

        @Override
        public String shape() {
            return isAbsent() ? "nothing" : text.isEmpty() ? "an empty text" : text;
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, int line) implements YamlNode {
        @Override
        public String shape() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the file, double ones too. */
    record Mapping(List<Entry> entries, int line) implements YamlNode {
        @Override
        public String shape() {
            return "a section";
        }
    }

    /** One key with its value. */
    record Entry(YamlNode key, YamlNode value) {}
}
