package io.weir.datapath.bridge;

/**
 * What one worker's tables have learned and the other workers' must know. Each worker holds a replica of every table; the
 * worker that owns the port concerned reports here, and the others take the update through {@code applyRemote...}, which
 * reports nothing in turn.
 *
 * <p>Addresses of the network layer are two longs in network order; an IPv4 address is mapped into IPv6
 * ({@code ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2).
 *
 * <p>Threading: called by the worker that owns the tables; implementations neither block nor allocate.
 */
public interface TableUpdates {
    /**
     * An address was learned on a port, or moved to it.
     *
     * @param kind {@link MacTable#LEARNED} or {@link MacTable#STICKY}
     */
    void macLearned(int vlan, long mac, int port, int kind);

    /** An address learned on a port of this worker aged out, or was evicted. */
    void macForgotten(int vlan, long mac, int port);

    /** A port joined a group. */
    void groupJoined(int vlan, long groupHigh, long groupLow, int port);

    /** A port's membership ended. */
    void groupLeft(int vlan, long groupHigh, long groupLow, int port);

    /**
     * A querier was heard in a VLAN; reported at most once a second for each VLAN and family.
     *
     * @param family {@link MulticastTable#IPV4} or {@link MulticastTable#IPV6}
     */
    void querierHeard(int vlan, int family);

    /** A multicast router was heard behind a port; reported at most once a second for each port and family. */
    void routerHeard(int port, int family);

    /**
     * A neighbour was seen for the first time, with another MAC address, or after a while.
     *
     * @param kind {@link NeighbourTable#HOST} or {@link NeighbourTable#ROUTER}
     */
    void neighbourSeen(int vlan, long ipHigh, long ipLow, long mac, int kind);

    /** For a switch of one worker: nobody else needs to know. */
    TableUpdates NONE = new TableUpdates() {
        @Override
        public void macLearned(int vlan, long mac, int port, int kind) {}

        @Override
        public void macForgotten(int vlan, long mac, int port) {}

        @Override
        public void groupJoined(int vlan, long groupHigh, long groupLow, int port) {}

        @Override
        public void groupLeft(int vlan, long groupHigh, long groupLow, int port) {}

        @Override
        public void querierHeard(int vlan, int family) {}

        @Override
        public void routerHeard(int port, int family) {}

        @Override
        public void neighbourSeen(int vlan, long ipHigh, long ipLow, long mac, int kind) {}
    };
}
