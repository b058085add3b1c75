package io.weir.datapath.bridge;

import java.util.Arrays;

import io.weir.datapath.packet.PortSet;

/**
 * Who listens to which multicast group, where multicast routers are, and in which VLANs a querier was heard: what snooping of
 * IGMP and MLD has found.
 *
 * <h2>What</h2>
 *
 * Groups are keyed by VLAN and network-layer address, not by MAC address, of which 32 IPv4 groups share each. A group is a
 * slot with a set of ports (what a frame needs) and a chain of memberships (what ages): one a port, with its deadline. Slots
 * and memberships come from fixed arrays with free lists; chains hang off a hash with a secret seed.
 *
 * <h2>Bounds</h2>
 *
 * No port takes more than a quarter of the memberships, so that one guest cannot crowd the others out. When the table is
 * full all the same, {@link #saturated} holds for as long as a membership lives: traffic must then be flooded, because who
 * was turned away still wants it.
 *
 * <h2>Replicas</h2>
 *
 * Each worker has a table. Joins and leaves on its own ports are reported; remote memberships do not age here.
 *
 * <p>Threading: one writer, the owning worker, which alone reads.
 */
public final class MulticastTable {
    /** A family's index. */
    public static final int IPV4 = 0;
    /** A family's index. */
    public static final int IPV6 = 1;

    /** Time a membership lives without a report: RFC 3376 section 8.4, with the defaults of RFC 3376 section 8. */
    public static final long MEMBERSHIP_NS = 260_000_000_000L;

    /** Time a querier is believed in, and a router port too: RFC 3376 section 8.5, with the defaults of section 8. */
    public static final long QUERIER_NS = 255_000_000_000L;

    /** {@link #find}: no such group. */
    public static final int NO_GROUP = -1;

    private static final int NIL = -1;
    private static final int VLANS = 4096;
    private static final int FAMILIES = 2;
    private static final long ANNOUNCE_NS = 1_000_000_000L;
    private static final long SWEEP_NS = 1_000_000_000L;

    private final TableUpdates updates;
    private final long seed;
    private final int shift;
    private final int portLimit;

    // groups
    private final int[] bucket;
    private final int[] nextGroup;
    private final int[] vlan;
    private final long[] high;
    private final long[] low;
    private final int[] firstMember;
    private final PortSet[] members;
    private int freeGroup;
    private int groups;

    // memberships
    private final int[] nextMember;
    private final int[] memberPort;
    private final long[] deadlineNs;
    private final long[] reportedNs;
    private final boolean[] remote;
    private final int[] countByPort = new int[PortSet.MAX_PORTS];
    private int freeMember;
    private int memberships;

    // routers and queriers
    private final PortSet[] routers = {new PortSet(), new PortSet()};
    private final long[] routerUntilNs = new long[FAMILIES * PortSet.MAX_PORTS];
    private final long[] querierUntilNs = new long[FAMILIES * VLANS];
    private final boolean[] querierKnown = new boolean[FAMILIES * VLANS];

    private long sweptNs;
    private boolean turnedAway;
    private long turnedAwayNs;

    /** What {@link #forEach} shows. */
    public interface Visitor {
        void member(int vlan, long groupHigh, long groupLow, int port, boolean remote, long ageNs);
    }

