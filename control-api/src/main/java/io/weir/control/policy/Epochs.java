package io.weir.control.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.weir.control.clock.DurableClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.grant.GrantStore;
import io.weir.control.repository.Repository;
import io.weir.identity.compile.ActiveGrant;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.label.LabelSettings;

/**
 * Makes epochs from documents, grants and quarantines, and publishes them.
 *
 * <p>Threading: guarded by the control lock; {@link #current} by any thread.
 */
final class Epochs {
    private final DurableClock clock;
    private final GrantStore grants;
    private final Quarantines quarantines;
    private final PolicyCompiler compiler;
    private final EpochPublisher publisher;
    private final EpochNumbers numbers;
    private final Map<String, Document> grantDocuments = new ConcurrentHashMap<>(); // by id; a grant never changes
    private volatile LabelSettings labels; // written under the control lock, read by any
    private volatile @Nullable PolicyEpoch current; // written under the control lock, read by any

    Epochs(
            Repository repository,
            DurableClock clock,
            GrantStore grants,
            Quarantines quarantines,
            PolicyCompiler compiler,
            EpochPublisher publisher,
            LabelSettings labels) {
        this.clock = clock;
        this.grants = grants;
        this.quarantines = quarantines;
        this.compiler = compiler;
        this.publisher = publisher;
        this.labels = labels;
        this.numbers = new EpochNumbers(repository);
    }

    /** What the host says of labels. */
    LabelSettings labels() {
        return labels;
    }

    /** From the next compilation on. */
    void labels(LabelSettings changed) {
        labels = changed;
    }

    /** The epoch in force. */
    PolicyEpoch current() {
        PolicyEpoch epoch = current;
        if (epoch == null) {
            throw new IllegalStateException("the policy engine is not started");
        }
        return epoch;
    }

    /** Compiles, to be published; {@code more} are grants that do not stand yet. */
    PolicyEpoch compile(int revision, PolicySet documents, GrantEntry... more) {
        List<GrantEntry> standing = new java.util.ArrayList<>(grants.active());
        standing.addAll(List.of(more));
        return compiler.compile(request(numbers.next(), revision, documents, standing, quarantines.components()));
    }

    /** Compiles, to be looked at: takes no number, and leaves nothing behind. */
    PolicyEpoch tryOut(int revision, PolicySet documents) {
        return compiler.tryOut(
                request(current().epoch(), revision, documents, grants.active(), quarantines.components()));
    }

    /**
     * Compiles for whoever may but look: not even the levels that the documents name get numbers, which are never given back. No
     * flow with a level can be judged by it.
     */
    PolicyEpoch validate(int revision, PolicySet documents) {
        return compiler.apart()
                .compile(request(current().epoch(), revision, documents, grants.active(), quarantines.components()));
    }

    /** The same of the documents alone, as {@link #validate}: the epoch itself where there is neither grant nor quarantine. */
    PolicyEpoch withoutExceptions(PolicyEpoch epoch) {
        return grants.active().isEmpty() && quarantines.components().isEmpty()
                ? epoch
                : compiler.apart()
                        .compile(request(epoch.epoch(), epoch.revision(), epoch.documents(), List.of(), Set.of()));
    }

    private CompileRequest request(
            int epoch, int revision, PolicySet documents, List<GrantEntry> standing, Set<String> quarantined) {
        List<ActiveGrant> active = standing.stream().map(this::active).toList();
        return new CompileRequest(epoch, revision, documents, active, quarantined, clock.nowNs(), clock.now(), labels);
    }

    private ActiveGrant active(GrantEntry entry) {
        Document document = grantDocuments.computeIfAbsent(entry.id(), id -> Revisions.read(entry.document()));
        return new ActiveGrant(
                document, entry.expires().beganNs(), entry.expires().atNs());
    }

    /** From now on packets are judged by it. */
    void publish(PolicyEpoch epoch) {
        publisher.publish(epoch);
        current = epoch;
    }
}
