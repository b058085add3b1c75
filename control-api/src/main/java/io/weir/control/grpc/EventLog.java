package io.weir.control.grpc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

import io.weir.control.v1.Event;
import io.weir.datapath.worker.SwitchEvent;

/**
 * The latest events, and the callers that watch for more. A caller that does not read is cut off rather than waited for.
 *
 * <p>Threading: any thread; guarded by its own lock. {@link #append} does not block.
 */
public final class EventLog {
    /** Events kept for callers that come later. */
    public static final int CAPACITY = 1024;

    private final Deque<Event> latest = new ArrayDeque<>();
    private final List<Watcher> watchers = new ArrayList<>();

    /** A caller and how many events wait for it in the transport. */
    private static final class Watcher {
        private final ServerCallStreamObserver<Event> observer;
        private int waiting;

        Watcher(ServerCallStreamObserver<Event> observer) {
            this.observer = observer;
        }

        /** Whether the caller still watches. */
        boolean tell(Event event) {
            if (observer.isCancelled()) {
                return false;
            }
            waiting = observer.isReady() ? 0 : waiting + 1;
            if (waiting > CAPACITY) {
                observer.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription("more than " + CAPACITY + " events wait to be read; read faster")
                        .asRuntimeException());
                return false;
            }
            observer.onNext(event);
            return true;
        }
    }

    /** Keeps the event and tells the watchers. */
    public void append(SwitchEvent event) {
        append(StatusMessages.message(event));
    }

    /** Keeps an event that concerns no port, and tells the watchers. */
    public void append(Instant time, String kind, String detail) {
        append(Event.newBuilder()
                .setTime(PolicyMessages.time(time))
                .setKind(kind)
                .setDetail(detail)
                .build());
    }

    private synchronized void append(Event message) {
        if (latest.size() == CAPACITY) {
            latest.removeFirst();
        }
        latest.addLast(message);
        watchers.removeIf(watcher -> !watcher.tell(message));
    }

    /** Sends what is kept, and goes on with new events if asked to. */
    synchronized void watch(ServerCallStreamObserver<Event> observer, boolean follow) {
        latest.forEach(observer::onNext);
        if (!follow) {
            observer.onCompleted();
            return;
        }
        Watcher watcher = new Watcher(observer);
        observer.setOnCancelHandler(() -> forget(watcher));
        watchers.add(watcher);
    }

    private synchronized void forget(Watcher watcher) {
        watchers.remove(watcher);
    }
}
