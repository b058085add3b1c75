package io.weir.identity.manifest;

import java.util.regex.Pattern;

/**
 * Prints nodes as YAML in one form only: block style, two spaces a level, double quotes only where plain text would be
 * something else to some reader of YAML 1.1 or 1.2.
 *
 * <p>Threading: one writer.
 */
final class YamlText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._/-]*");
    private static final Pattern NOT_TEXT =
            Pattern.compile("(?i)true|false|yes|no|on|off|y|n|null|nan|\\.nan|[-+]?\\.?inf");

    private final StringBuilder text = new StringBuilder(1024);

    private YamlText() {}

    static String of(YamlNode.Mapping document) {
        YamlText yaml = new YamlText();
        yaml.mapping(document, 0, false);
        return yaml.text.toString();
    }

    private void mapping(YamlNode.Mapping mapping, int depth, boolean first) {
        boolean begun = first;
        for (YamlNode.Entry entry : mapping.entries()) {
            indent(begun ? 0 : depth);
            begun = false;
            scalar((YamlNode.Scalar) entry.key());
            text.append(':');
            value(entry.value(), depth + 1);
        }
    }

    private void value(YamlNode value, int depth) {
        switch (value) {
            case YamlNode.Scalar scalar -> {
                text.append(' ');
                scalar(scalar);
                text.append('\n');
            }
            case YamlNode.Mapping mapping when mapping.entries().isEmpty() -> text.append(" {}\n");
            case YamlNode.Sequence sequence when sequence.items().isEmpty() -> text.append(" []\n");
            case YamlNode.Mapping mapping -> {
                text.append('\n');
                mapping(mapping, depth, false);
            }
            case YamlNode.Sequence sequence -> {
                text.append('\n');
                sequence(sequence, depth);
            }
        }
    }

    private void sequence(YamlNode.Sequence sequence, int depth) {
        for (YamlNode item : sequence.items()) {
            indent(depth);
            text.append('-');
            if (item instanceof YamlNode.Mapping mapping) {
                text.append(' ');
                mapping(mapping, depth + 1, true);
            } else {
                value(item, depth + 1);
            }
        }
    }

    private void indent(int depth) {
        text.repeat("  ", depth);
    }

    private void scalar(YamlNode.Scalar scalar) {
        String value = scalar.text();
        if (scalar.plain()
                || (PLAIN.matcher(value).matches() && !NOT_TEXT.matcher(value).matches())) {
            text.append(value);
        } else {
            text.append('"')
                    .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
    }
}
