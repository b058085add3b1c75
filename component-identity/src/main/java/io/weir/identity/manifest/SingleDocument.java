package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.identity.document.ProblemException;
import io.weir.identity.document.Problems;

/** A text that holds one document, of a kind that is no part of a revision. */
final class SingleDocument {
    private final Section document;

    private SingleDocument(Section document) {
        this.document = document;
    }

    /** Reads the frame of the document: one there is, of that kind; what its sections hold, the caller reads. */
    static SingleDocument read(String yaml, String kind, Problems problems) throws ProblemException {
        List<YamlNode> documents = new ArrayList<>();
        YamlReader.read(yaml, problems, documents::add);
        problems.conclude();
        if (documents.size() != 1 || !(documents.getFirst() instanceof YamlNode.Mapping mapping)) {
            String problem = "must hold one document: holds " + documents.size();
            problems.add(
                    1,
                    "",
                    problem,
                    "write apiVersion: " + ManifestReader.API_VERSION + ", kind: " + kind + ", metadata and spec");
            throw problems.inOrder();
        }
        Section document = new Section(problems, new HashMap<>(), mapping);
        ManifestReader.apiVersion(document);
        if (document.require("kind", kind)) {
            document.choice("kind", Map.of(kind, true), true);
        }
        document.require("metadata", "{id: ...}");
        document.require("spec", "{...}");
        return new SingleDocument(document);
    }

    String id(Part metadata) {
        Section section = document.sectionOrEmpty("metadata", metadata);
        return document.has("metadata") ? section.requiredName("id", Word.ID) : "";
    }

    Section spec(Part spec) {
        return document.sectionOrEmpty("spec", spec);
    }
}
