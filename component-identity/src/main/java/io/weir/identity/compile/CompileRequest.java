package io.weir.identity.compile;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.weir.identity.component.PolicySet;
import io.weir.identity.label.LabelSettings;

/**
 * What an epoch is made from.
 *
 * @param epoch its number, 1 up
 * @param revision number of the documents' revision, 0 for none
 * @param documents all documents but grants
 * @param grants in force
 * @param quarantined ids of components in quarantine; unknown ones are ignored
 * @param nowNs monotonic time
 * @param now the same moment on the wall clock
 * @param labels what the host says of labels
 */
public record CompileRequest(
        int epoch,
        int revision,
        PolicySet documents,
        List<ActiveGrant> grants,
        Set<String> quarantined,
        long nowNs,
        Instant now,
        LabelSettings labels) {
    public CompileRequest {
        grants = List.copyOf(grants);
        quarantined = Set.copyOf(quarantined);
    }

    /** On a host that says nothing of labels. */
    public CompileRequest(
            int epoch,
            int revision,
            PolicySet documents,
            List<ActiveGrant> grants,
            Set<String> quarantined,
            long nowNs,
            Instant now) {
        this(epoch, revision, documents, grants, quarantined, nowNs, now, LabelSettings.NONE);
    }
}
