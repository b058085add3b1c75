package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.Document;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.Tier;

/**
 * Explains verdicts. The verdict is {@link PolicyEpoch#evaluate}'s own; a side by itself is the same flow with the other side not
 * judged, and a tier by itself is what that evaluation found in it.
 */
public final class Explainer {
    private static final List<Tier> TIERS = List.of(Tier.values());

    private Explainer() {}

    public static Explanation explain(PolicyEpoch epoch, FlowKey flow, long nowNs) {
        Verdict verdict = new Verdict();
        epoch.evaluate(flow, nowNs, verdict);
        return new Explanation(
                epoch.epoch(),
                epoch.identityName(verdict.sourceIdentity()),
                epoch.identityName(verdict.destinationIdentity()),
                verdict.sourceAssurance(),
                verdict.destinationAssurance(),
                verdict.action(),
                verdict.reason(),
                verdict.auditAction(),
                verdict.auditReason(),
                matched(epoch, verdict.auditRule()),
                LabelStep.of(epoch, flow),
                side(epoch, flow, nowNs, true),
                side(epoch, flow, nowNs, false),
                epoch.portName(verdict.redirectPort()),
                epoch.portName(verdict.mirrorPort()),
                verdict.validUntilNs());
    }

    private static Explanation.Side side(PolicyEpoch epoch, FlowKey flow, long nowNs, boolean egress) {
        FlowKey alone = new FlowKey().copyFrom(flow);
        if (egress) {
            alone.egress(flow.egressPort(), flow.egressRole(), PolicyMode.OFF);
        } else {
            alone.ingress(flow.ingressPort(), flow.ingressRole(), PolicyMode.OFF);
        }
        Verdict verdict = new Verdict();
        epoch.evaluate(alone, nowNs, verdict);
        List<Explanation.Asked> tiers = judged(flow, egress, verdict) ? tiers(epoch, flow, nowNs, egress) : List.of();
        boolean denies = verdict.action() != Action.ALLOW || verdict.auditAction() > Action.ALLOW;
        int own = egress ? verdict.sourceIdentity() : verdict.destinationIdentity();
        return new Explanation.Side(
                epoch.identityName(own),
                verdict.action(),
                verdict.reason(),
                verdict.auditAction(),
                matched(epoch, egress ? verdict.egressRule() : verdict.ingressRule()),
                tiers,
                denies && !tiers.isEmpty() ? new NearestRule(epoch, flow, egress).find() : null);
    }

    /** Whether rules were asked at all. */
    private static boolean judged(FlowKey flow, boolean egress, Verdict verdict) {
        PolicyMode mode = egress ? flow.ingressMode() : flow.egressMode();
        int reason = verdict.reason() != 0 ? verdict.reason() : verdict.auditReason();
        return mode != PolicyMode.OFF && !Judge.beforeRules(reason);
    }

    private static List<Explanation.Asked> tiers(PolicyEpoch epoch, FlowKey flow, long nowNs, boolean egress) {
        List<Explanation.Asked> asked = new ArrayList<>();
        for (int tier = 0; tier < TIERS.size(); tier++) {
            Explanation.Matched decided = matched(epoch, epoch.rule(egress, tier, RuleTable.DECIDES, flow, nowNs));
            asked.add(new Explanation.Asked(
                    TIERS.get(tier),
                    decided,
                    matched(epoch, epoch.rule(egress, tier, RuleTable.AUDITS, flow, nowNs)),
                    matched(epoch, epoch.rule(egress, tier, RuleTable.MIRRORS, flow, nowNs))));
            if (decided != null && decided.rule().action() != RuleAction.PASS) {
                break;
            }
        }
        return asked;
    }

    static Explanation.@Nullable Matched matched(PolicyEpoch epoch, int number) {
        RuleInfo info = epoch.rule(number);
        return info == null ? null : matched(epoch, info);
    }

    static Explanation.Matched matched(PolicyEpoch epoch, RuleInfo info) {
        Document document = epoch.document(info);
        if (document == null || document.origin().source().isEmpty()) {
            return new Explanation.Matched(info, info.ownerKind().word() + ' ' + info.owner() + ' ' + info.path());
        }
        return new Explanation.Matched(
                info, document.origin().source() + ':' + document.origin().line(info.path()));
    }
}
