package io.weir.control.audit;

import java.time.Instant;

/**
 * Packets denied under one key: source, destination, rule, reason, action and ingress port.
 *
 * @param source component of the source; {@link #OTHERS} with its counterpart when there were too many keys to tell apart
 * @param destination component of the destination
 * @param rule the rule that denied, {@link RuleName#NONE} for default deny
 * @param reason label of the drop reason
 * @param ingressPort name of the port they came in by
 * @param action lower-case action: {@code drop}, {@code reject}, {@code redirect}, or {@code allow} where audit mode let them
 * pass
 * @param packets how many, exactly
 * @param bytes their bytes
 * @param first time of the first of them
 * @param last time of the last of them
 * @param epoch epoch that judged the last of them
 * @param lastFlow addresses of the last of them
 */
public record DenyEntry(
        String source,
        String destination,
        RuleName rule,
        String reason,
        String ingressPort,
        String action,
        long packets,
        long bytes,
        Instant first,
        Instant last,
        int epoch,
        FlowEnds lastFlow) {
    /** Stands for components that were too many to be told apart; reason, port and counts are exact all the same. */
    public static final String OTHERS = "(others)";
}