    /**
     * An empty table.
     *
     * @param groupCapacity most groups, a power of two; four times as many memberships fit
     * @param seed random bits that a sender cannot know
     */
    public MulticastTable(int groupCapacity, long seed, TableUpdates updates) {
        if (Integer.bitCount(groupCapacity) != 1 || groupCapacity < 16) {
            throw new IllegalArgumentException(
                    "multicast group capacity must be a power of two from 16 on: was " + groupCapacity);
        }
        this.updates = updates;
        this.seed = seed | 1;
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(groupCapacity);
        int memberCapacity = 4 * groupCapacity;
        this.portLimit = groupCapacity / 4;
        bucket = new int[groupCapacity];
        nextGroup = new int[groupCapacity];
        vlan = new int[groupCapacity];
        high = new long[groupCapacity];
        low = new long[groupCapacity];
        firstMember = new int[groupCapacity];
        members = new PortSet[groupCapacity];
        nextMember = new int[memberCapacity];
        memberPort = new int[memberCapacity];
        deadlineNs = new long[memberCapacity];
        reportedNs = new long[memberCapacity];
        remote = new boolean[memberCapacity];
        Arrays.fill(bucket, NIL);
        Arrays.setAll(members, i -> new PortSet());
        chainFree(nextGroup);
        chainFree(nextMember);
    }

    private static void chainFree(int[] next) {
        Arrays.setAll(next, i -> i + 1 < next.length ? i + 1 : NIL);
    }

    /** The group's slot, valid until the table changes, or {@link #NO_GROUP}. */
    public int find(int vid, long groupHigh, long groupLow) {
        int group = bucket[hash(vid, groupHigh, groupLow)];
        while (group != NIL && !(vlan[group] == vid && high[group] == groupHigh && low[group] == groupLow)) {
            group = nextGroup[group];
        }
        return group;
    }

    /** The ports that listen to a group. Never change the set. */
    public PortSet members(int group) {
        return members[group];
    }

    /** The ports behind which a router of the family was heard. Never change the set. */
    public PortSet routers(int family) {
        return routers[family];
    }

    /** Whether a querier of the family was heard in the VLAN lately: only then do memberships say who listens. */
    public boolean querierHeard(int vid, int family, long nowNs) {
        int i = family * VLANS + vid;
        return querierKnown[i] && querierUntilNs[i] - nowNs > 0;
    }

    /** Whether joins were turned away for lack of room, so that the table does not say who listens. */
    public boolean saturated(long nowNs) {
        return turnedAway && nowNs - turnedAwayNs < MEMBERSHIP_NS;
    }

    /** A port of this worker reported membership. */
    public void join(int vid, long groupHigh, long groupLow, int port, long nowNs) {
        int group = findOrAdd(vid, groupHigh, groupLow, nowNs);
        if (group == NO_GROUP) {
            return;
        }
        int member = member(group, port);
        if (member != NIL) {
            reportedNs[member] = nowNs;
            deadlineNs[member] = nowNs + MEMBERSHIP_NS;
            remote[member] = false;
        } else if (addMember(group, port, nowNs, false)) {
            updates.groupJoined(vid, groupHigh, groupLow, port);
        }
    }

    /** A port of this worker left: at once. */
    public void leave(int vid, long groupHigh, long groupLow, int port) {
        int group = find(vid, groupHigh, groupLow);
        if (group != NO_GROUP && member(group, port) != NIL) {
            removeMember(group, port);
            updates.groupLeft(vid, groupHigh, groupLow, port);
        }
    }

    /** Brings the membership of one port forward to an earlier end, unless a report comes before it. */
    public void shorten(int vid, long groupHigh, long groupLow, int port, long endNs) {
        int group = find(vid, groupHigh, groupLow);
        int member = group == NO_GROUP ? NIL : member(group, port);
        if (member != NIL && deadlineNs[member] - endNs > 0) {
            deadlineNs[member] = endNs;
        }
    }

    /** As {@link #shorten}, for all of the group's ports that this worker owns: a querier asks whether anyone still listens. */
    public void shortenAll(int vid, long groupHigh, long groupLow, long endNs) {
        int group = find(vid, groupHigh, groupLow);
        if (group == NO_GROUP) {
            return;
        }
        for (int member = firstMember[group]; member != NIL; member = nextMember[member]) {
            if (!remote[member] && deadlineNs[member] - endNs > 0) {
                deadlineNs[member] = endNs;
            }
        }
    }

