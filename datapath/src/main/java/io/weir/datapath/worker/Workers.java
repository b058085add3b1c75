package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;
import io.weir.kernel.EventFd;

/**
 * All workers of a switch, and the commands that concern each of them.
 *
 * <p>Threading: the control thread, guarded by the {@link Switch}.
 */
final class Workers implements AutoCloseable {
    private static final long COMMAND_TIMEOUT_S = 5;

    private final List<Worker> workers = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<EventRing> events = new ArrayList<>();
    private final PortBlocks blocks = new PortBlocks();
    // What each port receives by, indexed by port number; the owner's worker polls it.
    private final @Nullable Receiver[] receivers = new Receiver[PortSet.MAX_PORTS];
    private boolean running;

    Workers(
            SwitchSettings settings,
            NanoClock clock,
            Supplier<PortTable> published,
            Supplier<@Nullable Policy> policy,
            EventFd wake) {
        for (int i = 0; i < settings.workers(); i++) {
            EventRing ring = new EventRing(wake);
            Pipeline pipeline = new Pipeline(i, settings, blocks, ring, clock.nanoTime());
            Worker worker = new Worker(i, clock, published, policy, pipeline, blocks, ring);
            events.add(ring);
            workers.add(worker);
            runners.add(new AgentRunner(
                    new WorkerIdle(settings.idle(), worker), new WorkerFailures(worker.roleName()), null, worker));
        }
        List<TableExchange> exchanges =
                workers.stream().map(worker -> worker.pipeline().exchange()).toList();
        exchanges.forEach(exchange -> exchange.connect(exchanges));
    }

    void start() {
        running = true;
        for (AgentRunner runner : runners) {
            AgentRunner.startOnThread(runner, WorkerFailures::thread);
        }
    }

    /** The worker with the fewest ports among those given. */
    int leastLoaded(List<SwitchPort> ports) {
        int[] load = new int[workers.size()];
        int best = 0;
        for (SwitchPort port : ports) {
            load[port.worker()]++;
        }
        for (int i = 1; i < load.length; i++) {
            best = load[i] < load[best] ? i : best;
        }
        return best;
    }

    /** Gives every worker a way out by the device, and its owner the way in. */
    void attach(SwitchPort port, PortDevice device) {
        Receiver receiver = device.receiver();
        // Made here, as opening a socket would hold up the frames of the worker's other ports, and may fail.
        List<Transmitter> waysOut = workers.stream()
                .map(worker -> device.transmitter(worker.counters(), worker.index() == port.worker()))
                .toList();
        receivers[port.number()] = receiver;
        try {
            onEach(worker -> worker.pipeline().attach(port.number(), waysOut.get(worker.index())));
            on(port.worker(), worker -> {
                worker.addReceiver(port.number(), receiver);
                return true;
            });
        } catch (WorkerStuckException e) {
            throw e;
        } catch (RuntimeException e) {
            detach(port);
            throw e;
        }
    }

    /** Takes the device from every worker; after the return no worker uses it. */
    void detach(SwitchPort port) {
        Receiver receiver = receivers[port.number()];
        receivers[port.number()] = null;
        if (receiver != null) {
            on(port.worker(), worker -> worker.removeReceiver(receiver));
        }
        onEach(worker -> worker.pipeline().detach(port.number()));
    }

    /** Whether the port's worker polls its device. */
    boolean polls(SwitchPort port) {
        Receiver receiver = receivers[port.number()];
        return receiver != null && on(port.worker(), worker -> worker.polls(receiver));
    }

    /** Frames that the kernel dropped at the port's device before Weir could read them. */
    long kernelDrops(int port) {
        Receiver receiver = receivers[port];
        return receiver == null ? 0 : receiver.kernelDrops();
    }

    /** Runs the command on each worker, and waits until all have done it. */
    void onEach(Consumer<Worker> command) {
        List<CompletableFuture<Boolean>> pending = new ArrayList<>();
        for (Worker worker : workers) {
            pending.add(submit(worker, target -> {
                command.accept(target);
                return true;
            }));
        }
        pending.forEach(Workers::await);
    }

    /** Runs the command on one worker, and waits for its result. */
    <T> T on(int index, Function<Worker, T> command) {
        return await(submit(workers.get(index), command));
    }

    private <T> CompletableFuture<T> submit(Worker worker, Function<Worker, T> command) {
        if (!running) {
            return CompletableFuture.completedFuture(command.apply(worker));
        }
        return worker.call(() -> command.apply(worker));
    }

    private static <T> T await(CompletableFuture<T> result) {
        try {
            return result.get(COMMAND_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new WorkerStuckException("a worker did not answer within " + COMMAND_TIMEOUT_S + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a worker was at work", e);
        }
    }

    List<Worker> all() {
        return workers;
    }

    PortBlocks blocks() {
        return blocks;
    }

    /** Hands over all events that workers reported. */
    void drainEvents(EventRing.Handler handler) {
        for (EventRing ring : events) {
            ring.drain(handler);
        }
    }

    /** Stops the workers, and frees their memory. */
    @Override
    public void close() {
        if (running) {
            workers.forEach(Worker::stop);
            runners.forEach(AgentRunner::close);
        } else {
            workers.forEach(Worker::onClose);
        }
        running = false;
    }
}
