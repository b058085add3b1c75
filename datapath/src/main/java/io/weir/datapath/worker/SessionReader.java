package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.session.SessionFields;
import io.weir.datapath.session.SessionState;
import io.weir.datapath.session.SessionTable;

/**
 * Reads live sessions out of a worker's table, slice by slice, so that packets need not wait for all of them.
 *
 * <p>Threading: on the worker that owns the table, but for {@link #found}, which is for whoever has waited for the last slice.
 */
final class SessionReader {
    private static final long NS_PER_MS = 1_000_000;

    /** Entries that are read at once: no packet waits for longer than a fraction of a millisecond. */
    private static final int SLICE = 2048;

    private final Sessions sessions;
    private final SessionFields fields;
    private final FlowKey flow = new FlowKey();
    private final int limit;
    private final IntFunction<@Nullable String> portName;
    private final List<SessionInfo> found = new ArrayList<>();
    private int next;

    /** Of up to {@code limit} sessions whose ports have names. */
    SessionReader(Sessions sessions, int limit, IntFunction<@Nullable String> portName) {
        this.sessions = sessions;
        this.fields = sessions.fields();
        this.limit = limit;
        this.portName = portName;
    }

    /** Reads on; whether there is more. What was read is {@link #found}. */
    boolean readSlice(long nowNs) {
        int nowMs = SessionFields.ms(nowNs);
        next = sessions.table().forEach(nowNs, next, SLICE, session -> read(session, nowMs));
        return next != SessionTable.MISS && found.size() < limit;
    }

    private void read(int session, int nowMs) {
        String ingress = portName.apply(fields.ingressPort(session));
        String egress = portName.apply(fields.egressPort(session));
        if (found.size() < limit && ingress != null && egress != null) {
            found.add(info(session, nowMs, ingress, egress));
        }
    }

    List<SessionInfo> found() {
        return found;
    }

    private SessionInfo info(int session, int nowMs, String ingress, String egress) {
        sessions.fill(session, flow);
        return new SessionInfo(
                ingress,
                egress,
                flow.sourceMac(),
                flow.destinationMac(),
                flow.vlan(),
                flow.etherType(),
                flow.sourceHigh(),
                flow.sourceLow(),
                flow.destinationHigh(),
                flow.destinationLow(),
                flow.protocol(),
                flow.sourcePort(),
                flow.destinationPort(),
                SessionState.name(fields.state(session)),
                fields.sourceIdentity(session),
                fields.destinationIdentity(session),
                fields.epoch(session),
                fields.label(session),
                fields.audited(session),
                fields.frames(session, false),
                fields.bytes(session, false),
                fields.frames(session, true),
                fields.bytes(session, true),
                (nowMs - fields.begunMs(session)) * NS_PER_MS,
                (nowMs - fields.seenMs(session)) * NS_PER_MS);
    }
}
