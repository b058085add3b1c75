package io.weir.datapath.capture;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.weir.datapath.port.PortTable;

/**
 * The capture sessions under way, and their rings in the hands of the workers.
 *
 * <p>Threading: {@link #start}, {@link #stop} and {@link #portsChanged} belong to the control thread; {@link #sessions} may
 * be asked for by any.
 */
public final class ActiveCaptures {
    /** Most sessions at once: each costs the workers a copy of what it matches. */
    public static final int MAX_SESSIONS = 16;

    private final List<WorkerCapture> workers;
    private final List<CaptureSession> sessions = new CopyOnWriteArrayList<>();
    private PortTable ports = PortTable.EMPTY;

    /** For the given workers, in the order of their index. */
    public ActiveCaptures(List<WorkerCapture> workers) {
        this.workers = List.copyOf(workers);
    }

    /** Ports came, went or were renumbered. */
    public void portsChanged(PortTable table) {
        ports = table;
        for (CaptureSession session : sessions) {
            session.portsChanged(table);
        }
    }

    /**
     * Starts a session; its frames are to be drained from now on.
     *
     * @param wallClockOffsetNs to add to a batch's time for ns since 1970
     * @throws IllegalArgumentException when the request names a port that does not exist
     * @throws IllegalStateException when {@link #MAX_SESSIONS} are under way
     */
    public CaptureSession start(CaptureRequest request, long wallClockOffsetNs) {
        if (sessions.size() == MAX_SESSIONS) {
            throw new IllegalStateException(
                    "at most " + MAX_SESSIONS + " captures run at once, and as many do; end one of them first");
        }
        CaptureSession session = new CaptureSession(request, ports, workers.size(), wallClockOffsetNs);
        sessions.add(session);
        publish();
        return session;
    }

    /** Stops a session, or does nothing when it is stopped. A worker may still be at the batch under way; drain after that. */
    public void stop(CaptureSession session) {
        if (sessions.remove(session)) {
            publish();
        }
    }

    /** The sessions under way, oldest first. */
    public List<CaptureSession> sessions() {
        return List.copyOf(sessions);
    }

    private void publish() {
        for (int i = 0; i < workers.size(); i++) {
            int worker = i;
            workers.get(i)
                    .sessions(sessions.stream()
                            .map(session -> session.ring(worker))
                            .toArray(CaptureRing[]::new));
        }
    }
}
