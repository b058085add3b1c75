package io.weir.control.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.weir.control.repository.DocumentName;
import io.weir.identity.document.Problem;

/**
 * What a change did, or would do.
 *
 * @param revision number of the new revision; of the head when nothing changed or nothing was to be done
 * @param epoch number of the epoch in force, or of the one that was tried
 * @param digest of all documents
 * @param changes by kind and id
 * @param warnings what was accepted, and yet is probably not meant
 * @param flows what a dry run found about live sessions
 * @param confirmBy when the revision is rolled back unless confirmed before
 */
public record ApplyResult(
        int revision,
        int epoch,
        String digest,
        List<Changed> changes,
        List<Problem> warnings,
        FlowChanges flows,
        Optional<Instant> confirmBy) {
    /** What became of a document. */
    public enum What {
        ADDED,
        CHANGED,
        REMOVED
    }

    /** One document and what became of it. */
    public record Changed(DocumentName name, What what) {}

    public ApplyResult {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }
}
