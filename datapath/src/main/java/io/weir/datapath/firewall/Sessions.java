package io.weir.datapath.firewall;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.session.SessionEvents;
import io.weir.datapath.session.SessionFields;
import io.weir.datapath.session.SessionKey;
import io.weir.datapath.session.SessionTable;
import io.weir.datapath.session.SessionTimeouts;
import io.weir.datapath.session.TcpSegment;
import io.weir.datapath.session.TcpTracker;

/**
 * The sessions of a worker under the verdicts of the firewall, and the limits they are under. What begins and ends is told as
 * flow events.
 *
 * <p>Sessions that a former process has left go on where they were, but nothing that was decided of them holds: the first packet
 * or sweep judges them anew, and counts them under their limits. Numbers of levels are those of a process: a session whose packets
 * prove none gets its level anew from the policy, one whose packets prove theirs the number that the policy has for it.
 *
 * <p>Threading: owned by one worker.
 */
public final class Sessions implements SessionEvents, AutoCloseable {
    /** How long a session may go on that a new epoch denies and whose rule says {@link Verdict#DRAIN}. */
    static final long DRAIN_NS = 30_000_000_000L;

    private static final int QUARANTINED = DropReason.QUARANTINED.code();
    private static final int LABEL_DENIED = DropReason.LABEL_DENIED.code();
    private static final int RATE_EXCEEDED = DropReason.RATE_EXCEEDED.code();
    /** Digest of a session that must be judged anew whatever its epoch is. */
    private static final int DOUBTED = 0;

    private static final long NS_PER_MS = 1_000_000;

    private final SessionTable table;
    private final SessionFields fields;
    private final TcpTracker tracker;
    private final LimitChains limits = new LimitChains();
    private final FlowRing flows;
    private final long seed;
    private final SessionTable.Visitor doubt = this::doubt;
    private boolean inherited;
    private boolean foreignLevels;

    private final FlowKey endFlow = new FlowKey();
    private final Verdict endVerdict = new Verdict();
    private final SessionKey known = new SessionKey();
    private int endReason;
    private long nowNs;
    private int nowMs;

    /** An empty table in memory of its own. */
    public Sessions(int capacity, long seed, FlowRing flows) {
        this.table = SessionTable.create(capacity, seed, SessionTimeouts.DEFAULT, this);
        this.fields = table.fields();
        this.tracker = new TcpTracker(table);
        this.flows = flows;
        this.seed = seed | 1;
    }

    /**
     * The table that lies at an address, with the sessions that a former process has left there.
     *
     * @param address of {@link SessionTable#lengthBytes} bytes, as {@link SessionTable#open} wants them
     * @param bootId hash of the kernel's boot id
     */
    public Sessions(long address, int capacity, long seed, long bootId, FlowRing flows, long nowNs) {
        this.table = SessionTable.open(address, capacity, seed, bootId, SessionTimeouts.DEFAULT, this, nowNs);
        this.fields = table.fields();
        this.tracker = new TcpTracker(table);
        this.flows = flows;
        this.seed = seed | 1;
        begin(nowNs);
        foreignLevels = true;
        table.forEach(nowNs, this::inherit);
    }

    private void inherit(int session) {
        fields.unlimited(session);
        fields.digest(session, DOUBTED);
        if (fields.epoch(session) == 0) {
            // The former process was killed before it had kept what was decided.
            table.end(session);
            return;
        }
        if (fields.unproven(session)) {
            table.label(session, 0);
        }
        inherited = true;
    }

    /** Before sessions are asked for, when there is a policy: those that a former process has left are found by its levels. */
    void know(Policy policy) {
        if (foreignLevels) {
            foreignLevels = false;
            table.translateLevels(policy.levels());
        }
    }

    /** Whether a former process has left sessions that were not gone round since. */
    boolean inherited() {
        return inherited;
    }

    /** All inherited sessions have met a policy. */
    void settled() {
        inherited = false;
    }

    /** The time of what follows. */
    void begin(long nowNs) {
        this.nowNs = nowNs;
        nowMs = SessionFields.ms(nowNs);
    }

    int nowMs() {
        return nowMs;
    }

    /** On the worker. */
    public SessionTable table() {
        return table;
    }

