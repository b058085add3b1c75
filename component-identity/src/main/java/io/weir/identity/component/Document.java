package io.weir.identity.component;

/**
 * One document: what it says, and where it was said.
 *
 * @param kind its kind
 * @param id unique among the documents of its kind, 1 to 128 of letters, digits, dot, dash, underscore
 * @param body what it holds
 * @param text canonical YAML of the whole document, equal for equal documents: what digests and diffs are made from
 * @param origin where its parts stand, for messages
 */
public record Document(Kind kind, String id, Body body, String text, Origin origin) {
    /** {@code Component pay.ledger-db}. */
    public String title() {
        return kind.word() + ' ' + id;
    }
}
