package io.weir.datapath.port;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the switch as a whole. Immutable.
 *
 * @param workers worker threads, 1 to 64
 * @param idle what a worker does when no frame is there
 * @param stateDir folder of the tables that outlive the process, null to keep them in memory only
 * @param macTableCapacity most MAC addresses in all, a power of two from 64 to 1,048,576
 * @param ageingNs time without a frame after which a learned MAC address is forgotten, in ns; 0 never
 * @param snooping whether IGMP and MLD are snooped
 * @param forwardLinkLocal bit n lets frames to 01:80:c2:00:00:0n pass (as {@code group_fwd_mask}); bits 0 (spanning tree),
 * 1 (pause) and 2 (LACP) cannot be set
 * @param recoveryNs how long a port stays shut after BPDU guard or a detected loop, in ns; 0 until an operator enables it
 * @param macMovesPerSecond moves of one MAC address between ports from which on a loop is assumed
 * @param staticMacs entries that are neither learned nor aged
 * @param sessions most sessions under policy at a time, a power of two from 1,024 to 16,777,216
 * @param wireLabels how security labels are written in IP options
 */
public record SwitchSettings(
        int workers,
        Idle idle,
        @Nullable Path stateDir,
        int macTableCapacity,
        long ageingNs,
        boolean snooping,
        int forwardLinkLocal,
        long recoveryNs,
        int macMovesPerSecond,
        List<StaticMac> staticMacs,
        int sessions,
        WireLabelSettings wireLabels) {

    /** Sessions when the operator does not say how many. */
    public static final int DEFAULT_SESSIONS = 1 << 18;

    /** What a worker does when no frame is there. */
    public enum Idle {
        /** Sleeps in the kernel until a frame or a command comes. */
        BLOCK,
        /** Polls for a while, then sleeps. */
        BACKOFF,
        /** Polls for ever: lowest latency, one core. */
        SPIN
    }

    /**
     * A MAC address bound to a port by the operator.
     *
     * @param mac address in the low 48 bits
     * @param vlan VLAN, 1 to 4094
     * @param port port name
     */
    public record StaticMac(long mac, int vlan, String port) {}

    public static final int MAX_WORKERS = 64;

    /** As the canonical constructor, with {@link WireLabelSettings#DEFAULT}. */
    public SwitchSettings(
            int workers,
            Idle idle,
            @Nullable Path stateDir,
            int macTableCapacity,
            long ageingNs,
            boolean snooping,
            int forwardLinkLocal,
            long recoveryNs,
            int macMovesPerSecond,
            List<StaticMac> staticMacs,
            int sessions) {
        this(
                workers,
                idle,
                stateDir,
                macTableCapacity,
                ageingNs,
                snooping,
                forwardLinkLocal,
                recoveryNs,
                macMovesPerSecond,
                staticMacs,
                sessions,
                WireLabelSettings.DEFAULT);
    }

    /** As that, with {@link #DEFAULT_SESSIONS}. */
    public SwitchSettings(
            int workers,
            Idle idle,
            @Nullable Path stateDir,
            int macTableCapacity,
            long ageingNs,
            boolean snooping,
            int forwardLinkLocal,
            long recoveryNs,
            int macMovesPerSecond,
            List<StaticMac> staticMacs) {
        this(
                workers,
                idle,
                stateDir,
                macTableCapacity,
                ageingNs,
                snooping,
                forwardLinkLocal,
                recoveryNs,
                macMovesPerSecond,
                staticMacs,
                DEFAULT_SESSIONS);
    }

    public SwitchSettings {
        staticMacs = List.copyOf(staticMacs);
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("workers must be 1 to 64: was " + workers);
        }
        if (Integer.bitCount(macTableCapacity) != 1 || macTableCapacity < 64 || macTableCapacity > 1 << 20) {
            throw new IllegalArgumentException(
                    "mac table capacity must be a power of two from 64 to 1048576: was " + macTableCapacity);
        }
        if (Integer.bitCount(sessions) != 1 || sessions < 1024 || sessions > 1 << 24) {
            throw new IllegalArgumentException(
                    "sessions must be a power of two from 1024 to 16777216: was " + sessions);
        }
        if ((forwardLinkLocal & 0x7) != 0 || forwardLinkLocal >>> 16 != 0) {
            throw new IllegalArgumentException("forwarded link-local addresses must be among bits 3 to 15: were 0x"
                    + Integer.toHexString(forwardLinkLocal));
        }
    }

    /** The same with room for so many sessions. */
    public SwitchSettings withSessions(int most) {
        return new SwitchSettings(
                workers,
                idle,
                stateDir,
                macTableCapacity,
                ageingNs,
                snooping,
                forwardLinkLocal,
                recoveryNs,
                macMovesPerSecond,
                staticMacs,
                most,
                wireLabels);
    }

    /** The same with labels written like that. */
    public SwitchSettings withWireLabels(WireLabelSettings labels) {
        return new SwitchSettings(
                workers,
                idle,
                stateDir,
                macTableCapacity,
                ageingNs,
                snooping,
                forwardLinkLocal,
                recoveryNs,
                macMovesPerSecond,
                staticMacs,
                sessions,
                labels);
    }

    /** One worker that sleeps when idle, 16,384 addresses, five minutes of ageing. */
    public static final SwitchSettings DEFAULT =
            new SwitchSettings(1, Idle.BLOCK, null, 16_384, 300_000_000_000L, true, 0, 300_000_000_000L, 8, List.of());
}