    /** On the worker. */
    public SessionFields fields() {
        return fields;
    }

    TcpTracker tracker() {
        return tracker;
    }

    LimitChains limits() {
        return limits;
    }

    int find(SessionKey key) {
        return table.find(key, nowMs);
    }

    /** The session between the key's ends at a level, whatever the packet proves. */
    int atLevel(SessionKey key, int level) {
        return table.atLevel(key, level, nowMs);
    }

    int find(SessionKey key, long hash, int guess) {
        return table.find(key, hash, guess, nowMs);
    }

    /** A number that two MAC addresses hardly share with two others, whichever a guest chooses; never {@link #DOUBTED}. */
    private int digest(long sourceMac, long destinationMac) {
        long hash = ((sourceMac * seed) ^ destinationMac) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (hash >>> 32) | 1;
    }

    /** Whether what was decided for the session still holds for a packet between these MAC addresses. */
    boolean holds(int session, int epoch, long sourceMac, long destinationMac) {
        return fields.epoch(session) == epoch
                && fields.digest(session) == digest(sourceMac, destinationMac)
                && fields.valid(session, nowMs);
    }

    /**
     * Begins a session.
     *
     * @return the session, or minus the code of the reason for which it cannot begin
     */
    int begin(SessionKey key, FlowKey flow, Policy policy, Verdict verdict, int ingress, int egress) {
        int level = level(flow, verdict);
        if (level > Levels.MAX_NUMBER) {
            return -LABEL_DENIED;
        }
        int chain = limits.of(policy, verdict.limits(), nowNs);
        if (chain == LimitChains.EXHAUSTED) {
            return -DropReason.CONNECTION_LIMIT.code();
        }
        int reason = limits.begin(chain, nowNs);
        if (reason != DropReason.NONE) {
            return -reason;
        }
        int session = table.begin(key, level, ingress, egress, nowMs);
        if (session == SessionTable.FULL) {
            limits.remove(chain);
            return -DropReason.SESSION_TABLE_FULL.code();
        }
        if (key.level() != 0) {
            table.keepLevel(level, policy.levels());
        }
        judged(session, flow, verdict, chain);
        flows.begin(FlowRecord.BEGUN, nowNs, flow, verdict, ingress, egress).end();
        return session;
    }

    /** Level that a flow travels at: the one its packets prove, else what was said of it. */
    static int level(FlowKey flow, Verdict verdict) {
        return flow.label() != 0 ? flow.label() : verdict.label();
    }

    private void judged(int session, FlowKey flow, Verdict verdict, int chain) {
        verdict.limits(chain);
        fields.judged(session, verdict, nowNs);
        fields.link(session, flow.sourceMac(), flow.destinationMac(), digest(flow.sourceMac(), flow.destinationMac()));
    }

    /** Fills the key with the session's ends, in its original direction, but for the ports of the switch. */
    public void fill(int session, FlowKey flow) {
        fields.fill(session, flow);
    }

    /** The session goes on under another verdict, at the level that it has; where it had none, at the verdict's. */
    void renew(int session, FlowKey flow, Policy policy, Verdict verdict, int egress) {
        boolean otherEpoch = fields.epoch(session) != verdict.epoch();
        int found = limits.of(policy, verdict.limits(), nowNs);
        // Without room for its new limits it stays under those it has: no limit would be less than either.
        int chain = found == LimitChains.EXHAUSTED ? fields.limits(session) : found;
        limits.add(chain);
        limits.remove(fields.limits(session));
        judged(session, flow, verdict, chain);
        takeLevel(session, verdict.label());
        if (egress != fields.egressPort(session)) {
            table.egress(session, egress);
        }
        if (otherEpoch) {
            tell(FlowRecord.REJUDGED, session, flow, verdict, verdict.reason());
        }
    }

    private void takeLevel(int session, int level) {
        if (fields.label(session) != 0 || level == 0 || level > Levels.MAX_NUMBER) {
            return;
        }
        fields.key(session, known);
        int twin = table.atLevel(known, level, nowMs);
        if (twin != SessionTable.MISS) {
            end(twin, DropReason.NONE);
        }
        table.label(session, level);
    }

