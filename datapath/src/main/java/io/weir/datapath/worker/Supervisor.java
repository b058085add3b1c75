package io.weir.datapath.worker;

import io.weir.kernel.Epoll;
import io.weir.kernel.EventFd;

/**
 * Watches over the ports beside the packet path: hands the workers' events to the listeners, follows the kernel's interfaces
 * as they come, go, and change, and reopens the ports whose device came back.
 *
 * <p>Threading: one daemon thread of its own; it calls into the {@link Switch}, which takes its lock.
 */
final class Supervisor implements AutoCloseable {
    // How late a device that comes back unannounced (in a namespace made anew) is noticed.
    private static final int TICK_MS = 250;
    private static final long WAKE_TOKEN = -1;

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

    void start() {
        thread.start();
    }

    private void run() {
        while (running) {
            if (epoll.wait(TICK_MS) > 0) {
                wake.drain();
            }
            if (running) {
                owner.supervise();
            }
        }
    }

    /** Ends the thread and waits for it; not to be called while the switch's lock is held. */
    @Override
    public void close() {
        running = false;
        wake.signal();
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
