package io.weir.datapath.worker;

import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.kernel.Epoll;
import io.weir.kernel.EventFd;
import io.weir.kernel.netlink.LinkMonitor;

/**
 * Watches over the ports beside the packet path: hands the workers' events to the listeners, follows the kernel's interfaces
 * as they come, go, and change, and reopens the ports whose device came back.
 *
 * <p>Threading: one daemon thread of its own; it calls into the {@link Switch}, which takes its lock.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long PAUSE_AFTER_FAILURE_NS = 1_000_000_000L;
    private static final long WAKE_TOKEN = -1;
    private static final long LINK_TOKEN = -2;

    private final Switch owner;
    private final EventFd wake = EventFd.create();
    private final Epoll epoll = Epoll.create(8);
    private final Thread thread = new Thread(this::run, "weir-supervisor");
    private volatile boolean running = true;

    Supervisor(Switch owner) {
        this.owner = owner;
        epoll.add(wake.fd(), Epoll.IN, WAKE_TOKEN);
        thread.setDaemon(true);
    }

    /** Signalled by a worker that has reported an event. */
    EventFd wake() {
        return wake;
    }

    /** Wakes up too when the link monitor has news; closing it ends that. */
    void watch(LinkMonitor monitor) {
        epoll.add(monitor.fd(), Epoll.IN, LINK_TOKEN);
    }

    void start() {
        thread.start();
    }

    private void run() {
        int timeoutMs = 0;
        while (running) {
            epoll.wait(timeoutMs);
            wake.drain();
            if (running) {
                timeoutMs = supervise();
            }
        }
    }

    /** A failure is a defect or a kernel short of memory; the ports must not stay without supervision for it. */
    private int supervise() {
        try {
            return owner.supervise();
        } catch (RuntimeException e) {
            LOG.error("supervision failed and goes on; please report this", e);
            LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NS);
            return 0;
        }
    }

    /** Ends the thread and waits for it; not to be called while the switch's lock is held. */
    @Override
    public void close() {
        running = false;
        wake.signal();
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        epoll.close();
        wake.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