    /**
     * Whether a session that the verdict denies goes on all the same, as the rule it began under says for changes of the policy.
     * What ends by itself ends, and nothing spares a quarantined component, or a flow at a level that it may not have.
     */
    boolean spared(int session, FlowKey flow, Verdict verdict) {
        boolean policyChanged = fields.epoch(session) != verdict.epoch() && fields.valid(session, nowMs);
        int onChange = fields.onChange(session);
        if (!policyChanged
                || neverSpared(verdict.reason())
                || !sameEnds(session, flow)
                || onChange == Verdict.REEVALUATE) {
            return false;
        }
        if (onChange == Verdict.DRAIN) {
            fields.limitValidity(session, nowNs + DRAIN_NS, nowNs);
        }
        fields.epoch(session, verdict.epoch());
        fields.digest(session, digest(flow.sourceMac(), flow.destinationMac()));
        return true;
    }

    private static boolean neverSpared(int reason) {
        return reason == QUARANTINED || Judge.isOfLabels(reason);
    }

    private boolean sameEnds(int session, FlowKey flow) {
        return fields.sourceMac(session) == flow.sourceMac() && fields.destinationMac(session) == flow.destinationMac();
    }

    /** Ends a session for a reason, 0 when by itself. */
    void end(int session, int reason) {
        endReason = reason;
        table.end(session);
        endReason = DropReason.NONE;
    }

    /** Ends the sessions that began at a port or leave by it, or all when it is negative. */
    public void flush(int port) {
        if (port < 0) {
            table.flush();
        } else {
            table.flushPort(port);
        }
    }

    /** Roles or modes of ports have changed: every session is judged anew. */
    void doubtAll() {
        table.forEach(nowNs, doubt);
    }

    private void doubt(int session) {
        fields.digest(session, DOUBTED);
    }

    boolean doubted(int session) {
        return fields.digest(session) == DOUBTED;
    }

    /** A segment that begins the session. */
    void track(int session, TcpSegment segment, boolean pickUp) {
        if (pickUp) {
            tracker.pickUp(session, segment);
        } else {
            tracker.begin(session, segment);
        }
    }

    @Override
    public void ended(int session, int cause) {
        fill(session, endFlow);
        describe(session, endVerdict);
        endVerdict.decide(fields.action(session), endReason);
        tell(FlowRecord.ENDED, session, endFlow, endVerdict, endReason);
        limits.remove(fields.limits(session));
    }

    /** What is known of the session's verdict. */
    void describe(int session, Verdict verdict) {
        verdict.begin(fields.epoch(session));
        verdict.identities(fields.sourceIdentity(session), fields.destinationIdentity(session));
        verdict.label(fields.label(session));
        verdict.decide(fields.action(session), DropReason.NONE);
        verdict.audit(fields.audited(session) ? Action.DROP : Action.NONE, DropReason.NONE, 0);
    }

    private void tell(int kind, int session, FlowKey flow, Verdict verdict, int reason) {
        verdict.decide(verdict.action(), reason);
        flows.begin(kind, nowNs, flow, verdict, fields.ingressPort(session), fields.egressPort(session))
                .duration((nowMs - fields.begunMs(session)) * NS_PER_MS)
                .counts(
                        fields.frames(session, false),
                        fields.bytes(session, false),
                        fields.frames(session, true),
                        fields.bytes(session, true))
                .end();
    }

    /** Counts a frame of the session; false when its limits have no room for it. */
    boolean pass(int session, int bytes) {
        int chain = fields.limits(session);
        return chain == LimitChains.UNLIMITED || limits.pass(chain, bytes, nowNs);
    }

    /** Counts a frame without session; code of the reason when the limits of its verdict have no room for it, else 0. */
    int passAlone(Policy policy, Verdict verdict, int bytes) {
        int chain = limits.of(policy, verdict.limits(), nowNs);
        if (chain == LimitChains.EXHAUSTED) {
            return DropReason.CONNECTION_LIMIT.code();
        }
        return chain == LimitChains.UNLIMITED || limits.pass(chain, bytes, nowNs) ? DropReason.NONE : RATE_EXCEEDED;
    }

    @Override
    public void close() {
        table.close();
    }
}
