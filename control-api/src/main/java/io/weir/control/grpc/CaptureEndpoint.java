package io.weir.control.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import io.weir.control.v1.CaptureChunk;
import io.weir.control.v1.CaptureRequest;
import io.weir.control.v1.CaptureServiceGrpc;
import io.weir.control.v1.ReplayChunk;
import io.weir.control.v1.ReplayResponse;
import io.weir.datapath.capture.CaptureSession;
import io.weir.datapath.worker.Switch;

/**
 * {@code weir.v1.CaptureService} over a switch.
 *
 * <p>Threading: called by gRPC's threads; each capture runs on a virtual thread of its own.
 */
public final class CaptureEndpoint extends CaptureServiceGrpc.CaptureServiceImplBase {
    private final Switch bridge;
    private final DataDirectory data;
    private final String version;

    /**
     * @param data where files on their way to a port are kept
     * @param version version of this build, for the files' headers
     */
    public CaptureEndpoint(Switch bridge, DataDirectory data, String version) {
        this.bridge = bridge;
        this.data = data;
        this.version = version;
    }

    @Override
    public void capture(CaptureRequest request, StreamObserver<CaptureChunk> observer) {
        CaptureSession session;
        try {
            session = bridge.capture(CaptureMessages.request(request));
        } catch (RuntimeException refused) {
            observer.onError(Answers.status(refused));
            return;
        }
        ServerCallStreamObserver<CaptureChunk> caller = (ServerCallStreamObserver<CaptureChunk>) observer;
        CaptureCall call = new CaptureCall(bridge, session, caller, "weir " + version, request.getCount());
        caller.setOnReadyHandler(call::wake);
        caller.setOnCancelHandler(call::wake);
        Thread _ = Thread.ofVirtual().name("weir-capture").start(call);
    }

    @Override
    public StreamObserver<ReplayChunk> replay(StreamObserver<ReplayResponse> observer) {
        return new ReplayUpload(bridge, data, observer);
    }
}
