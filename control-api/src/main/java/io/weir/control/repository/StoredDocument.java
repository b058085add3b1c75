package io.weir.control.repository;

import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;

/**
 * A document as it is kept: its canonical text, and where its parts stood in the file it came from.
 *
 * @param text canonical YAML of the whole document
 */
public record StoredDocument(Kind kind, String id, String text, Origin origin) {
    /** What is kept of a document. */
    public static StoredDocument of(Document document) {
        return new StoredDocument(document.kind(), document.id(), document.text(), document.origin());
    }

    public DocumentName name() {
        return new DocumentName(kind, id);
    }
}
