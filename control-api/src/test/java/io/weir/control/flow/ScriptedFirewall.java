package io.weir.control.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.control.audit.DenyView;
import io.weir.control.audit.FirewallSource;
import io.weir.control.audit.FlowEnds;
import io.weir.control.audit.FlowView;
import io.weir.control.audit.LiveSession;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;

/** A firewall that tells what a test wants it to. */
public final class ScriptedFirewall implements FirewallSource {
    /** From 10.0.0.1:31793 to 10.0.0.2:8080 in VLAN 10. */
    public static final FlowEnds ENDS =
            new FlowEnds(6, 0, 0xFFFF_0A00_0001L, 31_793, 0, 0xFFFF_0A00_0002L, 8080, 10, 0);

    private final Deque<DenyView> denies = new ArrayDeque<>();
    private final Deque<FlowView> flows = new ArrayDeque<>();
    private final List<LiveSession> sessions = new ArrayList<>();
    private final List<String> flushed = new ArrayList<>();

    private record Denies(int source, long packets, long ns) implements DenyView {
        @Override
        public int sourceIdentity() {
            return source;
        }

        @Override
        public int destinationIdentity() {
            return 17;
        }

        @Override
        public int rule() {
            return 0;
        }

        @Override
        public int reason() {
            return DropReason.INGRESS_NO_RULE.code();
        }

        @Override
        public int ingressPort() {
            return 1;
        }

        @Override
        public int action() {
            return Action.DROP;
        }

        @Override
        public long bytes() {
            return packets * 60;
        }

        @Override
        public long firstNs() {
            return ns;
        }

        @Override
        public long lastNs() {
            return ns;
        }

        @Override
        public int epoch() {
            return 7;
        }

        @Override
        public FlowEnds lastFlow() {
            return ENDS;
        }
    }

    private record Ended(long packets, long timeNs) implements FlowView {
        @Override
        public Kind kind() {
            return Kind.ENDED;
        }

        @Override
        public long durationNs() {
            return 1_000_000_000L;
        }

        @Override
        public int epoch() {
            return 7;
        }

        @Override
        public FlowEnds ends() {
            return ENDS;
        }

        @Override
        public int sourceIdentity() {
            return 16;
        }

        @Override
        public int destinationIdentity() {
            return 17;
        }

        @Override
        public int egressRule() {
            return 3;
        }

        @Override
        public int ingressRule() {
            return 4;
        }

        @Override
        public int reason() {
            return 0;
        }

        @Override
        public int action() {
            return Action.ALLOW;
        }

        @Override
        public int auditAction() {
            return Action.NONE;
        }

        @Override
        public int auditRule() {
            return 0;
        }

        @Override
        public long bytes() {
            return packets * 100;
        }

        @Override
        public long replyPackets() {
            return packets;
        }

        @Override
        public long replyBytes() {
            return packets * 1000;
        }

        @Override
        public int ingressPort() {
            return 1;
        }

        @Override
        public int egressPort() {
            return 2;
        }
    }

    /** So many packets from a component to component 17 are denied now. */
    public synchronized void deny(int source, long packets) {
        denies.add(new Denies(source, packets, System.nanoTime()));
    }

    /** A session from component 16 to component 17 ends now, after so many packets each way. */
    public synchronized void end(long packets) {
        flows.add(new Ended(packets, System.nanoTime()));
    }

    /** A session from component 16 to component 17 is under way. */
    public synchronized void live(long packets) {
        sessions.add(new LiveSession(
                ENDS, 16, 17, "vm1", "vm2", 7, false, "established", packets, packets * 100, 1, 40, 2, 1));
    }

    /** Ports whose sessions were flushed. */
    public synchronized List<String> flushed() {
        return List.copyOf(flushed);
    }

    @Override
    public synchronized int drainDenies(Handler handler) {
        int drained = denies.size();
        denies.forEach(handler::onDenies);
        denies.clear();
        return drained;
    }

    @Override
    public synchronized int drainFlows(FlowHandler handler) {
        int drained = flows.size();
        flows.forEach(handler::onFlow);
        flows.clear();
        return drained;
    }

    @Override
    public long flowsShed() {
        return 0;
    }

    @Override
    public synchronized List<LiveSession> sessions(int limit) {
        return sessions.subList(0, Math.min(limit, sessions.size())).stream().toList();
    }

    @Override
    public synchronized long sessionCount() {
        return sessions.size();
    }

    @Override
    public synchronized void flushSessions(@Nullable String port) {
        flushed.add(String.valueOf(port));
        sessions.clear();
    }

    @Override
    public int epoch() {
        return 7;
    }

    @Override
    public int revision() {
        return 4;
    }
}
