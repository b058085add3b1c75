package io.weir.control.audit;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the firewall tells: denies, flows, sessions. The switch, seen from here.
 *
 * <p>Threading: one thread drains; the rest any thread.
 */
public interface FirewallSource extends DenySource {
    /** Takes one flow event; the view is used again for the next. */
    @FunctionalInterface
    interface FlowHandler {
        void onFlow(FlowView flow);
    }

    /**
     * Hands over what happened to flows since the last call, as far as there was room to remember it.
     *
     * @return events handed over
     */
    int drainFlows(FlowHandler handler);

    /** Events of flows that were lost since the start because they were not drained in time. */
    long flowsShed();

    /** Live sessions, at most so many. */
    List<LiveSession> sessions(int limit);

    long sessionCount();

    /** Ends the sessions of a port, or all for null. */
    void flushSessions(@Nullable String port);

    /** Number of the epoch in force, 0 for none. */
    int epoch();

    /** Number of the revision in force, 0 for none. */
    int revision();

    /** A switch without policy: nothing is denied, nothing is recorded. */
    FirewallSource NONE = new FirewallSource() {
        @Override
        public int drainDenies(DenySource.Handler handler) {
            return 0;
        }

        @Override
        public int drainFlows(FlowHandler handler) {
            return 0;
        }

        @Override
        public long flowsShed() {
            return 0;
        }

        @Override
        public List<LiveSession> sessions(int limit) {
            return List.of();
        }

        @Override
        public long sessionCount() {
            return 0;
        }

        @Override
        public void flushSessions(@Nullable String port) {}

        @Override
        public int epoch() {
            return 0;
        }

        @Override
        public int revision() {
            return 0;
        }
    };
}
