package io.weir.identity.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.weir.identity.component.Body;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;
import io.weir.identity.document.ProblemException;
import io.weir.identity.document.Problems;

/**
 * Reads manifests: several documents in one YAML or JSON text, each checked for itself. Either everything is right, or every
 * mistake is told and nothing comes out. What documents say about each other, {@link ReferenceCheck} and the compiler check.
 *
 * <p>Threading: no state.
 */
public final class ManifestReader {
    public static final String API_VERSION = "weir/v1";

    /** Longest text, in characters, and in bytes of a file. */
    public static final int MAX_LENGTH = 4 << 20;

    /** Most documents in a text. */
    public static final int MAX_DOCUMENTS = 200_000;

    private static final Map<String, Kind> KINDS = kinds();

    private final String source;
    private final Problems problems;
    private final List<Document> documents = new ArrayList<>();
    private final Map<String, Integer> lineByTitle = new HashMap<>();
    private int count;

    private ManifestReader(String source) {
        this.source = source;
        this.problems = new Problems(source);
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            kinds.put(kind.word(), kind);
        }
        return kinds;
    }

    /** Reads a file of UTF-8 text. */
    public static List<Document> read(Path file) throws ProblemException {
        ManifestReader reader = new ManifestReader(file.toString());
        return reader.documents(TextFile.read(file, reader.problems));
    }

    /**
     * Reads text that stands in memory.
     *
     * @param source what the mistakes and the documents' origins call it
     * @return at least one document, in the order of the text
     */
    public static List<Document> read(String source, String yaml) throws ProblemException {
        return new ManifestReader(source).documents(yaml);
    }

    private List<Document> documents(String yaml) {
        TextFile.refuseLong(yaml, problems);
        YamlReader.read(yaml, problems, this::document);
        if (count == 0 && problems.count() == 0) {
            problems.add(1, "", "holds no document", "write apiVersion: " + API_VERSION + ", kind, metadata and spec");
        }
        problems.conclude();
        return List.copyOf(documents);
    }

    private void document(YamlNode root) {
        count++;
        if (count > MAX_DOCUMENTS) {
            Problems only = new Problems(source);
            only.add(root.line(), "", "more than " + MAX_DOCUMENTS + " documents", "split it into several files");
            throw only.inOrder();
        }
        if (!(root instanceof YamlNode.Mapping mapping)) {
            String shape = Wording.shown(root.shape());
            problems.add(
                    root.line(), "", "a document must be a section of keys: was " + shape, "write key: value lines");
            return;
        }
        Map<String, Integer> lines = new HashMap<>();
        Section document = new Section(problems, lines, mapping);
        apiVersion(document);
        kind(document).ifPresent(kind -> body(document, kind, lines));
    }

    static void apiVersion(Section document) {
        if (document.require("apiVersion", API_VERSION)) {
            document.choice("apiVersion", Map.of(API_VERSION, true), true);
        }
    }

    private static Optional<Kind> kind(Section document) {
        boolean said = document.require("kind", String.join(", ", KINDS.keySet()));
        Map<String, Optional<Kind>> words = new LinkedHashMap<>();
        KINDS.forEach((word, kind) -> words.put(word, Optional.of(kind)));
        return said ? document.choice("kind", words, Optional.empty()) : Optional.empty();
    }

    private void body(Section document, Kind kind, Map<String, Integer> lines) {
        int before = problems.count();
        document.require("metadata", "{id: ...}");
        document.require("spec", "{...}");
        Section metadata = document.sectionOrEmpty("metadata", metadata(kind));
        String id = document.has("metadata") ? metadata.requiredName("id", Word.ID) : "";
        if (!id.isEmpty()) {
            unique(metadata, kind.word() + ' ' + id, lines.getOrDefault("", 0));
        }
        Section spec = document.sectionOrEmpty("spec", spec(kind));
        Body body = body(kind, metadata, spec);
        if (problems.count() == before) {
            String text = ManifestWriter.write(kind, id, body);
            documents.add(new Document(kind, id, body, text, new Origin(source, lines)));
        }
    }

    private void unique(Section metadata, String title, int line) {
        Integer other = lineByTitle.putIfAbsent(title, line);
        if (other != null) {
            metadata.problem("id", title + " is here already, at line " + other, "keep one of them");
        }
    }

    private static Part metadata(Kind kind) {
        return switch (kind) {
            case COMPONENT -> Part.COMPONENT_METADATA;
            case GROUP -> Part.GROUP_METADATA;
            case RULE_SET -> Part.RULE_SET_METADATA;
            case GRANT -> Part.GRANT_METADATA;
        };
    }

    private static Part spec(Kind kind) {
        return switch (kind) {
            case COMPONENT -> Part.COMPONENT_SPEC;
            case GROUP -> Part.GROUP_SPEC;
            case RULE_SET -> Part.RULE_SET_SPEC;
            case GRANT -> Part.GRANT_SPEC;
        };
    }

    private static Body body(Kind kind, Section metadata, Section spec) {
        return switch (kind) {
            case COMPONENT -> ComponentReader.read(metadata, spec);
            case GROUP -> OperatorReader.group(spec);
            case RULE_SET -> OperatorReader.ruleSet(metadata, spec);
            case GRANT -> OperatorReader.grant(metadata, spec);
        };
    }
}
