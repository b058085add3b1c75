package io.weir.datapath.capture;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;

/**
 * A frame as a session captured it, with what became of it.
 *
 * @param port name of the port it arrived on or left by
 * @param direction RX or TX
 * @param timestampNs time since 1970 in ns
 * @param verdict what became of it
 * @param reason why it was dropped, null unless it was
 * @param vlan VLAN it was classified to, 0 when it was not (yet) or is on its way out
 * @param originalLength length in bytes; of a super-frame, that of the whole
 * @param gsoSize payload bytes of each segment of a super-frame, 0 for a plain frame
 * @param label number of the security level at which it travels, or that it proved; 0 for none
 * @param bytes what was kept of it; handed over, never changed again
 * @param shedBefore frames of the same port and worker that the session lost since the one before
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: it is on its way to a file or a terminal
public record CapturedFrame(
        String port,
        Direction direction,
        long timestampNs,
        CaptureVerdict verdict,
        @Nullable DropReason reason,
        int vlan,
        int originalLength,
        int gsoSize,
        int label,
        byte[] bytes,
        long shedBefore) {

    /** {@code key=value} pairs, what a packet comment in a capture file says: port, stage, verdict, reason, vlan, gso-size. */
    public String comment() {
        StringBuilder text = new StringBuilder("port=").append(port);
        if (reason != null) {
            text.append(" stage=").append(reason.stage());
        }
        text.append(" verdict=").append(verdict.label());
        if (reason != null) {
            text.append(" reason=").append(reason.label());
        }
        if (vlan != 0) {
            text.append(" vlan=").append(vlan);
        }
        if (gsoSize != 0) {
            text.append(" gso-size=").append(gsoSize);
        }
        return text.toString();
    }

    /** The frame as a capture file holds it. */
    public PcapFrame toPcapFrame() {
        return toPcapFrame("");
    }

    /**
     * The same with the frame's security level in its comment.
     *
     * @param level the text that its label's number stands for, empty for none
     */
    public PcapFrame toPcapFrame(String level) {
        String text = level.isEmpty() ? comment() : comment() + " label=" + level;
        return new PcapFrame(port, direction, timestampNs, originalLength, bytes, text, shedBefore);
    }
}
