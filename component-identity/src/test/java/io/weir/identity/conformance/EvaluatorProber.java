package io.weir.identity.conformance;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.RuleInfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Asks the evaluator, as the packet path does with the first packet of a flow. */
final class EvaluatorProber implements CaseRun.Prober {
    private static final int VLAN = 1;
    private static final int SOURCE_PORT = 40_000;

    private final FlowKey flow = new FlowKey();
    private final Verdict verdict = new Verdict();
    private @Nullable PolicyEpoch epoch;

    @Override
    public void policy(PolicyEpoch epoch) {
        this.epoch = epoch;
    }

    @Override
    public void attempt(Probe probe, Family family, Place from, Place to) {
        PolicyEpoch policy = Objects.requireNonNull(epoch);
        key(policy, probe, family, from, to);

        policy.evaluate(flow, 0, verdict);

        String what = probe + " over " + family + ": " + reason();
        assertEquals(Action.name(probe.action()), Action.name(verdict.action()), what);
        assertEquals(policy.identityOf(probe.from()), verdict.sourceIdentity(), what);
        assertEquals(policy.identityOf(probe.to()), verdict.destinationIdentity(), what);
        probe.by()
                .ifPresent(document -> assertTrue(
                        decides(policy, document),
                        () -> what + ", by " + owner(policy, verdict.egressRule()) + " and "
                                + owner(policy, verdict.ingressRule())));
    }

    private String reason() {
        return verdict.allowed()
                ? "allowed"
                : DropReason.ofCode(verdict.reason()).label();
    }

    private void key(PolicyEpoch policy, Probe probe, Family family, Place from, Place to) {
        IpPrefix source = from.address(family);
        IpPrefix destination = to.address(family);
        flow.clear()
                .ingress(policy.portId(from.port()), PortRole.VM, PolicyMode.ENFORCE)
                .egress(policy.portId(to.port()), PortRole.VM, PolicyMode.ENFORCE)
                .link(from.mac(), to.mac(), VLAN, family.etherType())
                .source(source.high(), source.low())
                .destination(destination.high(), destination.low())
                .transport(probe.protocol(), SOURCE_PORT, probe.port());
    }

    private boolean decides(PolicyEpoch policy, String document) {
        return document.equals(owner(policy, verdict.egressRule()))
                || document.equals(owner(policy, verdict.ingressRule()));
    }

    private static String owner(PolicyEpoch policy, int rule) {
        RuleInfo info = policy.rule(rule);
        return info == null ? "no rule" : info.owner();
    }
}
