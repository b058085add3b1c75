package io.weir.control.grpc;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.grpc.stub.ServerCallStreamObserver;

import io.weir.control.audit.Names;
import io.weir.control.v1.CaptureChunk;
import io.weir.datapath.capture.CaptureSession;
import io.weir.datapath.capture.CapturedFrame;
import io.weir.datapath.capture.PcapngWriter;
import io.weir.datapath.worker.Switch;

/**
 * One capture under way: takes frames out of the session and sends them as pcapng until enough were sent or the caller goes.
 *
 * <p>Threading: runs on a thread of its own, which waits when the caller does; the workers never do.
 */
final class CaptureCall implements Runnable {
    private static final int FRAMES_A_DRAIN = 256;
    private static final long IDLE_PAUSE_NS = 5_000_000;

    private final Switch bridge;
    private final CaptureSession session;
    private final ServerCallStreamObserver<CaptureChunk> observer;
    private final ChunkStream stream;
    private final String application;
    private final long limit;
    private long sent;
    private long lastTimestampNs;

    /** @param limit frames after which the capture ends, 0 for none */
    CaptureCall(
            Switch bridge,
            CaptureSession session,
            ServerCallStreamObserver<CaptureChunk> observer,
            String application,
            long limit) {
        this.bridge = bridge;
        this.session = session;
        this.observer = observer;
        this.application = application;
        this.limit = limit;
        this.stream = new ChunkStream(observer);
    }

    /** The caller has read, or is gone. */
    void wake() {
        stream.wake();
    }

    @Override
    public void run() {
        try (PcapngWriter writer =
                new PcapngWriter(stream, application, session.request().snaplenBytes())) {
            // The header goes out at once: whoever waits for it knows that frames are being captured.
            writer.flush();
            while (!enough() && !observer.isCancelled()) {
                if (session.drain(frame -> send(writer, frame), FRAMES_A_DRAIN) > 0) {
                    writer.flush();
                } else {
                    LockSupport.parkNanos(IDLE_PAUSE_NS);
                }
            }
            bridge.stop(session);
            counts(writer);
        } catch (IOException gone) {
            // The caller went away: there is nobody to tell.
        } finally {
            bridge.stop(session);
        }
        if (!observer.isCancelled()) {
            observer.onCompleted();
        }
    }

    private boolean enough() {
        return limit > 0 && sent >= limit;
    }

    private void send(PcapngWriter writer, CapturedFrame frame) throws IOException {
        if (!enough()) {
            writer.write(frame.toPcapFrame(Names.level(frame.label())));
            lastTimestampNs = Math.max(lastTimestampNs, frame.timestampNs());
            sent++;
        }
    }

    private void counts(PcapngWriter writer) throws IOException {
        for (Map.Entry<String, CaptureSession.PortCount> port : session.counts().entrySet()) {
            writer.statistics(
                    port.getKey(),
                    lastTimestampNs,
                    port.getValue().matched(),
                    port.getValue().shed());
        }
    }
}
