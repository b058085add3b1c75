package io.weir.control.repository;

import java.time.Instant;
import java.util.List;

/**
 * What the next revision holds that its parent does not.
 *
 * @param parent the revision it was made from; must be the head
 * @param digest of all documents of the new revision, SHA-256 in hexadecimal
 * @param author who made it
 * @param reason why
 * @param time wall-clock time
 * @param changed documents that are new or other than the parent's
 * @param removed documents of the parent that are gone
 */
public record Change(
        int parent,
        String digest,
        String author,
        String reason,
        Instant time,
        List<StoredDocument> changed,
        List<DocumentName> removed) {
    public Change {
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
    }
}
