package io.weir.datapath.firewall;

import io.weir.datapath.bridge.GroupAddresses;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.session.FragmentVerdicts;
import io.weir.datapath.session.IcmpQuote;
import io.weir.datapath.session.SessionFields;
import io.weir.datapath.session.SessionKey;
import io.weir.datapath.session.SessionTable;
import io.weir.datapath.session.TcpSegment;
import io.weir.datapath.session.TcpTracker;
import io.weir.datapath.wire.IpProtocol;

/**
 * The way of an IP packet: by the session it belongs to where there is one that this epoch has judged, else by asking the policy
 * about the flow, in the direction in which it began.
 *
 * <p>A session belongs to two ports. A packet with its addresses from elsewhere is not of it, and judged by itself: it can
 * neither ride on the session nor end it, unless the policy allows it to take the session's place. It belongs to one security
 * level too, at which it is judged again and at which all that is of it leaves, whatever its ends say later.
 *
 * <p>Threading: belongs to one worker.
 */
final class SessionJudge implements AutoCloseable {
    private static final int TCP_NO_SESSION = DropReason.TCP_NO_SESSION.code();
    private static final int TCP_INVALID = DropReason.TCP_INVALID.code();
    private static final int ICMP_UNRELATED = DropReason.ICMP_UNRELATED.code();
    private static final int FRAGMENT_UNJUDGED = DropReason.FRAGMENT_UNJUDGED.code();
    private static final int RATE_EXCEEDED = DropReason.RATE_EXCEEDED.code();

    private static final int MISS = SessionTable.MISS;
    /** Of a first fragment that was flooded: its destination port stands in the lower 16 bits. */
    private static final int FLOODED = 1 << 30;

    private final CurrentPolicy current;
    private final Sessions sessions;
    private final SessionFields fields;
    private final SessionTable table;
    private final TcpTracker tracker;
    private final Judge judge;
    private final FragmentVerdicts fragments;
    // [packet] of the batch under way
    private final SessionKey[] keys = new SessionKey[PacketBatch.CAPACITY];
    private final long[] hashes = new long[PacketBatch.CAPACITY];
    private final int[] guesses = new int[PacketBatch.CAPACITY]; // session that it probably is
    private final boolean[] keyed = new boolean[PacketBatch.CAPACITY];
    private SessionKey key = new SessionKey();

    private final SessionKey quoted = new SessionKey();
    private final FlowKey known = new FlowKey();
    private final TcpSegment segment = new TcpSegment();
    private final IcmpQuote quote = new IcmpQuote();

