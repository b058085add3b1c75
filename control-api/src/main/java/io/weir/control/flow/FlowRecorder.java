package io.weir.control.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.audit.AuditSink;
import io.weir.control.audit.DenyAggregator;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.DenySource;
import io.weir.control.audit.FirewallSource;
import io.weir.control.audit.FlowView;
import io.weir.control.audit.Names;
import io.weir.control.audit.WallTime;
import io.weir.control.journal.FlowJournal;
import io.weir.control.journal.JournalSettings;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.Session;
import io.weir.datapath.policy.Action;

/**
 * Empties what the firewall counted and saw, ten times a second, and brings it to the journal, to the watchers and into the
 * map; once a second the sinks get the denies.
 *
 * <p>Threading: a thread of its own drains; questions come from any.
 */
public final class FlowRecorder implements AutoCloseable {
    /** Sessions that a picture takes into account. */
    private static final int MAP_SESSIONS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(FlowRecorder.class);
    private static final long DRAIN_NS = 100_000_000;
    private static final int DRAINS_A_DELIVERY = 10;
    private static final long MAP_AGE_NS = 500_000_000;
    private static final long CLOSE_TIMEOUT_MS = 2_000;

    private final FirewallSource source;
    private final Names names;
    private final RecordFeed feed = new RecordFeed();
    private final FlowJournal journal;
    private final FlowGraph graph = new FlowGraph();
    private final DenyAggregator denies;
    private final Thread thread;
    private long shedBefore;
    // Set once before the thread starts.
    private ViolationWatch violations = (identity, packets, nowNs) -> {};
    // Read by the recorder's thread between two drains, set once.
    private volatile boolean closing;
    // Guarded by the object's lock: one picture serves all who ask within half a second.
    private @Nullable FlowMap picture;
    private long pictureNs;

    /**
     * Opens the journal; {@link #start} begins to drain.
     *
     * @param sinks where denies go besides the journal
     */
    public FlowRecorder(FirewallSource source, Names names, JournalSettings settings, List<AuditSink> sinks) {
        this.source = source;
        this.names = names;
        journal = FlowJournal.open(settings, feed::publish);
        List<AuditSink> all = new ArrayList<>(List.of(journal, graph));
        all.addAll(sinks);
        denies = new DenyAggregator(this::drainWatched, names, all, DenyAggregator.DEFAULT_CAPACITY);
        thread = Thread.ofPlatform().name("weir-recorder").daemon(true).unstarted(this::run);
    }

    /** Who hears of enforced denials, to act on components that keep on being denied. */
    @FunctionalInterface
    public interface ViolationWatch {
        /**
         * A component's packets were denied.
         *
         * @param identity number of the component that sent them
         * @param packets how many since the last call about it
         * @param nowNs monotonic time of the last of them
         */
        void denied(int identity, long packets, long nowNs);
    }

    /** Lets somebody hear of enforced denials, at most a tenth of a second after them; called before {@link #start}. */
    public void watch(ViolationWatch watch) {
        violations = watch;
    }

    /** Begins to drain. */
    public void start() {
        thread.start();
    }

    private void run() {
        int drains = 0;
        while (!closing) {
            LockSupport.parkNanos(DRAIN_NS);
            drains++;
            try {
                drain();
                if (drains % DRAINS_A_DELIVERY == 0) {
                    int _ = denies.deliver(WallTime.now());
                }
            } catch (RuntimeException failed) {
                LOG.error("recording failed; it goes on", failed);
            }
        }
    }

    /** Takes what the firewall has. */
    void drain() {
        int _ = denies.drain();
        WallTime time = WallTime.now();
        int _ = source.drainFlows(flow -> take(flow, time));
        long shed = source.flowsShed();
        if (shed != shedBefore) {
            journal.shed(shed - shedBefore);
            shedBefore = shed;
        }
    }

    private int drainWatched(DenySource.Handler handler) {
        return source.drainDenies(denied -> {
            handler.onDenies(denied);
            if (denied.action() != Action.ALLOW) {
                violations.denied(denied.sourceIdentity(), denied.packets(), denied.lastNs());
            }
        });
    }

    private void take(FlowView flow, WallTime time) {
        if (flow.kind() == FlowView.Kind.ENDED) {
            graph.ended(flow, names);
        }
        // The first packets of denied and audited flows are in the counts, which are exact and know the reason.
        if (flow.kind() != FlowView.Kind.DENIED && flow.kind() != FlowView.Kind.AUDITED) {
            boolean _ = journal.telemetry(FlowMessages.message(flow, names, time));
        }
    }

    /** Where changes, grants and quarantines go. */
    public AuditSink audit() {
        return journal;
    }

    /** The journal. */
    public FlowJournal journal() {
        return journal;
    }

    /** New records. */
    public RecordFeed feed() {
        return feed;
    }

    /** Denies of every key since the start, those with the most packets first. */
    public List<DenyEntry> totals() {
        List<DenyEntry> entries = new ArrayList<>(denies.totals(WallTime.now()));
        entries.sort(Comparator.comparingLong(DenyEntry::packets).reversed());
        return entries;
    }

    /** Packets denied since the start. */
    public long deniedPackets() {
        return denies.packets();
    }

    /** Why records wait or are shed, one line each; empty when all is well. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>(denies.refusals());
        String problem = journal.problem();
        if (!problem.isEmpty()) {
            errors.add("journal: " + problem);
        }
        return errors;
    }

    /** Live sessions with names. */
    public List<Session> sessions(int limit) {
        return source.sessions(limit).stream()
                .map(session -> FlowMessages.message(session, names))
                .toList();
    }

    /** The firewall itself. */
    public FirewallSource source() {
        return source;
    }

    /** Who talks to whom, not older than half a second. */
    public synchronized FlowMap map() {
        WallTime now = WallTime.now();
        FlowMap present = picture;
        if (present == null || now.ns() - pictureNs > MAP_AGE_NS) {
            present = graph.snapshot(source.sessions(MAP_SESSIONS), names, now.at(), source.epoch());
            picture = present;
            pictureNs = now.ns();
        }
        return present;
    }

    /** Takes what is left, hands it to the sinks, and closes the journal. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        drain();
        int left = denies.deliver(WallTime.now());
        if (left > 0) {
            LOG.error("{} counts of denied packets could not be recorded: {}", left, errors());
        }
        journal.close();
    }
}
