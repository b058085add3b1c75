package io.weir.kernel;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EpollTest {
    private static final int NOT_AT_ALL = 0;
    private static final int LONG_ENOUGH_MS = 10_000;

    private final Epoll epoll = Epoll.create(8);
    private final EventFd first = EventFd.create();
    private final EventFd second = EventFd.create();

    @AfterEach
    void close() {
        epoll.close();
        first.close();
        second.close();
    }

    @Test
    void shouldNameReadyDescriptorsByToken() {
        epoll.add(first.fd(), Epoll.IN, 0x1111_2222_3333_4444L);
        epoll.add(second.fd(), Epoll.IN, -2L);

        second.signal();
        int one = epoll.wait(LONG_ENOUGH_MS);
        long tokenOfOne = epoll.token(0);
        first.signal();
        int both = epoll.wait(LONG_ENOUGH_MS);

        assertEquals(1, one);
        assertEquals(-2L, tokenOfOne);
        assertEquals(2, both);
        assertEquals(0x1111_2222_3333_4444L - 2L, epoll.token(0) + epoll.token(1));
        assertEquals(Epoll.IN, epoll.events(0));
    }

    @Test
    void shouldCountSignalsAndBeQuietWhenDrained() {
        epoll.add(first.fd(), Epoll.IN, 1L);
        first.signal();
        first.signal();

        long signals = first.drain();

        assertEquals(2, signals);
        assertEquals(0, first.drain());
        assertEquals(0, epoll.wait(NOT_AT_ALL));
    }

    @Test
    void shouldWakeWhenAnotherThreadSignals() throws InterruptedException {
        epoll.add(first.fd(), Epoll.IN, 7L);
        Thread signaller = Thread.ofPlatform().start(first::signal);

        int ready = epoll.wait(LONG_ENOUGH_MS);
        signaller.join();

        assertEquals(1, ready);
        assertEquals(7L, epoll.token(0));
    }

    @Test
    void shouldReportNothingWhenRemovedOrModifiedAway() {
        first.signal();
        second.signal();
        epoll.add(first.fd(), Epoll.IN, 1L);
        epoll.add(second.fd(), Epoll.IN, 2L);

        assertEquals(0, epoll.remove(first.fd()));
        assertEquals(0, epoll.modify(second.fd(), 0, 2L));

        assertEquals(0, epoll.wait(NOT_AT_ALL));
        assertEquals(-Errno.ENOENT, epoll.remove(first.fd()));
        assertEquals(-Errno.EEXIST, epoll.add(second.fd(), Epoll.IN, 2L));
    }

    @Test
    void shouldAllocateNothingWhenSignalledWaitedAndDrained() {
        epoll.add(first.fd(), Epoll.IN, 1L);

        long allocated = Allocation.bytes(100_000, () -> {
            first.signal();
            epoll.wait(NOT_AT_ALL);
            first.drain();
        });

        assertEquals(0, allocated, "bytes allocated");
    }

    @Test
    void shouldNotWriteToAReusedDescriptorWhenSignalledAfterClose() {
        EventFd closed = EventFd.create();
        closed.close();

        assertEquals(-1, closed.fd());
        assertEquals(-Errno.EBADF, closed.signal());
    }
}
