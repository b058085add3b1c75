package io.weir.datapath.worker;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Epoll;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * Which of a worker's descriptors have something to read: poll(2) for few, epoll for many.
 *
 * <p>epoll stays on a socket's wait queue also while nobody waits, so that the kernel calls it for each frame that arrives
 * and, with AF_XDP, for each that has left: a tenth of the worker's time at full load. poll is there only while the worker
 * sleeps. From some number of descriptors on, walking them costs more than that.
 *
 * <p>Threading: one worker.
 */
final class Readiness implements AutoCloseable {
    /** Descriptors up to which poll is used. */
    static final int POLL_MAX = 64;

    private static final int WAKE = -1;
    private static final int EPOLL_CAPACITY = 256;
    private static final int POLLFD_LENGTH = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    private final int wakeDescriptor;
    private final Scratch pollfds = new Scratch((POLL_MAX + 1L) * POLLFD_LENGTH);
    private int[] ready = new int[0];
    private int count;
    private boolean woken;
    private @Nullable Epoll epoll;

    /** Watches nothing but the descriptor that wakes the worker. */
    Readiness(int wakeDescriptor) {
        this.wakeDescriptor = wakeDescriptor;
        watch(new int[0]);
    }

    /** Watches these descriptors from now on, instead of those before. */
    void watch(int[] descriptors) {
        close(epoll);
        epoll = null;
        count = descriptors.length;
        ready = new int[count];
        if (count > POLL_MAX) {
            epoll = epollOf(descriptors);
            return;
        }
        pollfd(0, wakeDescriptor);
        for (int i = 0; i < count; i++) {
            pollfd(i + 1, descriptors[i]);
        }
    }

    private void pollfd(int slot, int descriptor) {
        long address = pollfds.address() + (long) slot * POLLFD_LENGTH;
        Memory.writeInt(address, descriptor);
        Memory.writeShort(address + EVENTS_OFFSET, Syscall.POLLIN);
    }

    private Epoll epollOf(int[] descriptors) {
        Epoll all = Epoll.create(EPOLL_CAPACITY);
        all.add(wakeDescriptor, Epoll.IN, WAKE);
        for (int i = 0; i < descriptors.length; i++) {
            all.add(descriptors[i], Epoll.IN, i);
        }
        return all;
    }

    /**
     * Waits until a descriptor is readable, at most that long; 0 only asks.
     *
     * @return readable descriptors, whose places {@link #ready} gives; the waking one is not among them
     */
    int wait(int timeoutMs) {
        Epoll all = epoll;
        return all == null ? poll(timeoutMs) : wait(all, timeoutMs);
    }

    private int poll(int timeoutMs) {
        int found = 0;
        woken = false;
        if (Syscall.poll(pollfds.address(), count + 1, timeoutMs) > 0) {
            woken = readable(0);
            for (int i = 0; i < count; i++) {
                if (readable(i + 1)) {
                    ready[found++] = i;
                }
            }
        }
        return found;
    }

    private boolean readable(int slot) {
        return Memory.readShort(pollfds.address() + (long) slot * POLLFD_LENGTH + REVENTS_OFFSET) != 0;
    }

    private int wait(Epoll all, int timeoutMs) {
        int events = all.wait(timeoutMs);
        int found = 0;
        woken = false;
        for (int i = 0; i < events; i++) {
            if (all.token(i) == WAKE) {
                woken = true;
            } else {
                ready[found++] = (int) all.token(i);
            }
        }
        return found;
    }

    /** Whether the last wait found the waking descriptor readable. */
    boolean woken() {
        return woken;
    }

    /** Place, in the array watched, of the i-th readable descriptor of the last wait. */
    int ready(int i) {
        return ready[i];
    }

    private static void close(@Nullable Epoll epoll) {
        if (epoll != null) {
            epoll.close();
        }
    }

    @Override
    public void close() {
        close(epoll);
        pollfds.close();
    }
}
