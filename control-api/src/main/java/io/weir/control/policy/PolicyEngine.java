package io.weir.control.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.clock.Deadline;
import io.weir.control.clock.DurableClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.grant.GrantStore;
import io.weir.control.policy.ApplyRequest.Options;
import io.weir.control.policy.PolicyListener.ChangeKind;
import io.weir.control.repository.Change;
import io.weir.control.repository.Repository;
import io.weir.control.repository.RevisionInfo;
import io.weir.control.repository.RevisionMovedException;
import io.weir.control.repository.StoredDocument;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.RuleMode;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.PolicyTests;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.manifest.ReferenceCheck;

/**
 * Turns changes of documents into revisions and epochs: compile, test, store, publish, in this order, so that a change which is
 * refused or cannot be stored changes nothing, and one that is published is stored.
 *
 * <p>Threading: any thread. What changes the policy takes the control lock, and holds it while compiling and while the disk
 * works; the packet path takes the published epoch and is never held. Questions about other revisions take no lock.
 */
public final class PolicyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyEngine.class);

    /** Stands in records where nobody called. */
    public static final String ITSELF = "weir";

    private final Repository repository;
    private final DurableClock clock;
    private final GrantStore grants;
    private final LiveFlows live;
    private final PolicyListener listener;
    private final Revisions revisions;
    private final Quarantines quarantines;
    private final ModeExpiries expiries;
    private final Epochs epochs;
    private final Violators violators = new Violators();

    // Guarded by this, the control lock:
    private PolicySet documents = PolicySet.EMPTY;
    private Optional<Confirmation> waiting = Optional.empty();
    private boolean behind; // whether something is stored that no published epoch says yet
    private long nextHeartbeatNs;
    private final Map<String, String> failures = new HashMap<>(); // what fails again and again, by what was due

    /**
     * What an engine works with.
     *
     * @param live sessions under way
     * @param listener hears of changes
     * @param labels what the host says of labels when it starts
     */
    public record Parts(
            Repository repository,
            DurableClock clock,
            GrantStore grants,
            PolicyCompiler compiler,
            EpochPublisher publisher,
            LiveFlows live,
            PolicyListener listener,
            LabelSettings labels) {}

    /** An engine that has published nothing yet. */
    public PolicyEngine(Parts parts) {
        repository = parts.repository;
        clock = parts.clock;
        grants = parts.grants;
        live = parts.live;
        listener = parts.listener;
        revisions = new Revisions(repository);
        quarantines = new Quarantines(repository);
        expiries = new ModeExpiries(repository, clock);
        epochs = new Epochs(repository, clock, grants, quarantines, parts.compiler, parts.publisher, parts.labels);
    }

    /**
     * Publishes the head, or, when the head waited for a confirmation and its time is over, what was before it.
     *
     * @throws ProblemException when this version does not compile what is stored
     */
    public synchronized void start() {
        nextHeartbeatNs = clock.nowNs();
        List<GrantEntry> _ = grants.expire();
        int head = repository.head();
        documents = revisions.documents(head, PolicySet.EMPTY);
        waiting = Confirmation.restore(repository, clock);
        boolean over = waiting.filter(guard -> clock.over(guard.deadline())).isPresent();
        PolicyEpoch epoch = over
                ? epochs.compile(head - 1, revisions.documents(head - 1, documents))
                : epochs.compile(head, documents);
        epochs.publish(epoch);
        if (over) {
            rollBackUnconfirmed();
        }
    }

    /** Names of records that every start makes, in a repository where nothing was ever asked for. */
    public static Set<String> recordsOfAStart() {
        return Set.of(DurableClock.RECORD, EpochNumbers.RECORD);
    }

    /** What the host says of labels. */
    public LabelSettings labels() {
        return epochs.labels();
    }

    /**
     * Compiles anew with other labels of the host; they are no part of a revision.
     *
     * @throws ProblemException when they cannot be; those before stay in force then
     */
    public synchronized void labels(LabelSettings changed) {
        LabelSettings before = epochs.labels();
        if (changed.equals(before)) {
            return;
        }
        epochs.labels(changed);
        boolean done = false;
        try {
            publish(epochs.compile(repository.head(), documents));
            done = true;
        } finally {
            if (!done) {
                epochs.labels(before);
            }
        }
    }

    /** The epoch in force. */
    public PolicyEpoch current() {
        return epochs.current();
    }

    /** Number of the newest revision, 0 while there is none. */
    public int head() {
        return repository.head();
    }

    /** When the head is rolled back unless confirmed before; empty when it waits for nothing. */
    public synchronized Optional<Instant> confirmBy() {
        return waiting.map(guard -> guard.deadline().wall());
    }

    /**
     * Changes documents.
     *
     * @throws ProblemException when documents contradict each other or themselves: every mistake
     * @throws PolicyRefusedException when embedded tests fail, or another revision waits for its confirmation
     * @throws RevisionMovedException when the head is not the expected one
     */
    public synchronized ApplyResult apply(ApplyRequest request) {
        refuseWhileWaiting();
        return change(
                SetChange.of(documents, request.documents(), request.deleted()), request.options(), ChangeKind.APPLIED);
    }

    /**
     * Tries documents together with those in force, and changes nothing.
     *
     * @throws ProblemException when documents contradict each other or themselves: every mistake
     * @throws PolicyRefusedException when embedded tests fail
     */
    public synchronized ApplyResult validate(List<Document> added) {
        SetChange change = SetChange.of(documents, added, List.of());
        PolicyEpoch tried = epochs.validate(repository.head(), change.after());
        refuseFailures(tried);
        return result(repository.head(), tried, change, FlowChanges.NONE);
    }

    private void refuseWhileWaiting() {
        waiting.ifPresent(guard -> {
            throw new PolicyRefusedException("revision " + guard.revision() + " waits to be confirmed until "
                    + guard.deadline().wall() + "; weir confirm keeps it, weir rollback " + (guard.revision() - 1)
                    + " ends it");
        });
    }

    private ApplyResult change(SetChange change, Options options, ChangeKind kind) {
        int head = repository.head();
        if (options.expect() != ApplyRequest.ANY_HEAD && options.expect() != head) {
            throw new RevisionMovedException(options.expect(), head);
        }
        if (change.isEmpty()) {
            return result(head, epochs.current(), change, FlowChanges.NONE);
        }
        if (options.dryRun()) {
            PolicyEpoch tried = epochs.tryOut(head + 1, change.after());
            test(tried, options, kind);
            FlowChanges flows = FlowChanges.between(epochs.current(), tried, live, clock.nowNs());
            return result(head, tried, change, flows);
        }
        PolicyEpoch epoch = epochs.compile(head + 1, change.after());
        test(epoch, options, kind);
        store(change, options, head);
        publish(epoch);
        tell(kind, options.author(), options.reason());
        return result(head + 1, epoch, change, FlowChanges.NONE);
    }

    /**
     * Runs the tests in the manifests, on the documents alone: neither a grant nor a quarantine that stands may refuse a
     * change. What goes back, or happens by itself, is not held up by them: they passed when it was applied, and may fail now for
     * the hour only.
     */
    private void test(PolicyEpoch epoch, Options options, ChangeKind kind) {
        if (kind != ChangeKind.ROLLED_BACK && !options.author().equals(ITSELF)) {
            refuseFailures(epoch);
        }
    }

    private void refuseFailures(PolicyEpoch epoch) {
        List<Problem> failures = PolicyTests.failures(epochs.withoutExceptions(epoch), clock.nowNs());
        if (!failures.isEmpty()) {
            throw new PolicyRefusedException(
                    failures.size() + " of the tests in the manifests fail; mend the rules, or the tests", failures);
        }
    }

    /** The guard is stored first: a revision that nobody guards must not be. */
    private void store(SetChange change, Options options, int head) {
        if (waiting.isEmpty()) {
            // That of a revision which was never appended must not guard the one that now gets its number.
            Confirmation.forget(repository);
        }
        Optional<Confirmation> guard = options.confirmNs() == 0
                ? Optional.empty()
                : Optional.of(new Confirmation(head + 1, clock.after(options.confirmNs())));
        guard.ifPresent(confirmation -> {
            confirmation.keep(repository);
            clock.heartbeat();
        });
        int _ = repository.append(new Change(
                head,
                change.after().digest(),
                options.author(),
                options.reason(),
                clock.now(),
                change.stored(),
                change.removed()));
        documents = change.after();
        boolean guarded = waiting.isPresent();
        waiting = guard;
        if (guarded && guard.isEmpty()) {
            Confirmation.forget(repository);
        }
    }

    private ApplyResult result(int revision, PolicyEpoch epoch, SetChange change, FlowChanges flows) {
        return new ApplyResult(
                revision,
                epoch.epoch(),
                change.after().digest(),
                change.changes(),
                epoch.warnings(),
                flows,
                confirmBy());
    }

    private void tell(ChangeKind kind, String author, String detail) {
        listener.changed(kind, author, repository.head(), epochs.current().epoch(), detail);
    }

    /**
     * Keeps the head, which waited for it.
     *
     * @param revision the head's number, or {@link ApplyRequest#ANY_HEAD}
     * @throws PolicyRefusedException when nothing waits
     * @throws RevisionMovedException when another revision waits
     */
    public synchronized int confirm(int revision, String author) {
        Confirmation guard = waiting.orElseThrow(() ->
                new PolicyRefusedException("no revision waits to be confirmed; weir history shows what became of it"));
        if (revision != ApplyRequest.ANY_HEAD && revision != guard.revision()) {
            throw new RevisionMovedException(revision, guard.revision());
        }
        Confirmation.forget(repository);
        waiting = Optional.empty();
        tell(ChangeKind.CONFIRMED, author, "revision " + guard.revision());
        return guard.revision();
    }

    /**
     * Appends a revision with the documents of an older one; also ends one that waits for its confirmation.
     *
     * @throws UnknownException when there is no such revision
     */
    public synchronized ApplyResult rollback(int revision, Options options) {
        if (revision < 1 && repository.head() == 0) {
            throw new UnknownException(
                    "no such revision: was " + revision + "; there is none yet, weir apply makes one");
        }
        PolicySet former = revisions.documents(revision, documents);
        return change(SetChange.between(documents, former), options, ChangeKind.ROLLED_BACK);
    }

    private void rollBackUnconfirmed() {
        int revision = repository.head();
        String reason = "revision " + revision + " was not confirmed in time";
        ApplyResult _ = rollback(revision - 1, new Options(revision, ITSELF, reason, false, 0));
        LOG.warn("{}: rolled back", reason);
    }

    /**
     * Sets rules, a component or a tier to audit or enforce, as a revision.
     *
     * @param target {@code rule:DOCUMENT/RULE}, {@code component:ID} or {@code tier:TIER}
     * @param forNs after which audit ends; 0 for never
     * @throws IllegalArgumentException when the target is none, or the time is negative
     */
    public synchronized ApplyResult setMode(RuleMode mode, String target, long forNs, Options options) {
        ModeTarget parsed = ModeTarget.parse(target);
        if (forNs < 0) {
            throw new IllegalArgumentException("for_ns must be 0 to " + Long.MAX_VALUE + ": was "
                    + Long.toUnsignedString(forNs) + "; choose a shorter time");
        }
        refuseWhileWaiting();
        boolean ends = mode == RuleMode.AUDIT && forNs > 0;
        Deadline deadline = clock.after(forNs);
        boolean ruleKnows = parsed.what() == ModeTarget.What.RULE;
        List<Document> changed =
                parsed.in(documents, mode, ends && ruleKnows ? Optional.of(deadline.wall()) : Optional.empty());
        SetChange change = SetChange.of(documents, changed, List.of());
        if (ends && !ruleKnows && !options.dryRun()) {
            return changeUntil(parsed.toString(), deadline, change, options);
        }
        ApplyResult result = change(change, options, ChangeKind.MODE);
        if (!ends && !options.dryRun()) {
            expiries.remove(parsed.toString());
        }
        return result;
    }

    /** The end is stored first, so that no crash makes an audit endless, and taken back when the change is refused. */
    private ApplyResult changeUntil(String target, Deadline deadline, SetChange change, Options options) {
        Optional<Deadline> before = expiries.get(target);
        int head = repository.head();
        expiries.put(target, deadline);
        boolean done = false;
        try {
            clock.heartbeat();
            ApplyResult result = change(change, options, ChangeKind.MODE);
            done = true;
            return result;
        } finally {
            if (!done && repository.head() == head) {
                before.ifPresentOrElse(was -> expiries.put(target, was), () -> expiries.remove(target));
            }
        }
    }

    /**
     * Gives access for a time.
     *
     * @throws ProblemException when the grant contradicts the documents
     * @throws IllegalArgumentException when its id was used before
     */
    public synchronized GrantEntry grant(Document document, String author) {
        if (!(document.body() instanceof Grant grant)) {
            throw new IllegalArgumentException(
                    "a grant must be of kind Grant: was " + document.title() + "; use weir apply");
        }
        List<Problem> wrong = ReferenceCheck.problems(documents, document);
        if (!wrong.isEmpty()) {
            throw new ProblemException(wrong);
        }
        GrantEntry entry = grants.propose(StoredDocument.of(document), grant.reason(), grant.ttlSeconds(), author);
        PolicyEpoch epoch = epochs.compile(repository.head(), documents, entry);
        grants.keep(entry);
        publish(epoch);
        listener.granted(entry, epoch.epoch());
        return entry;
    }

    /**
     * Ends a grant at once.
     *
     * @throws UnknownException when none stands under the id
     */
    public synchronized GrantEntry revoke(String id, String author) {
        GrantEntry revoked = grants.revoke(id, author)
                .orElseThrow(() -> new UnknownException(
                        "no grant stands under the id: was " + id + "; weir grant list shows them"));
        republish(() -> listener.granted(revoked, epochs.current().epoch()));
        return revoked;
    }

    /** All grants that are known, by id. */
    public List<GrantEntry> grants() {
        return grants.list();
    }

    /** Publishes what was stored. What fails is tried again by {@link #tick}: the store already says that it is so. */
    private void republish() {
        behind = true;
        publish(epochs.compile(repository.head(), documents));
    }

    private void publish(PolicyEpoch epoch) {
        behind = true;
        epochs.publish(epoch);
        behind = false;
    }

    /** Records what was stored also when it cannot take effect yet. */
    private void republish(Runnable tell) {
        try {
            republish();
        } finally {
            tell.run();
        }
    }

    /**
     * Drops every flow of a component from now on.
     *
     * @throws UnknownException when there is no such component
     */
    public synchronized Quarantine quarantine(String component, String author, String reason) {
        if (documents.get(Kind.COMPONENT, component) == null) {
            throw new UnknownException("no such component: was " + component + "; weir components lists them");
        }
        Quarantine entry = new Quarantine(component, clock.now(), author, reason);
        quarantines.add(entry);
        republish(() -> listener.quarantined(component, true, author, reason));
        return entry;
    }

    /**
     * Lets a component out.
     *
     * @throws UnknownException when it is in no quarantine
     */
    public synchronized void release(String component, String author) {
        if (!quarantines.holds(component)) {
            throw new UnknownException("not in quarantine: was " + component + "; weir quarantine list shows them");
        }
        violators.forget(component);
        quarantines.remove(component);
        republish(() -> listener.quarantined(component, false, author, "released"));
    }

    /** Components in quarantine, by id. */
    public synchronized List<Quarantine> quarantined() {
        return quarantines.list();
    }

    /**
     * Counts packets that were denied to a component's sending; when they pass what its manifest says, the next {@link #tick}
     * quarantines it. Never waits for a change under way, so that whoever counts goes on counting.
     *
     * @param identity of the sender
     * @param packets denied since the last call
     */
    public void denied(int identity, long packets, long nowNs) {
        violators.denied(epochs.current(), identity, packets, nowNs);
    }

    private void quarantineViolators() {
        violators.take().forEach((component, why) -> {
            if (!quarantines.holds(component) && documents.get(Kind.COMPONENT, component) != null) {
                attempt("quarantine of " + component, () -> quarantine(component, "", why));
            }
        });
    }

    /**
     * Does what is due: quarantines violators, ends grants, rolls back what nobody confirmed, ends audits, compiles anew when a rule begins or ends, the
     * wall clock stepped, or what is stored could not be published before. To be called several times a second.
     */
    public synchronized void tick() {
        attempt("heartbeat", this::beat);
        quarantineViolators();
        if (waiting.filter(guard -> clock.over(guard.deadline())).isPresent()) {
            attempt("rollback", this::rollBackUnconfirmed);
        }
        if (waiting.isEmpty()) {
            expiries.over().forEach(target -> attempt("end of audit", () -> endAudit(target)));
        }
        List<GrantEntry> expired = new ArrayList<>();
        attempt("end of grants", () -> expired.addAll(grants.expire()));
        boolean due = clock.nowNs() >= epochs.current().nextBoundaryNs();
        if (clock.stepped() || due || behind || !expired.isEmpty()) {
            attempt("compilation", this::republish);
        }
        expired.forEach(grant -> listener.granted(grant, epochs.current().epoch()));
    }

    private void endAudit(String target) {
        Options options = new Options(ApplyRequest.ANY_HEAD, ITSELF, "the audit of " + target + " ended", false, 0);
        ApplyResult _ = setMode(RuleMode.ENFORCE, target, 0, options);
    }

    private void beat() {
        boolean matters =
                waiting.isPresent() || !expiries.isEmpty() || !grants.active().isEmpty();
        if (matters && clock.nowNs() - nextHeartbeatNs >= 0) {
            clock.heartbeat();
            nextHeartbeatNs = clock.nowNs() + DurableClock.HEARTBEAT_NS;
        }
    }

    /** What fails is tried again at the next tick, logged once, and holds up nothing else that is due. */
    private void attempt(String due, Runnable work) {
        try {
            work.run();
            failures.remove(due);
        } catch (RuntimeException failed) {
            if (!failed.toString().equals(failures.put(due, failed.toString()))) {
                LOG.error("{}: the policy cannot be brought up to date; the epoch in force stays", due, failed);
            }
        }
    }

    /** Revisions from {@code newest} downwards, at most {@code limit}. */
    public List<RevisionInfo> history(int newest, int limit) {
        return repository.list(newest, limit);
    }

    /**
     * The documents of a revision, 0 for none.
     *
     * @throws UnknownException when there is no such revision
     */
    public PolicySet documents(int revision) {
        return revisions.documents(revision, epochs.current().documents());
    }
}
