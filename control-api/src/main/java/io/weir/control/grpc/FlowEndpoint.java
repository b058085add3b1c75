package io.weir.control.grpc;

import java.util.concurrent.Semaphore;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.FirewallSource;
import io.weir.control.flow.FlowRecorder;
import io.weir.control.journal.JournalMessages;
import io.weir.control.v1.DeniesRequest;
import io.weir.control.v1.DeniesResponse;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowServiceGrpc;
import io.weir.control.v1.FlowsRequest;
import io.weir.control.v1.FlushSessionsRequest;
import io.weir.control.v1.FlushSessionsResponse;
import io.weir.control.v1.MapRequest;
import io.weir.control.v1.Session;
import io.weir.control.v1.SessionsRequest;

/**
 * {@code weir.v1.FlowService} over a recorder.
 *
 * <p>Threading: called by gRPC's threads; each stream runs on a thread of its own, and there are only so many.
 */
public final class FlowEndpoint extends FlowServiceGrpc.FlowServiceImplBase {
    /** Streams at once; each costs a thread and a queue. */
    static final int MAX_STREAMS = 64;

    private static final int DEFAULT_SESSIONS = 10_000;
    private static final int MAX_SESSIONS = 1 << 20;
    private static final long NS_PER_MS = 1_000_000;
    private static final long MIN_INTERVAL_MS = 100;
    private static final long DEFAULT_INTERVAL_MS = 1_000;

    private final FlowRecorder recorder;
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    public FlowEndpoint(FlowRecorder recorder) {
        this.recorder = recorder;
    }

    /** One stream, on a thread of its own. */
    private interface Stream {
        void run() throws InterruptedException;
    }

    @Override
    public void flows(FlowsRequest request, StreamObserver<FlowRecord> observer) {
        FlowsCall call = new FlowsCall(recorder, request, (ServerCallStreamObserver<FlowRecord>) observer);
        stream("weir-flows", observer, call::run);
    }

    @Override
    public void map(MapRequest request, StreamObserver<FlowMap> observer) {
        long intervalMs = request.getIntervalNs() == 0
                ? DEFAULT_INTERVAL_MS
                : Math.max(MIN_INTERVAL_MS, Long.divideUnsigned(request.getIntervalNs(), NS_PER_MS));
        ServerCallStreamObserver<FlowMap> caller = (ServerCallStreamObserver<FlowMap>) observer;
        ReaderPace pace = new ReaderPace(caller);
        stream("weir-map", observer, () -> {
            while (pace.await()) {
                caller.onNext(recorder.map());
                if (!request.getFollow()) {
                    break;
                }
                pace.pause(intervalMs);
            }
            complete(caller);
        });
    }

    @Override
    public void denies(DeniesRequest request, StreamObserver<DeniesResponse> observer) {
        Answers.unary(observer, () -> {
            DeniesResponse.Builder response = DeniesResponse.newBuilder()
                    .setPackets(recorder.deniedPackets())
                    .addAllErrors(recorder.errors());
            for (DenyEntry entry : recorder.totals()) {
                boolean room = request.getLimit() == 0 || response.getDeniesCount() < request.getLimit();
                if (room
                        && FlowFilter.names(request.getComponentsList(), entry.source(), entry.destination())
                        && FlowFilter.names(request.getPortsList(), entry.ingressPort())) {
                    response.addDenies(JournalMessages.denies(entry));
                }
            }
            return response.build();
        });
    }

    @Override
    public void sessions(SessionsRequest request, StreamObserver<Session> observer) {
        int limit = request.getLimit() == 0 ? DEFAULT_SESSIONS : request.getLimit();
        if (limit < 0 || limit > MAX_SESSIONS) {
            observer.onError(Answers.status(new IllegalArgumentException("limit must be at most " + MAX_SESSIONS
                    + ": was " + Integer.toUnsignedString(limit) + "; ask for fewer")));
            return;
        }
        ServerCallStreamObserver<Session> caller = (ServerCallStreamObserver<Session>) observer;
        ReaderPace pace = new ReaderPace(caller);
        stream("weir-sessions", observer, () -> {
            boolean filtered = request.getComponentsCount() + request.getPortsCount() > 0;
            int sent = 0;
            for (Session session : recorder.sessions(filtered ? MAX_SESSIONS : limit)) {
                if (sent == limit || !pace.await()) {
                    break;
                }
                if (FlowFilter.selects(request.getComponentsList(), request.getPortsList(), session)) {
                    caller.onNext(session);
                    sent++;
                }
            }
            complete(caller);
        });
    }

    @Override
    public void flushSessions(FlushSessionsRequest request, StreamObserver<FlushSessionsResponse> observer) {
        Answers.unary(observer, () -> {
            FirewallSource source = recorder.source();
            String port = request.getPort();
            long before = source.sessionCount();
            // Recorded first: what cannot be recorded is not done.
            new ChangeLog(recorder.audit(), source)
                    .record(ChangeEntry.Kind.SESSIONS_FLUSHED, port, port.isEmpty() ? "all ports" : "port " + port);
            source.flushSessions(port.isEmpty() ? null : port);
            return FlushSessionsResponse.newBuilder().setFlushed(before).build();
        });
    }

    private static void complete(ServerCallStreamObserver<?> caller) {
        if (!caller.isCancelled()) {
            caller.onCompleted();
        }
    }

    private void stream(String name, StreamObserver<?> observer, Stream stream) {
        if (!streams.tryAcquire()) {
            observer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription(MAX_STREAMS + " streams of flows are open; end one of them")
                    .asRuntimeException());
            return;
        }
        Thread _ = Thread.ofPlatform().name(name).daemon(true).start(() -> {
            try {
                stream.run();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                observer.onError(Answers.status(failed));
            } finally {
                streams.release();
            }
        });
    }
}