    SessionJudge(CurrentPolicy current, Sessions sessions, Judge judge, long seed) {
        this.current = current;
        this.sessions = sessions;
        this.table = sessions.table();
        this.fields = sessions.fields();
        this.tracker = sessions.tracker();
        this.judge = judge;
        this.fragments = new FragmentVerdicts(seed);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new SessionKey();
        }
    }

    /** Finds out which session a packet asks for: before any of the batch is judged. */
    void prepare(PacketBatch batch, int i) {
        keyed[i] = keys[i].packet(batch, i, judge.frame);
        hashes[i] = keyed[i] ? table.hash(keys[i]) : 0;
    }

    /** Lets the sessions that packets have asked for come from memory at once, and not one after the other. */
    void readAhead(PacketBatch batch) {
        table.readAhead(hashes, guesses, batch.count());
    }

    /** The packet asks for no session. */
    void skip(int i) {
        keyed[i] = false;
        hashes[i] = 0;
    }

    /** Judges an IP packet that is prepared. */
    void judge(PacketBatch batch, int i, Policy policy) {
        if (!keyed[i]) {
            laterFragment(batch, i, policy);
            return;
        }
        if (isIcmp(batch, i) && isError(batch, i)) {
            icmpError(batch, i, policy);
            return;
        }
        SessionKey asked = keys[i];
        int session = sessions.find(asked, hashes[i], guesses[i]);
        if (session == MISS) {
            begin(batch, i, policy, MISS);
        } else {
            belongs(batch, i, policy, session, fields.isReply(session, asked));
        }
    }

    private boolean isError(PacketBatch batch, int i) {
        batch.wrap(i, judge.frame);
        return IcmpQuote.isError(batch, i, judge.frame);
    }

    private static boolean isIcmp(PacketBatch batch, int i) {
        int protocol = batch.ipProtocol(i);
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    // packets of a session

    private void belongs(PacketBatch batch, int i, Policy policy, int session, boolean reply) {
        int from = reply ? fields.egressPort(session) : fields.ingressPort(session);
        int to = reply ? fields.ingressPort(session) : fields.egressPort(session);
        int egress = narrow(batch, i, to);
        long source = batch.sourceMac(i);
        long destination = batch.destinationMac(i);
        boolean holds = reply
                ? sessions.holds(session, policy.epoch(), destination, source)
                : sessions.holds(session, policy.epoch(), source, destination);
        if (holds && batch.ingressPort() == from && egress == to) {
            follow(batch, i, policy, session, reply);
        } else {
            reconsider(batch, i, policy, session, reply);
        }
    }

    /** A packet that the bridge floods goes only where its session knows its receiver. */
    private static int narrow(PacketBatch batch, int i, int port) {
        if (batch.egressPort(i) == PacketBatch.EGRESS_SET && batch.egressSet(i).contains(port)) {
            batch.egressPort(i, port);
        }
        return batch.egressPort(i);
    }

    private void reconsider(PacketBatch batch, int i, Policy policy, int session, boolean reply) {
        batch.wrap(i, judge.frame);
        int egress = batch.egressPort(i);
        int ingress = batch.ingressPort();
        boolean own =
                reply ? egress == fields.ingressPort(session) : ingress == fields.ingressPort(session) && egress >= 0;
        // The first answer may come from another port than the one chosen of those the request was flooded to.
        boolean answers = ingress == fields.egressPort(session) || !fields.replied(session);
        if (!own || (reply && !answers)) {
            begin(batch, i, policy, session);
        } else if (judgeAgain(batch, i, policy, session, reply)) {
            follow(batch, i, policy, session, reply);
        }
    }

    /** Judges a session in its original direction; whether it goes on. If not, it has ended and the packet is dropped. */
    private boolean judgeAgain(PacketBatch batch, int i, Policy policy, int session, boolean reply) {
        FlowKey flow = judge.flow;
        fields.fill(session, flow);
        if (reply) {
            long destination = batch.sourceMac(i);
            flow.link(batch.destinationMac(i), destination, batch.vlan(i), batch.etherType(i));
        } else {
            FlowReader.link(batch, i, flow);
            flow.label(fields.label(session));
        }
        int egress = reply ? batch.ingressPort() : batch.egressPort(i);
        current.ingress(flow, fields.ingressPort(session));
        if (judge.evaluate(policy, egress, batch.nowNs())) {
            sessions.renew(session, flow, policy, judge.verdict, egress);
            return true;
        }
        if (sessions.spared(session, flow, judge.verdict)) {
            return true;
        }
        cut(batch, i, session, reply);
        return false;
    }

    private void cut(PacketBatch batch, int i, int session, boolean reply) {
        boolean resets = fields.resetAtEnd(session);
        int reason = judge.verdict.reason();
        blame(batch, i, reply);
        batch.label(i, fields.label(session));
        judge.deny(batch, i, batch.egressPort(i));
        if (resets && judge.verdict.action() != Action.REJECT) {
            judge.resetSender(batch, i);
        }
        if (resets) {
            judge.resetReceiver(batch, i, batch.egressPort(i));
        }
        sessions.end(session, reason);
    }

    private void follow(PacketBatch batch, int i, Policy policy, int session, boolean reply) {
        if (batch.ipProtocol(i) == IpProtocol.TCP && batch.transportOffset(i) != 0) {
            batch.wrap(i, judge.frame);
            readSegment(batch, i);
            int result = tracker.track(session, reply, segment);
            if (result == TcpTracker.NEW) {
                begin(batch, i, policy, session);
                return;
            }
            if (result == TcpTracker.INVALID && refuse(batch, i, session, reply, TCP_INVALID)) {
                return;
            }
        }
        pass(batch, i, policy, session, reply);
    }

    private void readSegment(PacketBatch batch, int i) {
        int limit = batch.networkOffset(i) + batch.packetLength(i);
        segment.read(judge.frame, batch.transportOffset(i), limit, batch.is(i, PacketBatch.IS_FRAGMENT));
    }

    /** Whoever sent the packet is denied, not who began the session: an end must not bring the other into quarantine. */
    private boolean refuse(PacketBatch batch, int i, int session, boolean reply, int reason) {
        sessions.describe(session, judge.verdict);
        blame(batch, i, reply);
        return judge.refuse(batch, i, batch.egressPort(i), reason);
    }

    /** Turns what was said of the session's original direction into that of the packet. */
    private void blame(PacketBatch batch, int i, boolean reply) {
        batch.wrap(i, judge.frame);
        judge.read(batch, i);
        Verdict verdict = judge.verdict;
        if (reply) {
            verdict.identities(verdict.destinationIdentity(), verdict.sourceIdentity());
        }
    }

    private void pass(PacketBatch batch, int i, Policy policy, int session, boolean reply) {
        if (!sessions.pass(session, batch.length(i)) && refuse(batch, i, session, reply, RATE_EXCEEDED)) {
            return;
        }
        table.touch(session, reply, batch.length(i), sessions.nowMs());
        if (batch.is(i, PacketBatch.IS_FRAGMENT) && !batch.is(i, PacketBatch.IS_LATER_FRAGMENT)) {
            batch.wrap(i, judge.frame);
            fragments.remember(batch, i, judge.frame, session);
        }
        batch.label(i, fields.label(session));
        if (fields.mirrored(session)) {
            mirror(batch, i, policy, session);
        }
    }

    /** The copy says which rules decided, which a session does not keep. */
    private void mirror(PacketBatch batch, int i, Policy policy, int session) {
        sessions.fill(session, judge.flow);
        current.ingress(judge.flow, fields.ingressPort(session));
        judge.evaluate(policy, fields.egressPort(session), batch.nowNs());
        judge.mirror(batch, i, fields.mirrorPort(session));
    }

    // packets without session

    /** A packet that belongs to no session, or takes the place of the one that its addresses have. */
    private void begin(PacketBatch batch, int i, Policy policy, int former) {
        key = keys[i];
        batch.wrap(i, judge.frame);
        judge.read(batch, i);
        int egress = batch.egressPort(i);
        if (egress < 0) {
            egress = judge.flood(batch, i, policy);
            if (egress == Judge.NO_PORT || isGroup(batch, i)) {
                flooded(batch, i, policy, egress);
                return;
            }
        } else if (!judge.evaluate(policy, egress, batch.nowNs())) {
            judge.deny(batch, i, egress);
            return;
        } else {
            judge.recordAudit(batch, i, egress);
        }
        open(batch, i, policy, egress, former);
    }

    private static boolean isGroup(PacketBatch batch, int i) {
        return GroupAddresses.isGroup(batch.destinationMac(i));
    }

    private void open(PacketBatch batch, int i, Policy policy, int egress, int former) {
        boolean tcp = batch.ipProtocol(i) == IpProtocol.TCP && batch.transportOffset(i) != 0;
        if (tcp) {
            readSegment(batch, i);
        }
        boolean begins = tcp ? TcpTracker.begins(segment) : !key.answer();
        if (!begins && !pickedUp(batch, i, egress, tcp)) {
            judge.setLevel(batch, i);
            return;
        }
        if (former != MISS) {
            sessions.end(former, DropReason.NONE);
        }
        if (key.level() == 0 && judge.verdict.label() != 0) {
            endAtLevel(judge.verdict.label());
        }
        int session = sessions.begin(key, judge.flow, policy, judge.verdict, batch.ingressPort(), egress);
        if (session < 0) {
            judge.refuse(batch, i, egress, -session);
            judge.setLevel(batch, i);
            return;
        }
        if (tcp) {
            sessions.track(session, segment, !begins);
        }
        pass(batch, i, policy, session, false);
    }

    /** A packet that proves no level turns out to be at that of another session between its ends, whose place it takes. */
    private void endAtLevel(int level) {
        int twin = sessions.atLevel(key, level);
        if (twin != MISS) {
            sessions.end(twin, DropReason.NONE);
        }
    }

    /** Whether a packet from the middle of a flow begins a session all the same: on a port in audit mode. */
    private boolean pickedUp(PacketBatch batch, int i, int egress, boolean tcp) {
        if (tcp && current.audited(batch.ingressPort())) {
            judge.forgive(batch, i, egress, TCP_NO_SESSION);
            return TcpTracker.pickable(segment);
        }
        judge.refuse(batch, i, egress, tcp ? TCP_NO_SESSION : ICMP_UNRELATED);
        return false;
    }

    // packets that belong to a session by what others say

    private void icmpError(PacketBatch batch, int i, Policy policy) {
        int session = quote.read(batch, i, judge.frame, quoted) ? sessions.find(quoted) : MISS;
        // The quoted packet went the other way: from the error's receiver.
        boolean quotedReply = session != MISS && fields.isReply(session, quoted);
        boolean related = session != MISS && isBack(batch, i, session, quotedReply) && inFlight(session, quotedReply);
        if (!related) {
            judge.refuseUnjudged(batch, i, policy, ICMP_UNRELATED);
            return;
        }
        boolean stale = fields.epoch(session) != policy.epoch()
                || !fields.valid(session, sessions.nowMs())
                || sessions.doubted(session);
        if (stale && !judgeQuoted(batch, i, policy, session)) {
            return;
        }
        // What the switch says itself is nobody's fault, and bounded where it is made.
        boolean counts = !batch.fromSwitch(i);
        if (!counts
                || sessions.pass(session, batch.length(i))
                || !refuse(batch, i, session, !quotedReply, RATE_EXCEEDED)) {
            batch.label(i, fields.label(session));
        }
    }

    /** Whether an error comes from where the quoted packet went, and goes where it came from. */
    private boolean isBack(PacketBatch batch, int i, int session, boolean quotedReply) {
        int sender = quotedReply ? fields.egressPort(session) : fields.ingressPort(session);
        int receiver = quotedReply ? fields.ingressPort(session) : fields.egressPort(session);
        return batch.ingressPort() == receiver
                && (batch.fromSwitch(i) || hasItsMacs(batch, i, session, quotedReply))
                && narrow(batch, i, sender) == sender;
    }

    /** A router that the session goes through has the MAC address of the end behind it. */
    private boolean hasItsMacs(PacketBatch batch, int i, int session, boolean quotedReply) {
        sessions.fill(session, known);
        long sender = quotedReply ? known.destinationMac() : known.sourceMac();
        long receiver = quotedReply ? known.sourceMac() : known.destinationMac();
        return batch.sourceMac(i) == receiver && batch.destinationMac(i) == sender;
    }

    private boolean inFlight(int session, boolean quotedReply) {
        return !quote.hasSequence() || tracker.inFlight(session, quotedReply, quote.sequence());
    }

    /** As {@link #judgeAgain}, with the MAC addresses that the session had: a router may have sent the error. */
    private boolean judgeQuoted(PacketBatch batch, int i, Policy policy, int session) {
        sessions.fill(session, judge.flow);
        current.ingress(judge.flow, fields.ingressPort(session));
        int egress = fields.egressPort(session);
        if (judge.evaluate(policy, egress, batch.nowNs())) {
            sessions.renew(session, judge.flow, policy, judge.verdict, egress);
            return true;
        }
        if (sessions.spared(session, judge.flow, judge.verdict)) {
            return true;
        }
        int reason = judge.verdict.reason();
        blame(batch, i, !fields.isReply(session, quoted));
        judge.deny(batch, i, batch.egressPort(i));
        sessions.end(session, reason);
        return false;
    }

    /** What goes to a group has no session: who answers is judged by himself. */
    private void flooded(PacketBatch batch, int i, Policy policy, int egress) {
        if (!batch.forwarded(i) || (egress != Judge.NO_PORT && !withinLimits(batch, i, policy))) {
            return;
        }
        if (batch.is(i, PacketBatch.IS_FRAGMENT)) {
            fragments.remember(batch, i, judge.frame, FLOODED | judge.flow.destinationPort());
        }
        if (egress != Judge.NO_PORT) {
            judge.setLevel(batch, i);
            judge.mirror(batch, i, judge.verdict.mirrorPort());
        }
    }

    /** Counts a packet without session under the limits that its verdict names; if they have no room for it, it is dropped. */
    boolean withinLimits(PacketBatch batch, int i, Policy policy) {
        int reason = sessions.passAlone(policy, judge.verdict, batch.length(i));
        return reason == DropReason.NONE || !judge.refuse(batch, i, batch.egressPort(i), reason);
    }

    private void laterFragment(PacketBatch batch, int i, Policy policy) {
        batch.wrap(i, judge.frame);
        int decision = fragments.recall(batch, i, judge.frame);
        judge.read(batch, i);
        if (decision >= FLOODED && batch.egressPort(i) < 0) {
            // Rules ask for the destination port, which the first fragment has told.
            judge.flow.transport(batch.ipProtocol(i), 0, decision & 0xFFFF);
            boolean passes = judge.flood(batch, i, policy) != Judge.NO_PORT && withinLimits(batch, i, policy);
            if (passes) {
                judge.setLevel(batch, i);
                judge.mirror(batch, i, judge.verdict.mirrorPort());
            }
        } else if (decision < 0 || decision >= FLOODED || !share(batch, i, policy, decision)) {
            judge.refuseUnjudged(batch, i, policy, FRAGMENT_UNJUDGED);
        }
    }

    /** Does with the fragment as with its session; false when it is not of it: the number may be another's by now. */
    private boolean share(PacketBatch batch, int i, Policy policy, int session) {
        if (!table.live(session, sessions.nowMs())) {
            return false;
        }
        sessions.fill(session, known);
        boolean reply = !forward(judge.flow, known);
        int from = reply ? fields.egressPort(session) : fields.ingressPort(session);
        int to = reply ? fields.ingressPort(session) : fields.egressPort(session);
        boolean itsOwn = (!reply || backward(judge.flow, known))
                && known.protocol() == batch.ipProtocol(i)
                && known.vlan() == batch.vlan(i)
                && table.admits(session, batch.label(i), reply)
                && batch.ingressPort() == from;
        if (!itsOwn || narrow(batch, i, to) != to) {
            return false;
        }
        long source = reply ? batch.destinationMac(i) : batch.sourceMac(i);
        long destination = reply ? batch.sourceMac(i) : batch.destinationMac(i);
        if (sessions.holds(session, policy.epoch(), source, destination)
                || judgeAgain(batch, i, policy, session, reply)) {
            pass(batch, i, policy, session, reply);
        }
        return true;
    }

    private static boolean forward(FlowKey packet, FlowKey session) {
        return packet.sourceLow() == session.sourceLow()
                && packet.sourceHigh() == session.sourceHigh()
                && packet.destinationLow() == session.destinationLow()
                && packet.destinationHigh() == session.destinationHigh();
    }

    private static boolean backward(FlowKey packet, FlowKey session) {
        return packet.sourceLow() == session.destinationLow()
                && packet.sourceHigh() == session.destinationHigh()
                && packet.destinationLow() == session.sourceLow()
                && packet.destinationHigh() == session.sourceHigh();
    }

    @Override
    public void close() {
        fragments.close();
    }
}
