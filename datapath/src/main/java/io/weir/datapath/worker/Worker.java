package io.weir.datapath.worker;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.Receiver;
import io.weir.kernel.EventFd;

/**
 * One thread of the datapath: polls the ports it owns, runs their frames through its pipeline, sleeps when idle.
 *
 * <p>A duty cycle takes the published port table and policy once, serves the commands that wait, and gives each ready port one batch, so
 * that no port starves another. With few ports all are polled, as an empty read costs less than asking which are ready.
 *
 * <p>Threading: everything here runs on the worker's thread, but for {@link #execute} and {@link #call}, which any thread may
 * use, and the statistics.
 */
final class Worker implements Agent {
    private static final int DIRECT_POLL_MAX = 4;
    private static final int COMMANDS = 256;
    private static final long HOUSEKEEPING_NS = 10_000_000;

    private final int index;
    private final NanoClock clock;
    private final Supplier<PortTable> published;
    private final Supplier<@Nullable Policy> policy;
    private final Pipeline pipeline;
    private final PortBlocks blocks;
    private final CounterTable counters;
    private final PortEvents events;
    private final PacketPool pool;
    private final PacketBatch batch = new PacketBatch();
    private final ManyToOneConcurrentArrayQueue<Runnable> commands = new ManyToOneConcurrentArrayQueue<>(COMMANDS);
    private final EventFd wake = EventFd.create();
    private final Readiness readiness = new Readiness(wake.fd());

    private Source[] sources = {};
    private long housekeepingNs;
    // Written once by the worker, read by the control thread for statistics.
    private volatile long threadId;

    /** One receiver and whether it may have frames. */
    private static final class Source {
        private final int port;
        private final Receiver receiver;
        private boolean ready = true;

        Source(int port, Receiver receiver) {
            this.port = port;
            this.receiver = receiver;
        }
    }

    Worker(
            int index,
            NanoClock clock,
            Supplier<PortTable> published,
            Supplier<@Nullable Policy> policy,
            Pipeline pipeline,
            PortBlocks blocks,
            PortEvents events) {
        this.index = index;
        this.clock = clock;
        this.published = published;
        this.policy = policy;
        this.pipeline = pipeline;
        this.blocks = blocks;
        this.pool = pipeline.pool();
        this.counters = pipeline.counters();
        this.events = events;
    }

    @Override
    public String roleName() {
        return "weir-worker-" + index;
    }

    @Override
    public void onStart() {
        threadId = Thread.currentThread().threadId();
    }

    @Override
    public int doWork() {
        long nowNs = clock.nanoTime();
        // Commands first: whoever waited for one knows that the worker sees the ports published before it.
        int work = runCommands();
        pipeline.begin(published.get(), policy.get(), nowNs);
        if (sources.length > DIRECT_POLL_MAX) {
            markReady(0);
        }
        for (int i = 0; i < sources.length; i++) {
            work += receive(sources[i], nowNs);
        }
        if (nowNs - housekeepingNs >= HOUSEKEEPING_NS) {
            housekeepingNs = nowNs;
            pipeline.housekeeping(nowNs);
            for (Source source : sources) {
                source.receiver.housekeeping(nowNs);
            }
            recover(nowNs);
        }
        return work;
    }

    /** Opens the ports whose time is over, also those on which no frame says so. */
    private void recover(long nowNs) {
        for (Source source : sources) {
            if (blocks.recover(source.port, nowNs)) {
                events.report(PortEvents.Kind.PORT_RECOVERED, source.port, 0, -1);
            }
        }
    }

    private int receive(Source source, long nowNs) {
        if (!source.ready && !source.receiver.pending()) {
            return 0;
        }
        batch.reset(source.port, nowNs);
        int count = source.receiver.receive(batch, pool);
        if (count > 0) {
            try {
                pipeline.process(batch);
            } catch (RuntimeException e) {
                // A defect. What was handed to ways out leaves now: later their memory holds other frames.
                pipeline.flush();
                throw e;
            } finally {
                source.receiver.release(batch);
            }
            counters.add(CounterTable.WORKER_ROW, CounterTable.BATCHES, 1);
            return count;
        }
        source.ready = sources.length <= DIRECT_POLL_MAX;
        if (count == Receiver.GONE) {
            removeReceiver(source.receiver);
            events.report(PortEvents.Kind.PORT_DOWN, source.port, 0, -1);
        }
        return 0;
    }

    private int runCommands() {
        int done = 0;
        Runnable command = commands.poll();
        while (command != null) {
            command.run();
            done++;
            command = commands.poll();
        }
        return done;
    }

    /** Sleeps until a frame or a command comes, at most that long. */
    void sleep(int timeoutMs) {
        counters.add(CounterTable.WORKER_ROW, CounterTable.SLEEPS, 1);
        markReady(timeoutMs);
    }

    private void markReady(int timeoutMs) {
        int found = readiness.wait(timeoutMs);
        if (readiness.woken()) {
            wake.drain();
        }
        for (int i = 0; i < found; i++) {
            sources[readiness.ready(i)].ready = true;
        }
    }

    /** Runs a command on the worker; returns at once. */
    void execute(Runnable command) {
        if (!commands.offer(command)) {
            throw new WorkerStuckException(roleName() + " has " + COMMANDS + " commands waiting");
        }
        wake.signal();
    }

    /** Runs a command on the worker and hands back when it is done. A worker that is closed never completes it. */
    <T> CompletableFuture<T> call(Supplier<T> command) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(command.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Ends the worker after the commands given before; returns at once. */
    void stop() {
        execute(() -> {
            throw new AgentTerminationException();
        });
    }

    /** On the worker: starts to poll a port. */
    void addReceiver(int port, Receiver receiver) {
        Source[] more = Arrays.copyOf(sources, sources.length + 1);
        more[sources.length] = new Source(port, receiver);
        watch(more);
    }

    private void watch(Source[] wanted) {
        readiness.watch(Arrays.stream(wanted)
                .mapToInt(source -> source.receiver.pollDescriptor())
                .toArray());
        sources = wanted;
    }

    /** On the worker: polls this receiver no more; true when it was polled. */
    boolean removeReceiver(Receiver receiver) {
        for (int i = 0; i < sources.length; i++) {
            if (sources[i].receiver.equals(receiver)) {
                Source[] rest = Arrays.copyOf(sources, sources.length - 1);
                System.arraycopy(sources, i + 1, rest, i, rest.length - i);
                watch(rest);
                return true;
            }
        }
        return false;
    }

    /** On the worker: whether this receiver is polled. */
    boolean polls(Receiver receiver) {
        for (Source source : sources) {
            if (source.receiver.equals(receiver)) {
                return true;
            }
        }
        return false;
    }

    /** On the worker. */
    Pipeline pipeline() {
        return pipeline;
    }

    CounterTable counters() {
        return counters;
    }

    int index() {
        return index;
    }

    /** Id of the worker's thread, 0 before it runs. */
    long threadId() {
        return threadId;
    }

    @Override
    public void onClose() {
        runCommands();
        pipeline.close();
        readiness.close();
        wake.close();
    }
}
