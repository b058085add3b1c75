package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.session.SessionFields;
import io.weir.datapath.session.SessionState;

/**
 * Reads live sessions out of a worker's table.
 *
 * <p>Threading: on the worker that owns the table.
 */
final class SessionReader {
    private static final long NS_PER_MS = 1_000_000;

    private final Sessions sessions;
    private final SessionFields fields;
    private final FlowKey flow = new FlowKey();
    private final List<SessionInfo> found = new ArrayList<>();

    SessionReader(Sessions sessions) {
        this.sessions = sessions;
        this.fields = sessions.fields();
    }

    /** Up to {@code limit} sessions whose ports have names. */
    List<SessionInfo> read(long nowNs, int limit, IntFunction<@Nullable String> portName) {
        int nowMs = SessionFields.ms(nowNs);
        sessions.table().forEach(nowNs, session -> {
            String ingress = portName.apply(fields.ingressPort(session));
            String egress = portName.apply(fields.egressPort(session));
            if (found.size() < limit && ingress != null && egress != null) {
                found.add(info(session, nowMs, ingress, egress));
            }
        });
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
                fields.audited(session),
                fields.frames(session, false),
                fields.bytes(session, false),
                fields.frames(session, true),
                fields.bytes(session, true),
                (nowMs - fields.begunMs(session)) * NS_PER_MS,
                (nowMs - fields.seenMs(session)) * NS_PER_MS);
    }
}
