package io.weir.control.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.weir.control.clock.DurableClock;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.Explainer;
import io.weir.identity.evaluate.Explanation;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows.Probe;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;

/**
 * Answers about what revisions mean, beside the packet path: explain and diff. Other revisions than the one in force are compiled
 * for the question alone, without grants and quarantines.
 *
 * <p>Threading: any thread; takes no lock of the engine's. Questions that have to compile are answered one at a time, because each
 * may take as much memory as the epoch in force.
 */
public final class Explanations {
    private static final int NO_EPOCH = 0;
    private static final long WAIT_MS = 10_000;

    private final PolicyEngine engine;
    private final PortPolicies ports;
    private final TunnelPaths tunnels;
    private final DurableClock clock;
    private final long budgetBytes;
    private final Semaphore compiling = new Semaphore(1, true);

    /**
     * Over an engine that is started.
     *
     * @param budgetBytes most that an epoch may take while a question is answered
     */
    public Explanations(
            PolicyEngine engine, PortPolicies ports, TunnelPaths tunnels, DurableClock clock, long budgetBytes) {
        this.engine = engine;
        this.ports = ports;
        this.tunnels = tunnels;
        this.clock = clock;
        this.budgetBytes = budgetBytes;
    }

    /**
     * Why a flow would be judged as it would; by the epoch in force, also what a tunnel then does with it.
     *
     * @param from component id, reserved id or IP address
     * @param to the same
     * @param protocol IP protocol, or {@code FlowKey.NOT_IP}
     * @param port destination port; type and code of ICMP
     * @param level security level that its packets prove; one that nothing has named yet is judged as if this epoch were a
     * revision
     * @param revision number of a revision; empty for the epoch in force
     * @throws UnknownException when an end or the revision does not exist
     * @throws BusyException when other questions are being compiled for too long
     */
    public Answer explain(
            String from, String to, int protocol, int port, Optional<Level> level, Optional<Integer> revision) {
        PolicyEpoch epoch = engine.current();
        int number = level.map(LevelNumbers.process()::find).orElse(0);
        if (revision.isEmpty() && (level.isEmpty() || number != 0)) {
            TunnelPaths now = tunnels.now();
            return explain(epoch, new Question(from, to, protocol, port, number, LevelNumbers.process(), now), false);
        }
        return alone(() -> {
            LevelNumbers own = numbers();
            int there = level.map(own::number).orElse(0);
            PolicyCompiler compiler = new PolicyCompiler(budgetBytes, own);
            PolicyEpoch asked = revision.isEmpty()
                    ? compiled(compiler, epoch.revision(), epoch.documents())
                    : compiled(compiler, revision.get());
            // Whatever SAs there are now, they are none of an older revision's.
            TunnelPaths now = revision.isEmpty() ? tunnels.now() : (egress, at) -> Optional.empty();
            return explain(asked, new Question(from, to, protocol, port, there, own, now), true);
        });
    }

    /** For one question: whoever but asks takes none of the process's, which are never given back. */
    private static LevelNumbers numbers() {
        return new LevelNumbers(ThreadLocalRandom.current());
    }

    /**
     * What is asked about.
     *
     * @param numbers of the epoch that is asked
     */
    private record Question(
            String from, String to, int protocol, int port, int level, LevelNumbers numbers, TunnelPaths tunnels) {
        /** The way of a flow that was judged, as the packet path takes it: without policy at both its ports nothing gives it a level. */
        @Nullable
        TunnelPath path(Probe probe, Verdict verdict) {
            FlowKey key = probe.key();
            boolean judged = key.ingressMode() != PolicyMode.OFF || key.egressMode() != PolicyMode.OFF;
            int number = judged ? verdict.label() : key.label();
            Optional<Level> at = number == 0 ? Optional.empty() : Optional.of(numbers.level(number));
            TunnelPath path = tunnels.path(probe.destination().port(), at).orElse(null);
            if (path == null || verdict.allowed()) {
                return path;
            }
            return path.inRange() ? null : path.denied();
        }
    }

    private Answer explain(PolicyEpoch epoch, Question question, boolean alone) {
        PortPolicies now = ports.now();
        Ends source = Ends.find(question.from, epoch.documents(), now);
        Ends destination = Ends.find(question.to, epoch.documents(), now);
        List<Probe> probes = Ends.flows(epoch, source, destination, question.protocol, question.port, now);
        probes.forEach(probe -> probe.key().label(question.level));
        if (probes.isEmpty()) {
            throw new UnknownException("no instance of " + question.from + " could send this to an instance of "
                    + question.to + "; look at their VLANs, address families and l4");
        }
        long nowNs = clock.nowNs();
        Verdict verdict = new Verdict();
        Probe denied = null;
        Probe dropped = null;
        int allowed = 0;
        int lost = 0;
        for (Probe probe : probes) {
            epoch.evaluate(probe.key(), nowNs, verdict);
            if (!verdict.allowed()) {
                denied = denied == null ? probe : denied;
                continue;
            }
            allowed++;
            TunnelPath path = question.path(probe, verdict);
            if (path != null && path.drops()) {
                lost++;
                dropped = dropped == null ? probe : dropped;
            }
        }
        Probe shown = denied != null ? denied : dropped != null ? dropped : probes.getFirst();
        epoch.evaluate(shown.key(), nowNs, verdict);
        return new Answer(
                epoch,
                Explainer.explain(epoch, shown.key(), nowNs),
                shown,
                question.path(shown, verdict),
                probes.size(),
                allowed,
                lost,
                alone);
    }

    /**
     * An explanation, and the epoch that it is of.
     *
     * @param probe the flow that it explains: of those between the ends the first that is denied, else the first that a tunnel
     * drops, else the first
     * @param path what the tunnel that it leaves by does with it, which is no part of the verdict; null when there is none, or it
     * was not asked
     * @param flows how many flows there are between instances of the ends
     * @param allowed how many of them the policy lets pass
     * @param dropped how many of those a tunnel drops
     * @param alone whether it is of a revision by itself, without grants and quarantines
     */
    public record Answer(
            PolicyEpoch epoch,
            Explanation explanation,
            Probe probe,
            @Nullable TunnelPath path,
            int flows,
            int allowed,
            int dropped,
            boolean alone) {}

    private <T> T alone(Supplier<T> answer) {
        acquire();
        try {
            return answer.get();
        } finally {
            compiling.release();
        }
    }

    private void acquire() {
        try {
            if (compiling.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new BusyException("other questions about revisions are being answered; ask again in some seconds, "
                + "or about the epoch in force");
    }

    private PolicyCompiler compiler() {
        return new PolicyCompiler(budgetBytes, numbers());
    }

    private PolicyEpoch compiled(PolicyCompiler compiler, int revision) {
        return compiled(compiler, revision, engine.documents(revision));
    }

    private PolicyEpoch compiled(PolicyCompiler compiler, int revision, PolicySet documents) {
        return compiler.compile(new CompileRequest(
                NO_EPOCH, revision, documents, List.of(), Set.of(), clock.nowNs(), clock.now(), engine.labels()));
    }

    /**
     * How two revisions differ, 0 for none.
     *
     * @throws UnknownException when there is no such revision
     * @throws BusyException when other questions are being compiled for too long
     */
    public RevisionDiff diff(int from, int to) {
        return alone(() -> difference(from, to));
    }

    private RevisionDiff difference(int from, int to) {
        PolicyCompiler compiler = compiler(); // the same, so that both share what they have in common
        PolicyEpoch before = compiled(compiler, from);
        PolicyEpoch after = compiled(compiler, to);
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