    /** A querier was heard in a VLAN by this worker. */
    public void hearQuerier(int vid, int family, long nowNs) {
        int i = family * VLANS + vid;
        if (!querierHeard(vid, family, nowNs) || nowNs + QUERIER_NS - querierUntilNs[i] >= ANNOUNCE_NS) {
            applyRemoteQuerier(vid, family, nowNs);
            updates.querierHeard(vid, family);
        }
    }

    /** A multicast router was heard behind a port of this worker. */
    public void hearRouter(int port, int family, long nowNs) {
        int i = family * PortSet.MAX_PORTS + port;
        if (!routers[family].contains(port) || nowNs + QUERIER_NS - routerUntilNs[i] >= ANNOUNCE_NS) {
            applyRemoteRouter(port, family, nowNs);
            updates.routerHeard(port, family);
        }
    }

    /** Takes another worker's word that a port joined. */
    public void applyRemoteJoined(int vid, long groupHigh, long groupLow, int port, long nowNs) {
        int group = findOrAdd(vid, groupHigh, groupLow, nowNs);
        if (group != NO_GROUP && member(group, port) == NIL) {
            addMember(group, port, nowNs, true);
        }
    }

    /** Takes another worker's word that a port left. */
    public void applyRemoteLeft(int vid, long groupHigh, long groupLow, int port) {
        int group = find(vid, groupHigh, groupLow);
        if (group != NO_GROUP && member(group, port) != NIL) {
            removeMember(group, port);
        }
    }

    /** Takes another worker's word that a querier was heard. */
    public void applyRemoteQuerier(int vid, int family, long nowNs) {
        querierKnown[family * VLANS + vid] = true;
        querierUntilNs[family * VLANS + vid] = nowNs + QUERIER_NS;
    }

    /** Takes another worker's word that a router was heard. */
    public void applyRemoteRouter(int port, int family, long nowNs) {
        routers[family].add(port);
        routerUntilNs[family * PortSet.MAX_PORTS + port] = nowNs + QUERIER_NS;
    }

    /** Ends what is past its time. Works at most once a second, then over the whole table; cheap to call for each batch. */
    public void expire(long nowNs) {
        if (nowNs - sweptNs < SWEEP_NS && nowNs - sweptNs >= 0) {
            return;
        }
        sweptNs = nowNs;
        for (int group = 0; group < members.length; group++) {
            if (vlan[group] != 0) {
                expireMembers(group, nowNs);
            }
        }
        expireRouters(IPV4, nowNs);
        expireRouters(IPV6, nowNs);
    }

    private void expireMembers(int group, long nowNs) {
        int vid = vlan[group];
        int next;
        for (int member = firstMember[group]; member != NIL; member = next) {
            next = nextMember[member];
            if (!remote[member] && nowNs - deadlineNs[member] >= 0) {
                int port = memberPort[member];
                removeMember(group, port);
                updates.groupLeft(vid, high[group], low[group], port);
            }
        }
    }

