package io.weir.control.repository;

import io.weir.identity.component.Kind;

/** Which document: ids are unique among the documents of a kind. */
public record DocumentName(Kind kind, String id) implements Comparable<DocumentName> {
    @Override
    public int compareTo(DocumentName other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : id.compareTo(other.id);
    }

    /** {@code Component pay.ledger-db}. */
    @Override
    public String toString() {
        return kind.word() + ' ' + id;
    }
}
