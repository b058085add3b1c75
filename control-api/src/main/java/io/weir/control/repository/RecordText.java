package io.weir.control.repository;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/**
 * The text of a named record: a JSON object of strings, keys in order.
 *
 * <p>Threading: pure.
 */
public final class RecordText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private RecordText() {}

    /** The text of the fields. */
    public static String of(Map<String, String> fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.writeStartObject();
            for (Map.Entry<String, String> field : new TreeMap<>(fields).entrySet()) {
                generator.writeStringField(field.getKey(), field.getValue());
            }
            generator.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    /**
     * The fields of the text.
     *
     * @throws RepositoryException when it is no such text
     */
    public static Map<String, String> read(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken _ = parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                fields.put(key, parser.nextTextValue());
            }
        } catch (IOException odd) {
            throw new RepositoryException(
                    "a record cannot be read: was " + text + "; start the version that wrote it", odd);
        }
        return fields;
    }

    /** A field that must be there. */
    public static String text(Map<String, String> fields, String key) {
        String text = fields.get(key);
        if (text == null) {
            throw new RepositoryException(
                    "a record has no " + key + ": was " + fields + "; start the version that wrote it");
        }
        return text;
    }

    /** A number that must be there. */
    public static long number(Map<String, String> fields, String key) {
        return Long.parseLong(text(fields, key));
    }
}
