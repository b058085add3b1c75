package io.weir.datapath.bridge;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.PortTable;

/**
 * What a message of IGMP or MLD means for the table, whichever of the two it was: joins, leaves, queries, of the one packet
 * that was last {@link #begin begun}.
 *
 * <p>Threading: belongs to one snooping stage.
 */
final class MembershipMessages {
    /** Not a message that snooping understands: an ordinary multicast packet. */
    static final int OTHER = 0;
    /** For all ports: hosts answer it. */
    static final int QUERY = 1;
    /** For routers only: a host that heard another's report might withhold its own (RFC 4541 section 2.1.1). */
    static final int REPORT = 2;

    /** Last member query count times interval, RFC 3376 sections 8.8 and 8.9: how long a port is kept after a leave. */
    static final long LAST_MEMBER_NS = 2_000_000_000L;

    private static final int LAST_MEMBER_COUNT = 2;

    private static final int IS_INCLUDE = 1;
    private static final int TO_INCLUDE = 3;
    private static final int ALLOW = 5;
    private static final int BLOCK = 6;

    private final MulticastTable table;
    private int vlan;
    private int port;
    private int family;
    private long nowNs;
    private boolean fastLeave;
    private boolean routerAllowed;

    MembershipMessages(MulticastTable table) {
        this.table = table;
    }

    void begin(PacketBatch batch, int i, int ofFamily, PortTable ports, PortSet neverRouters) {
        vlan = batch.vlan(i);
        port = batch.ingressPort();
        nowNs = batch.nowNs();
        family = ofFamily;
        fastLeave = ports.has(port, PortTable.FAST_LEAVE);
        routerAllowed = !neverRouters.contains(port);
    }

    void join(long high, long low) {
        if (prunable(high, low)) {
            table.join(vlan, high, low, port, nowNs);
        }
    }

    void leave(long high, long low) {
        if (fastLeave) {
            table.leave(vlan, high, low, port);
        } else {
            table.shorten(vlan, high, low, port, nowNs + LAST_MEMBER_NS);
        }
    }

    /**
     * One group record of an IGMPv3 or MLDv2 report (RFC 3376 section 4.2.12, RFC 3810 section 5.2.12). Sources are not told
     * apart: whoever wants some gets all.
     */
    void record(int type, int sources, long high, long low) {
        boolean includes = type == IS_INCLUDE || type == TO_INCLUDE;
        if (includes && sources == 0) {
            leave(high, low);
        } else if (type < IS_INCLUDE || type >= BLOCK || (type == ALLOW && sources == 0)) {
            return;
        } else {
            join(high, low);
        }
    }

    /**
     * A general query. On a port behind which the operator knows no router, it is someone's forgery and changes nothing.
     *
     * @param fromRouter whether the sender has an address; a switch that stands in for a querier has none and is no router
     */
    void query(boolean fromRouter) {
        if (!routerAllowed) {
            return;
        }
        table.hearQuerier(vlan, family, nowNs);
        if (fromRouter) {
            table.hearRouter(port, family, nowNs);
        }
    }

    /** A query for one group: who does not answer is no longer a member. */
    void groupQuery(long high, long low, long responseNs) {
        if (!routerAllowed) {
            return;
        }
        table.shortenAll(vlan, high, low, nowNs + LAST_MEMBER_COUNT * responseNs);
    }

    /** A router that made itself known other than by a query. */
    void router() {
        if (routerAllowed) {
            table.hearRouter(port, family, nowNs);
        }
    }

    private static boolean prunable(long high, long low) {
        if (high == InternetAddresses.IPV4_HIGH) {
            int address = (int) low;
            return InternetAddresses.isMulticast4(address) && !InternetAddresses.isLinkLocalGroup4(address);
        }
        return InternetAddresses.isMulticast6(high) && !InternetAddresses.isLinkLocalGroup6(high);
    }
}
