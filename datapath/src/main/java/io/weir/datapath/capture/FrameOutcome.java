package io.weir.datapath.capture;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;

/**
 * What would become, or became, of one replayed frame.
 *
 * @param number place of the frame in the file, from 1
 * @param ingressPort name of the port it was fed into
 * @param verdict what became of it; {@link CaptureVerdict#DROPPED} also when every way out refused it
 * @param reason why it was dropped, null unless it was
 * @param egressPorts names of the ports it left by, in the order of port numbers
 * @param summary the frame in one line
 */
public record FrameOutcome(
        int number,
        String ingressPort,
        CaptureVerdict verdict,
        @Nullable DropReason reason,
        List<String> egressPorts,
        String summary) {

    public FrameOutcome {
        if ((verdict == CaptureVerdict.DROPPED) != (reason != null)) {
            throw new IllegalArgumentException(
                    "an outcome has a reason if and only if the frame is dropped: was " + verdict + ", " + reason);
        }
        egressPorts = List.copyOf(egressPorts);
    }

    /** Name of the stage that dropped the frame, empty unless one did. */
    public String stage() {
        return reason == null ? "" : reason.stage();
    }

    /** One line: number, port, verdict, why or where to, and the frame. */
    public String text() {
        StringBuilder line = new StringBuilder().append(number).append(' ').append(ingressPort);
        if (reason != null) {
            line.append(' ').append(stage()).append(" DROPPED ").append(reason.label());
        } else if (verdict == CaptureVerdict.CONSUMED) {
            line.append(" CONSUMED");
        } else {
            line.append(" FORWARDED -> ").append(String.join(",", egressPorts));
        }
        return line.append("  ").append(summary).toString();
    }
}
