package io.weir.datapath.capture;

/**
 * Shows frames on their way out to the active capture sessions. The frame's virtio-net header stands in front of it, as
 * everywhere in packet memory.
 *
 * <p>Threading: belongs to one worker.
 */
public final class CaptureTap {
    private static final int VLAN_UNKNOWN = 0;
    private static final int NO_LABEL = 0;

    private final WorkerCapture capture;

    CaptureTap(WorkerCapture capture) {
        this.capture = capture;
    }

    /**
     * A frame is handed to a port to send, in the form in which it leaves.
     *
     * @param label number of its security level, 0 for none
     */
    public void transmitted(int port, long address, int length, int label, long nowNs) {
        offer(port, FrameFate.TX_FORWARDED, label, address, length, nowNs);
    }

    /** A frame that was to leave by a port is dropped there, for one of the reasons of the stage "egress". */
    public void dropped(int port, long address, int length, long nowNs, int reasonCode) {
        offer(port, FrameFate.txDropped(reasonCode), NO_LABEL, address, length, nowNs);
    }

    private void offer(int port, int fate, int label, long address, int length, long nowNs) {
        for (CaptureRing ring : capture.active()) {
            ring.offer(port, fate, VLAN_UNKNOWN, label, address, length, nowNs);
        }
    }
}
