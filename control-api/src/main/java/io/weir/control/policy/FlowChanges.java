package io.weir.control.policy;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.evaluate.PolicyEpoch;

/**
 * Live sessions whose verdict another epoch would change.
 *
 * @param looked how many sessions were judged under both epochs
 * @param changed how many of them would change
 * @param examples the first {@link #LISTED} of those
 */
public record FlowChanges(int looked, int changed, List<Example> examples) {
    /** Nothing was looked at. */
    public static final FlowChanges NONE = new FlowChanges(0, 0, List.of());

    static final int LOOKED = 1_000_000;
    static final int LISTED = 1_000;

    /**
     * One session.
     *
     * @param source component
     * @param destination component
     * @param before and after one of {@code policy.Action}
     * @param reason code of the drop reason afterwards, 0 when allowed
     */
    public record Example(LiveFlows.Flow flow, String source, String destination, int before, int after, int reason) {}

    /** Judges every live session under both. */
    static FlowChanges between(PolicyEpoch before, PolicyEpoch after, LiveFlows live, long nowNs) {
        Verdict was = new Verdict();
        Verdict becomes = new Verdict();
        List<Example> examples = new ArrayList<>();
        int changed = 0;
        List<LiveFlows.Flow> flows = live.flows(LOOKED);
        for (LiveFlows.Flow flow : flows) {
            before.evaluate(at(before, flow), nowNs, was);
            after.evaluate(at(after, flow), nowNs, becomes);
            if (was.action() == becomes.action()) {
                continue;
            }
            changed++;
            if (examples.size() < LISTED) {
                examples.add(new Example(
                        flow,
                        after.identityName(becomes.sourceIdentity()),
                        after.identityName(becomes.destinationIdentity()),
                        was.action(),
                        becomes.action(),
                        becomes.reason()));
            }
        }
        return new FlowChanges(flows.size(), changed, examples);
    }

    /** The flow with the epoch's numbers of its ports. */
    private static FlowKey at(PolicyEpoch epoch, LiveFlows.Flow flow) {
        FlowKey key = flow.key();
        return key.ingress(epoch.portId(flow.ingressPort()), key.ingressRole(), key.ingressMode())
                .egress(epoch.portId(flow.egressPort()), key.egressRole(), key.egressMode());
    }
}
