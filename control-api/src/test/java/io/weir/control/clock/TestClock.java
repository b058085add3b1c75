package io.weir.control.clock;

import java.time.Duration;
import java.time.Instant;

/** A machine whose time passes when told, whose wall clock can be stepped, and which can boot anew. */
public final class TestClock implements HostClock {
    private long nowNs = 5_000_000_000L;
    private Instant wall = Instant.parse("2026-11-02T12:00:00Z");
    private int boots = 1;

    /** Time passes on both clocks. */
    public TestClock pass(Duration time) {
        nowNs += time.toNanos();
        wall = wall.plus(time);
        return this;
    }

    /** Somebody sets the wall clock. */
    public TestClock step(Duration by) {
        wall = wall.plus(by);
        return this;
    }

    /** The machine is off for that long; its wall clock goes on. */
    public TestClock reboot(Duration off) {
        boots++;
        nowNs = 1_000_000_000L;
        wall = wall.plus(off);
        return this;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Instant now() {
        return wall;
    }

    @Override
    public String bootId() {
        return "boot-" + boots;
    }
}
