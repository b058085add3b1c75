package io.weir.identity.evaluate;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

/**
 * The label step of an explanation.
 *
 * @param level of the flow; empty while nothing has a label
 * @param proven whether its packets prove the level, by SA or wire label; else it is the lowest of its source
 * @param source and destination contexts of the components, those of the domain where they have none of their own
 * @param ingress and egress ranges of the ports
 * @param failed what the level is not in, or that types forbid the flow; {@link Check#NONE} when it passes
 * @param typed whether the domain has types, and so rules between them
 */
public record LabelStep(
        String level,
        boolean proven,
        SecurityContext source,
        SecurityContext destination,
        LevelRange ingress,
        LevelRange egress,
        Check failed,
        boolean typed) {
    /** The checks, in their order. */
    public enum Check {
        NONE,
        SOURCE_RANGE,
        DESTINATION_RANGE,
        INGRESS_PORT,
        EGRESS_PORT,
        /** No rule of the domain lets the source's type send to the destination's. */
        TYPE_SENDS,
        /** No rule of the domain lets the destination's type reply to the source's. */
        TYPE_REPLIES
    }

    /** One line, such as {@code s2 (of its source) is not in s3-s5, the range of the destination}. */
    @Override
    public String toString() {
        if (level.isEmpty()) {
            return "nothing has a label";
        }
        String own = level + (proven ? " (proven by the packet)" : " (lowest of the source)");
        return switch (failed) {
            case NONE -> own + " is in all ranges" + (typed ? ", types agree" : "");
            case SOURCE_RANGE -> own + " is not in " + source.range() + ", the range of the source";
            case DESTINATION_RANGE -> own + " is not in " + destination.range() + ", the range of the destination";
            case INGRESS_PORT -> own + " is not in " + ingress + ", the range of the ingress port";
            case EGRESS_PORT -> own + " is not in " + egress + ", the range of the egress port";
            case TYPE_SENDS ->
                own + " is in all ranges, but " + source.type() + " may not send to " + destination.type();
            case TYPE_REPLIES ->
                own + " is in all ranges, but " + destination.type() + " may not reply to " + source.type();
        };
    }

    /** Explains the flow's: asks the evaluator's tables one after the other. */
    static LabelStep of(PolicyEpoch epoch, FlowKey flow) {
        LabelTable labels = epoch.labels();
        Subject source = epoch.subject(flow, true);
        Subject destination = epoch.subject(flow, false);
        int level = LabelTable.level(flow, source);
        LabelStep passed = new LabelStep(
                labels.numbers().text(level),
                flow.label() != 0,
                epoch.contextOf(source.identity()),
                epoch.contextOf(destination.identity()),
                labels.ofPort(flow.ingressPort()),
                labels.ofPort(flow.egressPort()),
                Check.NONE,
                labels.settings().domain().hasTypes());
        int reason = labels.check(flow, source, destination, level);
        return reason == 0 ? passed : passed.failed(labels, reason, level);
    }

    private LabelStep failed(LabelTable labels, int reason, int level) {
        Check check;
        if (reason == DropReason.LABEL_TYPE_DENIED.code()) {
            LabelDomain domain = labels.settings().domain();
            check = domain.sends(source.type(), destination.type()) ? Check.TYPE_REPLIES : Check.TYPE_SENDS;
        } else {
            Level own = labels.numbers().level(level);
            check = !source.range().contains(own)
                    ? Check.SOURCE_RANGE
                    : !destination.range().contains(own)
                            ? Check.DESTINATION_RANGE
                            : ingress.contains(own) ? Check.EGRESS_PORT : Check.INGRESS_PORT;
        }
        return new LabelStep(this.level, proven, source, destination, ingress, egress, check, typed);
    }
}
