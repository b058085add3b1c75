package io.weir.identity.component;

import java.util.Map;

/**
 * Where the parts of a document stand in the file it was read from.
 *
 * @param source file name, or what stands for one
 * @param lines line, from 1, by path of the part, such as {@code spec.ingress[0].from[1]}; the empty path is the document
 */
public record Origin(String source, Map<String, Integer> lines) {
    public Origin {
        lines = Map.copyOf(lines);
    }

    /** A document that no file holds. */
    public static final Origin NOWHERE = new Origin("", Map.of());

    /** Line of the part, or of the nearest part around it; 0 when nothing is known. */
    public int line(String path) {
        String at = path;
        while (!lines.containsKey(at) && !at.isEmpty()) {
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return lines.getOrDefault(at, 0);
    }
}
