package io.weir.control.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import io.weir.control.repository.RecordText;
import io.weir.control.repository.Repository;

/**
 * Deadlines that a restart, a reboot and a step of the wall clock do not lengthen.
 *
 * <p>Within a boot only the monotonic clock counts. Over a reboot, which begins that clock anew, no more is left than was left
 * at the last heartbeat, and no more than the wall clock says: whichever is less, because access that ends early is noticed
 * and access that never ends is not.
 *
 * <p>Threading: guarded by its own lock.
 */
public final class DurableClock {
    /** Time between heartbeats: what a deadline may lengthen by when the machine dies and its wall clock is wrong. */
    public static final long HEARTBEAT_NS = 60_000_000_000L;

    /** Name of the heartbeat among the records. */
    public static final String RECORD = "clock";

    private static final long STEP_NS = 1_000_000_000L;

    private final HostClock clock;
    private final Repository repository;
    private final Optional<Heartbeat> former;
    private long comparedNs;
    private Instant comparedWall;

    private record Heartbeat(String bootId, long atNs) {}

    /** Reads the last heartbeat of the former process. */
    public DurableClock(HostClock clock, Repository repository) {
        this.clock = clock;
        this.repository = repository;
        this.former = repository.record(RECORD).map(RecordText::read).map(DurableClock::heartbeat);
        this.comparedNs = clock.nowNs();
        this.comparedWall = clock.now();
    }

    private static Heartbeat heartbeat(Map<String, String> fields) {
        return new Heartbeat(RecordText.text(fields, "bootId"), RecordText.number(fields, "atNs"));
    }

    /** Monotonic time in ns. */
    public long nowNs() {
        return clock.nowNs();
    }

    /** Wall-clock time. */
    public Instant now() {
        return clock.now();
    }

    /** The deadline that far from now. */
    public Deadline after(long durationNs) {
        long nowNs = clock.nowNs();
        return new Deadline(
                clock.bootId(), nowNs, nowNs + durationNs, clock.now().plusNanos(durationNs));
    }

    /** Whether the deadline, of this boot, is over. */
    public boolean over(Deadline deadline) {
        return clock.nowNs() - deadline.atNs() >= 0;
    }

    /** A deadline of a former process, on this boot's clock; over already when nothing is left of it. */
    public Deadline restore(Deadline stored) {
        if (stored.bootId().equals(clock.bootId())) {
            return stored;
        }
        long leftNs = leftNs(stored);
        return new Deadline(clock.bootId(), clock.nowNs(), clock.nowNs() + leftNs, stored.wall());
    }

    private long leftNs(Deadline stored) {
        long seenNs = former.filter(beat -> beat.bootId().equals(stored.bootId()))
                .map(beat -> Math.max(beat.atNs(), stored.beganNs()))
                .orElse(stored.beganNs());
        long wallNs = saturated(Duration.between(clock.now(), stored.wall()));
        return Math.max(0, Math.min(stored.atNs() - seenNs, wallNs));
    }

    /** Two instants can be further apart than a long holds. */
    private static long saturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Records that this moment was reached; to be called every {@link #HEARTBEAT_NS} while a deadline matters. */
    public void heartbeat() {
        repository.put(RECORD, RecordText.of(Map.of("bootId", clock.bootId(), "atNs", Long.toString(clock.nowNs()))));
    }

    /** Whether the wall clock stepped by a second and more against the monotonic one since the last call. */
    public synchronized boolean stepped() {
        long nowNs = clock.nowNs();
        Instant wall = clock.now();
        long driftNs = saturated(Duration.between(comparedWall.plusNanos(nowNs - comparedNs), wall));
        if (driftNs > -STEP_NS && driftNs < STEP_NS) {
            return false;
        }
        comparedNs = nowNs;
        comparedWall = wall;
        return true;
    }
}
