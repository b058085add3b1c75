package io.weir.control.policy;

import java.util.List;

import io.weir.control.repository.DocumentName;
import io.weir.identity.component.Document;

/**
 * What shall become of the documents.
 *
 * @param documents to be added, or put in the place of those of the same kind and id
 * @param deleted to be removed
 * @param options how
 */
public record ApplyRequest(List<Document> documents, List<DocumentName> deleted, Options options) {
    /** {@link Options#expect}: whatever the head is. */
    public static final int ANY_HEAD = -1;

    /**
     * How a revision is made.
     *
     * @param expect number of the revision that the writer saw, 0 for none, or {@link #ANY_HEAD}
     * @param author who makes it
     * @param reason why
     * @param dryRun only tell what would happen
     * @param confirmNs time within which the revision must be confirmed, else it is rolled back; 0 for never
     */
    public record Options(int expect, String author, String reason, boolean dryRun, long confirmNs) {}

    public ApplyRequest {
        documents = List.copyOf(documents);
        deleted = List.copyOf(deleted);
    }
}
