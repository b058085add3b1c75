package io.weir.identity.evaluate;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.LevelRelations;
import io.weir.identity.label.TypeRules;

/**
 * The label step of docs/policy.md, which comes before any rule: a flow's level lies in the ranges of both components and both
 * ports, and flows may pass between both types.
 *
 * <p>Threading: immutable, any thread. The checks allocate nothing.
 *
 * @param relations of all ranges; the first is {@link LevelRange#ALL}
 * @param portRanges by port number, places in {@code relations}; ports beyond have no range of their own
 * @param copyRanges as portRanges, of the levels that the port lets pass and all components that are bound to it may have; {@link
 *     #NO_LEVEL} where there is none
 * @param unproven number of the level of what a tunnel brings without proof of one; 0 while nothing has a label
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
public record LabelTable(
        LabelSettings settings,
        LevelNumbers numbers,
        LevelRelations relations,
        TypeRules types,
        int[] portRanges,
        int[] copyRanges,
        int unproven) {
    /** The range of ports that say none. */
    public static final int ALL = 0;
    /** Place of no range: not one level lies in it. */
    public static final int NO_LEVEL = -1;

    private static final int LABEL_DENIED = DropReason.LABEL_DENIED.code();
    private static final int LABEL_TYPE_DENIED = DropReason.LABEL_TYPE_DENIED.code();

    /** Level of a flow: what its packets prove, else the lowest of its source; 0 where nothing has a label. */
    static int level(FlowKey flow, Subject source) {
        return flow.label() != 0 ? flow.label() : source.level();
    }

    /** 0 when the flow may pass at that level, else the code of the reason. */
    int check(FlowKey flow, Subject source, Subject destination, int level) {
        if (level == 0) {
            return 0;
        }
        if (!relations.contains(source.range(), level)
                || !relations.contains(destination.range(), level)
                || !relations.contains(portRange(flow.ingressPort()), level)
                || !relations.contains(portRange(flow.egressPort()), level)) {
            return LABEL_DENIED;
        }
        return types.flows(source.type(), destination.type()) ? 0 : LABEL_TYPE_DENIED;
    }

    /**
     * Level of a frame that no rule is asked for, between two ends that could talk: what it proves, else the lowest of its sender,
     * or if a flow could pass only the other way, the lowest of the receiver, so that whoever is addressed can be found.
     */
    int talkLevel(FlowKey ends, Subject source, Subject destination) {
        int own = level(ends, source);
        if (own == 0 || ends.label() != 0 || check(ends, source, destination, own) == 0) {
            return own;
        }
        return check(ends, source, destination, destination.level()) == 0 ? destination.level() : own;
    }

    /** Whether a flow between the two could pass at all, whoever begins it. */
    boolean could(FlowKey ends, Subject source, Subject destination) {
        return check(ends, source, destination, talkLevel(ends, source, destination)) == 0;
    }

    /** Whether the level, if it is one, lies in the port's range and in those of all components that are bound to it. */
    boolean mayLeave(int level, int port) {
        int range = port < copyRanges.length ? copyRanges[port] : ALL;
        return level == 0 || (range != NO_LEVEL && relations.contains(range, level));
    }

    private int portRange(int port) {
        return port < portRanges.length ? portRanges[port] : ALL;
    }

    /** The levels that may pass the port. */
    LevelRange ofPort(int port) {
        return relations.range(portRange(port));
    }

    /** Numbers for the packet path: where the domain lists its levels, packets name no others. */
    Levels levels() {
        return settings.domain().levels().isEmpty() ? numbers : numbers.known();
    }

    /** Whether the code is one of this step's. */
    static boolean denies(int reason) {
        return reason == LABEL_DENIED || reason == LABEL_TYPE_DENIED;
    }
}
