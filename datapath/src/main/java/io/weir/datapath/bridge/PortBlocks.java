package io.weir.datapath.bridge;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

import io.weir.datapath.packet.PortSet;

/**
 * Which ports are shut, and until when. A shut port neither takes nor gets frames.
 *
 * <p>Times are of the monotonic clock, whose origin is arbitrary, so they are compared by difference.
 *
 * <p>Threading: a port's slot is written by the worker that owns the port (an operator's {@link #clear} reaches it as a
 * command) and read by any thread. The count of shut ports only saves readers a scan; a reader that sees it late acts as if
 * it had looked a moment earlier.
 */
public final class PortBlocks {
    /** {@link #block}: until an operator clears it. */
    public static final long FOR_EVER = Long.MAX_VALUE;

    private static final long OPEN = 0;

    private final AtomicLongArray until = new AtomicLongArray(PortSet.MAX_PORTS);
    private final AtomicInteger shut = new AtomicInteger();

    /** Shuts a port until that time, or prolongs the time. */
    public void block(int port, long untilNs) {
        if (until.getOpaque(port) == OPEN) {
            shut.getAndIncrement();
        }
        until.setOpaque(port, untilNs == OPEN ? 1 : untilNs);
    }

    /** Opens a port; returns whether it was shut. */
    public boolean clear(int port) {
        if (until.getOpaque(port) == OPEN) {
            return false;
        }
        until.setOpaque(port, OPEN);
        shut.getAndDecrement();
        return true;
    }

    /** Opens the port if its time is over; returns whether this call opened it. */
    public boolean recover(int port, long nowNs) {
        long end = until.getOpaque(port);
        return end != OPEN && over(end, nowNs) && clear(port);
    }

    /** Whether the port is shut at that time. */
    public boolean blocked(int port, long nowNs) {
        long end = until.getOpaque(port);
        return end != OPEN && !over(end, nowNs);
    }

    /** Takes all ports out of the set that are shut at that time. Costs one read while no port is shut. */
    public void removeFrom(PortSet set, long nowNs) {
        if (shut.getOpaque() == 0) {
            return;
        }
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (blocked(port, nowNs)) {
                set.remove(port);
            }
        }
    }

    /** When the port opens, on the monotonic clock in ns; {@link #FOR_EVER}, or 0 when it is not shut. */
    public long untilNs(int port) {
        return until.getOpaque(port);
    }

    /** The time at which a port shut now opens again: {@code recoveryNs} 0 means an operator has to. */
    static long end(long nowNs, long recoveryNs) {
        return recoveryNs == 0 ? FOR_EVER : nowNs + recoveryNs;
    }

    private static boolean over(long end, long nowNs) {
        return end != FOR_EVER && nowNs - end >= 0;
    }
}
