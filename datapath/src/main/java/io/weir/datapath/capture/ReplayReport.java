package io.weir.datapath.capture;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.weir.datapath.pipeline.DropReason;

/**
 * What became of all frames of a replay. {@code frames == forwarded + consumed + sum of drops}.
 *
 * @param frames frames fed in
 * @param forwarded frames that left by at least one port
 * @param consumed frames that the switch took for itself
 * @param drops frames dropped, by reason; reasons that did not occur are absent
 * @param sent frames that left, by port; ports that none left by are absent
 * @param outcomes each frame, in the order of the file
 */
public record ReplayReport(
        long frames,
        long forwarded,
        long consumed,
        Map<DropReason, Long> drops,
        Map<String, Long> sent,
        List<FrameOutcome> outcomes) {

    /** Sums up. */
    public static ReplayReport of(List<FrameOutcome> outcomes) {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        Map<String, Long> sent = new TreeMap<>();
        long consumed = 0;
        for (FrameOutcome outcome : outcomes) {
            DropReason reason = outcome.reason();
            if (reason != null) {
                drops.merge(reason, 1L, Long::sum);
            }
            consumed += outcome.verdict() == CaptureVerdict.CONSUMED ? 1 : 0;
            outcome.egressPorts().forEach(port -> sent.merge(port, 1L, Long::sum));
        }
        long dropped = drops.values().stream().mapToLong(Long::longValue).sum();
        long frames = outcomes.size();
        return new ReplayReport(frames, frames - consumed - dropped, consumed, drops, sent, List.copyOf(outcomes));
    }

    /** The sums as lines for people: totals, then ways out, then reasons with stage and description. */
    public String text() {
        StringBuilder text = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "frames %d  forwarded %d  consumed %d  dropped %d%n",
                        frames,
                        forwarded,
                        consumed,
                        dropped()));
        sent.forEach((port, count) -> text.append(String.format(Locale.ROOT, "  sent by %s: %d%n", port, count)));
        drops.forEach((reason, count) -> text.append(String.format(
                Locale.ROOT,
                "  dropped in %s, %s: %d  (%s)%n",
                reason.stage(),
                reason.label(),
                count,
                reason.description())));
        return text.toString();
    }

    /** Frames dropped. */
    public long dropped() {
        return frames - forwarded - consumed;
    }
}
