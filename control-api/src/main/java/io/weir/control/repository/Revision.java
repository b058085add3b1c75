package io.weir.control.repository;

import java.util.List;

/**
 * A closed, numbered snapshot of all documents.
 *
 * @param documents by kind and id
 */
public record Revision(RevisionInfo info, List<StoredDocument> documents) {
    public Revision {
        documents = List.copyOf(documents);
    }
}
