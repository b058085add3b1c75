package io.weir.control.flow;

import java.util.List;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.weir.control.audit.DenyView;
import io.weir.control.audit.FirewallSource;
import io.weir.control.audit.FlowEnds;
import io.weir.control.audit.FlowView;
import io.weir.control.audit.LiveSession;
import io.weir.datapath.firewall.DenyRecord;
import io.weir.datapath.firewall.FlowRecord;
import io.weir.datapath.worker.SessionInfo;
import io.weir.datapath.worker.Switch;

/**
 * The switch's firewall as a source of records.
 *
 * <p>Threading: as {@link FirewallSource} says.
 */
public final class SwitchFirewall implements FirewallSource {
    private static final int NO_EGRESS_PORT = 0xFFFF;

    private final Switch bridge;
    private final IntSupplier epoch;
    private final IntSupplier revision;

    /**
     * @param epoch number of the epoch in force, 0 for none
     * @param revision number of the revision in force, 0 for none
     */
    public SwitchFirewall(Switch bridge, IntSupplier epoch, IntSupplier revision) {
        this.bridge = bridge;
        this.epoch = epoch;
        this.revision = revision;
    }

    @Override
    public int drainDenies(Handler handler) {
        return bridge.drainDenies(record -> handler.onDenies(new Denies(record)));
    }

    @Override
    public int drainFlows(FlowHandler handler) {
        return bridge.drainFlows(record -> handler.onFlow(new Flow(record)));
    }

    @Override
    public long flowsShed() {
        return bridge.flowsShed();
    }

    @Override
    public List<LiveSession> sessions(int limit) {
        return bridge.sessions(limit).stream().map(SwitchFirewall::session).toList();
    }

    private static LiveSession session(SessionInfo session) {
        return new LiveSession(
                new FlowEnds(
                        session.protocol(),
                        session.sourceHigh(),
                        session.sourceLow(),
                        session.sourcePort(),
                        session.destinationHigh(),
                        session.destinationLow(),
                        session.destinationPort(),
                        session.vlan(),
                        session.label()),
                session.sourceIdentity(),
                session.destinationIdentity(),
                session.ingressPort(),
                session.egressPort(),
                session.epoch(),
                session.audited(),
                session.state(),
                session.forwardPackets(),
                session.forwardBytes(),
                session.replyPackets(),
                session.replyBytes(),
                session.ageNs(),
                session.idleNs());
    }

    @Override
    public long sessionCount() {
        return bridge.sessionCount();
    }

    @Override
    public void flushSessions(@Nullable String port) {
        bridge.flushSessions(port);
    }

    @Override
    public int epoch() {
        return epoch.getAsInt();
    }

    @Override
    public int revision() {
        return revision.getAsInt();
    }

    /** A row of the deny table, as records see it. */
    public record Denies(DenyRecord row) implements DenyView {
        @Override
        public int sourceIdentity() {
            return row.sourceIdentity();
        }

        @Override
        public int destinationIdentity() {
            return row.destinationIdentity();
        }

        @Override
        public int rule() {
            return row.rule();
        }

        @Override
        public int reason() {
            return row.reason();
        }

        @Override
        public int ingressPort() {
            return row.ingressPort() == DenyRecord.ANY_PORT ? ANY_PORT : row.ingressPort();
        }

        @Override
        public int action() {
            return row.action();
        }

        @Override
        public long packets() {
            return row.packets();
        }

        @Override
        public long bytes() {
            return row.bytes();
        }

        @Override
        public long firstNs() {
            return row.firstNs();
        }

        @Override
        public long lastNs() {
            return row.lastNs();
        }

        @Override
        public int epoch() {
            return row.epoch();
        }

        @Override
        public FlowEnds lastFlow() {
            return new FlowEnds(
                    row.protocol(),
                    row.sourceHigh(),
                    row.sourceLow(),
                    row.sourcePort(),
                    row.destinationHigh(),
                    row.destinationLow(),
                    row.destinationPort(),
                    row.vlan(),
                    row.label());
        }
    }

    /** A flow event. */
    private record Flow(FlowRecord event) implements FlowView {
        @Override
        public Kind kind() {
            return switch (event.kind()) {
                case FlowRecord.BEGUN -> Kind.BEGUN;
                case FlowRecord.ENDED -> Kind.ENDED;
                case FlowRecord.AUDITED -> Kind.AUDITED;
                case FlowRecord.REJUDGED -> Kind.REJUDGED;
                default -> Kind.DENIED;
            };
        }

        @Override
        public long timeNs() {
            return event.timeNs();
        }

        @Override
        public long durationNs() {
            return event.durationNs();
        }

        @Override
        public int epoch() {
            return event.epoch();
        }

        @Override
        public FlowEnds ends() {
            return new FlowEnds(
                    event.protocol(),
                    event.sourceHigh(),
                    event.sourceLow(),
                    event.sourcePort(),
                    event.destinationHigh(),
                    event.destinationLow(),
                    event.destinationPort(),
                    event.vlan(),
                    event.label());
        }

        @Override
        public int sourceIdentity() {
            return event.sourceIdentity();
        }

        @Override
        public int destinationIdentity() {
            return event.destinationIdentity();
        }

        @Override
        public int egressRule() {
            return event.egressRule();
        }

        @Override
        public int ingressRule() {
            return event.ingressRule();
        }

        @Override
        public int reason() {
            return event.reason();
        }

        @Override
        public int action() {
            return event.action();
        }

        @Override
        public int auditAction() {
            return event.auditAction();
        }

        @Override
        public int auditRule() {
            return event.auditRule();
        }

        @Override
        public long packets() {
            return event.forwardPackets();
        }

        @Override
        public long bytes() {
            return event.forwardBytes();
        }

        @Override
        public long replyPackets() {
            return event.replyPackets();
        }

        @Override
        public long replyBytes() {
            return event.replyBytes();
        }

        @Override
        public int ingressPort() {
            return event.ingressPort();
        }

        @Override
        public int egressPort() {
            return event.egressPort() == NO_EGRESS_PORT ? -1 : event.egressPort();
        }
    }
}