    private void expireRouters(int family, long nowNs) {
        PortSet set = routers[family];
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (nowNs - routerUntilNs[family * PortSet.MAX_PORTS + port] >= 0) {
                set.remove(port);
            }
        }
    }

    /** Ends all memberships of a port, as when its link goes down; reports nothing, because every worker is told. */
    public void flushPort(int port) {
        for (int group = 0; group < members.length; group++) {
            if (vlan[group] != 0 && members[group].contains(port)) {
                removeMember(group, port);
            }
        }
        routers[IPV4].remove(port);
        routers[IPV6].remove(port);
    }

    /** Shows every membership. Not for the hot path. */
    public void forEach(long nowNs, Visitor visitor) {
        for (int group = 0; group < members.length; group++) {
            if (vlan[group] == 0) {
                continue;
            }
            for (int member = firstMember[group]; member != NIL; member = nextMember[member]) {
                visitor.member(
                        vlan[group],
                        high[group],
                        low[group],
                        memberPort[member],
                        remote[member],
                        nowNs - reportedNs[member]);
            }
        }
    }

    /** Groups with at least one member. */
    public int groups() {
        return groups;
    }

    /** Memberships in all groups. */
    public int memberships() {
        return memberships;
    }

    /** Memberships of a port. */
    public int count(int port) {
        return countByPort[port];
    }

    /** The MAC address that a group's frames are sent to: RFC 1112 section 6.4, RFC 2464 section 7. */
    public static long groupMac(long groupHigh, long groupLow) {
        boolean four = groupHigh == 0 && groupLow >>> 32 == 0xFFFF;
        return four ? 0x0100_5E00_0000L | (groupLow & 0x7F_FFFF) : 0x3333_0000_0000L | (groupLow & 0xFFFF_FFFFL);
    }

    // slots

    private int hash(int vid, long groupHigh, long groupLow) {
        long mixed = (groupHigh ^ vid) * seed;
        mixed = ((mixed ^ (mixed >>> 32)) + groupLow) * (seed ^ 0x5851_F42D_4C95_7F2CL);
        return (int) (((mixed ^ (mixed >>> 29)) * seed) >>> shift);
    }

    private int findOrAdd(int vid, long groupHigh, long groupLow, long nowNs) {
        int group = find(vid, groupHigh, groupLow);
        if (group != NO_GROUP) {
            return group;
        }
        if (freeGroup == NIL) {
            turnAway(nowNs);
            return NO_GROUP;
        }
        group = freeGroup;
        freeGroup = nextGroup[group];
        int head = hash(vid, groupHigh, groupLow);
        vlan[group] = vid;
        high[group] = groupHigh;
        low[group] = groupLow;
        firstMember[group] = NIL;
        nextGroup[group] = bucket[head];
        bucket[head] = group;
        groups++;
        return group;
    }

    /** Enters a port; when it cannot, a group that was made for it goes again. */
    private boolean addMember(int group, int port, long nowNs, boolean isRemote) {
        boolean room = freeMember != NIL && countByPort[port] < portLimit;
        if (!room) {
            if (freeMember == NIL) {
                turnAway(nowNs);
            }
            removeGroupIfEmpty(group);
            return false;
        }
        int member = freeMember;
        freeMember = nextMember[member];
        memberPort[member] = port;
        reportedNs[member] = nowNs;
        deadlineNs[member] = nowNs + MEMBERSHIP_NS;
        remote[member] = isRemote;
        nextMember[member] = firstMember[group];
        firstMember[group] = member;
        members[group].add(port);
        countByPort[port]++;
        memberships++;
        return true;
    }

    private int member(int group, int port) {
        if (!members[group].contains(port)) {
            return NIL;
        }
        int member = firstMember[group];
        while (member != NIL && memberPort[member] != port) {
            member = nextMember[member];
        }
        return member;
    }

    private void removeMember(int group, int port) {
        int before = NIL;
        int member = firstMember[group];
        while (memberPort[member] != port) {
            before = member;
            member = nextMember[member];
        }
        if (before == NIL) {
            firstMember[group] = nextMember[member];
        } else {
            nextMember[before] = nextMember[member];
        }
        nextMember[member] = freeMember;
        freeMember = member;
        members[group].remove(port);
        countByPort[port]--;
        memberships--;
        removeGroupIfEmpty(group);
    }

    private void removeGroupIfEmpty(int group) {
        if (firstMember[group] != NIL) {
            return;
        }
        int head = hash(vlan[group], high[group], low[group]);
        if (bucket[head] == group) {
            bucket[head] = nextGroup[group];
        } else {
            int before = bucket[head];
            while (nextGroup[before] != group) {
                before = nextGroup[before];
            }
            nextGroup[before] = nextGroup[group];
        }
        vlan[group] = 0;
        nextGroup[group] = freeGroup;
        freeGroup = group;
        groups--;
    }

    private void turnAway(long nowNs) {
        turnedAway = true;
        turnedAwayNs = nowNs;
    }
}
