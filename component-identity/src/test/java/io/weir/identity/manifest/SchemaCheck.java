package io.weir.identity.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.weir.identity.document.Problems;

/**
 * Enough of JSON Schema (draft 2020-12) to try the manifest's own; a keyword that it does not know fails.
 *
 * <p>Threading: one test.
 */
final class SchemaCheck {
    private final YamlNode schema;
    private final List<String> mistakes = new ArrayList<>();

    private SchemaCheck(YamlNode schema) {
        this.schema = schema;
    }

    /** The schema that is shipped. */
    static YamlNode shipped() {
        try (InputStream in = ManifestReader.class.getResourceAsStream("weir-v1.schema.json")) {
            return documents(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
                    .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<YamlNode> documents(String yaml) {
        List<YamlNode> documents = new ArrayList<>();
        Problems problems = new Problems("schema check");
        YamlReader.read(yaml, problems, documents::add);
        problems.conclude();
        return documents;
    }

    /** Where and by which keyword the value breaks the schema; empty when it does not. */
    static List<String> mistakes(YamlNode schema, YamlNode value) {
        SchemaCheck check = new SchemaCheck(schema);
        check.check(schema, value, "$");
        return check.mistakes;
    }

    static Map<String, YamlNode> keys(YamlNode mapping) {
        Map<String, YamlNode> keys = new LinkedHashMap<>();
        ((YamlNode.Mapping) mapping).entries().forEach(entry -> keys.put(text(entry.key()), entry.value()));
        return keys;
    }

    static String text(YamlNode scalar) {
        return ((YamlNode.Scalar) scalar).text();
    }

    static List<YamlNode> items(@Nullable YamlNode sequence) {
        return sequence instanceof YamlNode.Sequence list ? list.items() : List.of();
    }

    private boolean valid(YamlNode part, YamlNode value) {
        SchemaCheck inner = new SchemaCheck(schema);
        inner.check(part, value, "");
        return inner.mistakes.isEmpty();
    }

    private void check(YamlNode part, YamlNode value, String path) {
        if (part instanceof YamlNode.Scalar always) {
            require(always.text().equals("true"), path, "false");
            return;
        }
        Map<String, YamlNode> keywords = keys(part);
        keywords.forEach((keyword, argument) -> check(keyword, argument, keywords, value, path));
    }

    private void check(String keyword, YamlNode argument, Map<String, YamlNode> keywords, YamlNode value, String path) {
        switch (keyword) {
            case "$ref" -> check(definition(text(argument)), value, path);
            case "type" -> require(type(value).equals(text(argument)), path, "type");
            case "const" -> require(same(argument, value), path, "const");
            case "enum" -> require(items(argument).stream().anyMatch(word -> same(word, value)), path, "enum");
            case "allOf" -> items(argument).forEach(each -> check(each, value, path));
            case "anyOf" -> require(items(argument).stream().anyMatch(fits(value)), path, "anyOf");
            case "oneOf" -> require(items(argument).stream().filter(fits(value)).count() == 1, path, "oneOf");
            case "if" -> {
                YamlNode next = keywords.get(valid(argument, value) ? "then" : "else");
                Optional.ofNullable(next).ifPresent(consequence -> check(consequence, value, path));
            }
            case "pattern" ->
                require(
                        !isText(value)
                                || Pattern.compile(text(argument))
                                        .matcher(text(value))
                                        .find(),
                        path,
                        "pattern");
            case "minLength" -> require(!isText(value) || text(value).length() >= number(argument), path, keyword);
            case "maxLength" -> require(!isText(value) || text(value).length() <= number(argument), path, keyword);
            case "minimum" -> require(!isNumber(value) || number(value) >= number(argument), path, keyword);
            case "maximum" -> require(!isNumber(value) || number(value) <= number(argument), path, keyword);
            case "minItems" ->
                require(
                        !(value instanceof YamlNode.Sequence) || items(value).size() >= number(argument),
                        path,
                        keyword);
            case "items" -> items(value).forEach(item -> check(argument, item, path + "[]"));
            case "then", "else", "description", "title", "$schema", "$id", "$defs" -> {}
            default -> checkObject(keyword, argument, keywords, value, path);
        }
    }

    private void checkObject(
            String keyword, YamlNode argument, Map<String, YamlNode> keywords, YamlNode value, String path) {
        Map<String, YamlNode> fields = value instanceof YamlNode.Mapping ? keys(value) : Map.of();
        switch (keyword) {
            case "properties" ->
                keys(argument)
                        .forEach((name, inner) -> Optional.ofNullable(fields.get(name))
                                .ifPresent(field -> check(inner, field, path + '.' + name)));
            case "required" ->
                require(items(argument).stream().allMatch(name -> fields.containsKey(text(name))), path, keyword);
            case "additionalProperties" -> {
                YamlNode known = keywords.get("properties");
                fields.forEach((name, field) -> {
                    if (known == null || !keys(known).containsKey(name)) {
                        check(argument, field, path + '.' + name);
                    }
                });
            }
            case "propertyNames" ->
                fields.keySet().forEach(name -> check(argument, new YamlNode.Scalar(name, false, 0), path));
            case "minProperties" -> require(fields.size() >= number(argument), path, keyword);
            case "dependentRequired" ->
                keys(argument)
                        .forEach((name, others) -> require(
                                !fields.containsKey(name)
                                        || items(others).stream().allMatch(other -> fields.containsKey(text(other))),
                                path,
                                keyword));
            default -> throw new IllegalArgumentException("unknown keyword " + keyword);
        }
    }

    private Predicate<YamlNode> fits(YamlNode value) {
        return part -> valid(part, value);
    }

    private YamlNode definition(String reference) {
        String name = reference.substring("#/$defs/".length());
        return Objects.requireNonNull(
                keys(Objects.requireNonNull(keys(schema).get("$defs"))).get(name), reference);
    }

    private void require(boolean held, String path, String keyword) {
        if (!held) {
            mistakes.add(path + ": " + keyword);
        }
    }

    private static boolean isText(YamlNode value) {
        return type(value).equals("string");
    }

    private static boolean isNumber(YamlNode value) {
        return type(value).equals("integer");
    }

    private static long number(YamlNode value) {
        return Long.parseLong(text(value));
    }

    private static boolean same(YamlNode one, YamlNode other) {
        return type(one).equals(type(other)) && text(one).equals(text(other));
    }

    private static String type(YamlNode value) {
        return switch (value) {
            case YamlNode.Mapping mapping -> "object";
            case YamlNode.Sequence sequence -> "array";
            case YamlNode.Scalar scalar when scalar.plain() && scalar.text().matches("true|false") -> "boolean";
            case YamlNode.Scalar scalar when scalar.plain() && scalar.text().matches("-?\\d{1,18}") -> "integer";
            case YamlNode.Scalar scalar -> "string";
        };
    }
}
