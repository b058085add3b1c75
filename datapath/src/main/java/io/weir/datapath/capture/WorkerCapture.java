package io.weir.datapath.capture;

import java.util.concurrent.atomic.AtomicReference;

/**
 * One worker's side of capturing: the rings of the active sessions, the stage that feeds them with what arrives, and the tap
 * that feeds them with what leaves.
 *
 * <p>Threading: {@link #sessions} is called by the control thread and publishes by one release store; stage and tap belong to
 * the worker and take the published array once a batch, or once a frame on the way out. With no session on, that load is all.
 */
public final class WorkerCapture {
    private static final CaptureRing[] NONE = {};
    private final AtomicReference<CaptureRing[]> sessions = new AtomicReference<>(NONE);

    private final CaptureStage stage = new CaptureStage(this);
    private final CaptureTap tap = new CaptureTap(this);

    /** Makes these rings the active ones; the array is the worker's from now on, never changed again. */
    public void sessions(CaptureRing[] active) {
        sessions.setRelease(active);
    }

    /** The stage to put behind all that decide, and before the frames leave. */
    public CaptureStage stage() {
        return stage;
    }

    /** What to tell of frames that leave. */
    public CaptureTap tap() {
        return tap;
    }

    CaptureRing[] active() {
        return sessions.getAcquire();
    }
}
