package io.weir.control.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.weir.control.clock.DurableClock;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.Explainer;
import io.weir.identity.evaluate.Explanation;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows.Probe;

/**
 * Answers about what revisions mean, beside the packet path: explain and diff. Other revisions than the one in force are compiled
 * for the question alone, without grants and quarantines.
 *
 * <p>Threading: any thread; takes no lock.
 */
public final class Explanations {
    private static final int NO_EPOCH = 0;

    private final PolicyEngine engine;
    private final PortPolicies ports;
    private final DurableClock clock;
    private final long budgetBytes;

    /**
     * Over an engine that is started.
     *
     * @param budgetBytes most that an epoch may take while a question is answered
     */
    public Explanations(PolicyEngine engine, PortPolicies ports, DurableClock clock, long budgetBytes) {
        this.engine = engine;
        this.ports = ports;
        this.clock = clock;
        this.budgetBytes = budgetBytes;
    }

    /**
     * Why a flow would be judged as it would.
     *
     * @param from component id, reserved id or IP address
     * @param to the same
     * @param protocol IP protocol, or {@code FlowKey.NOT_IP}
     * @param port destination port; type and code of ICMP
     * @param revision number of a revision; empty for the epoch in force
     * @throws UnknownException when an end or the revision does not exist
     */
    public Answer explain(String from, String to, int protocol, int port, Optional<Integer> revision) {
        PolicyEpoch epoch = revision.map(this::compiled).orElseGet(engine::current);
        PortPolicies now = ports.now();
        Ends source = Ends.find(from, epoch.documents(), now);
        Ends destination = Ends.find(to, epoch.documents(), now);
        List<Probe> probes = Ends.flows(epoch, source, destination, protocol, port, now);
        if (probes.isEmpty()) {
            throw new UnknownException("no instance of " + from + " could send this to an instance of " + to
                    + "; look at their VLANs, address families and l4");
        }
        long nowNs = clock.nowNs();
        Verdict verdict = new Verdict();
        List<Probe> denied = probes.stream()
                .filter(probe -> {
                    epoch.evaluate(probe.key(), nowNs, verdict);
                    return !verdict.allowed();
                })
                .toList();
        Probe shown = denied.isEmpty() ? probes.getFirst() : denied.getFirst();
        return new Answer(
                epoch,
                Explainer.explain(epoch, shown.key(), nowNs),
                shown,
                probes.size(),
                probes.size() - denied.size(),
                revision.isPresent());
    }

    /**
     * An explanation, and the epoch that it is of.
     *
     * @param probe the flow that it explains: of those between the ends the first that is denied, or the first
     * @param flows how many flows there are between instances of the ends
     * @param allowed how many of them pass
     * @param alone whether it is of a revision by itself, without grants and quarantines
     */
    public record Answer(
            PolicyEpoch epoch, Explanation explanation, Probe probe, int flows, int allowed, boolean alone) {}

    private PolicyEpoch compiled(int revision) {
        PolicySet documents = engine.documents(revision);
        return new PolicyCompiler(budgetBytes)
                .compile(new CompileRequest(
                        NO_EPOCH, revision, documents, List.of(), Set.of(), clock.nowNs(), clock.now()));
    }

    /**
     * How two revisions differ, 0 for none.
     *
     * @throws UnknownException when there is no such revision
     */
    public RevisionDiff diff(int from, int to) {
        PolicyEpoch before = compiled(from);
        PolicyEpoch after = compiled(to);
        MeaningDiffs.Answer meaning = new MeaningDiffs(before, after, ports, clock.nowNs()).answer();
        return new RevisionDiff(
                DocumentDiff.between(before.documents(), after.documents()), meaning.found(), meaning.note());
    }

    /**
     * How two revisions differ.
     *
     * @param meanings what one allows and the other does not
     * @param note why meanings are not all; empty when they are
     */
    public record RevisionDiff(List<DocumentDiff> documents, List<MeaningDiff> meanings, String note) {
        public RevisionDiff {
            documents = List.copyOf(documents);
            meanings = List.copyOf(meanings);
        }
    }
}
