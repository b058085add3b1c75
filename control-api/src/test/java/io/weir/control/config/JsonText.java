package io.weir.control.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The least JSON that can hold a port document, independent of the product's own writer. */
final class JsonText {
    String of(Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> '"' + entry.getKey().toString() + "\": " + of(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case List<?> list -> list.stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
            case String text -> '"' + text + '"';
            default -> value.toString();
        };
    }
}
