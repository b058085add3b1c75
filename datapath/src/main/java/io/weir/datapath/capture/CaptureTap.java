package io.weir.datapath.capture;

/**
 * Shows frames on their way out to the active capture sessions. The frame's virtio-net header stands in front of it, as
 * everywhere in packet memory.
 *
 * <p>Threading: belongs to one worker.
 */
public final class CaptureTap {
    private static final int VLAN_UNKNOWN = 0;

    private final WorkerCapture capture;

    CaptureTap(WorkerCapture capture) {
        this.capture = capture;
    }

    /** A frame is handed to a port to send, in the form in which it leaves. */
    public void transmitted(int port, long address, int length, long nowNs) {
        offer(port, FrameFate.TX_FORWARDED, address, length, nowNs);
    }

    /** A frame that was to leave by a port is dropped there, for one of the reasons of the stage "egress". */
    public void dropped(int port, long address, int length, long nowNs, int reasonCode) {
        offer(port, FrameFate.txDropped(reasonCode), address, length, nowNs);
    }

    private void offer(int port, int fate, long address, int length, long nowNs) {
        for (CaptureRing ring : capture.active()) {
            ring.offer(port, fate, VLAN_UNKNOWN, address, length, nowNs);
        }
    }
}
