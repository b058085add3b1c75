package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;

/** Compiles the tiers of rule sets and of grants, each as a whole. */
final class TierCompiler {
    private final RuleDrafts drafts;
    private final Profiles profiles;
    private final CompileRequest request;

    TierCompiler(RuleDrafts drafts, Profiles profiles, CompileRequest request) {
        this.drafts = drafts;
        this.profiles = profiles;
        this.request = request;
    }

    /** What a tier is made from: active grants, or documents of rule sets. */
    List<?> sources(Tier tier) {
        return tier == Tier.GRANT
                ? request.grants()
                : request.documents().documents(Kind.RULE_SET).stream()
                        .filter(document -> ((RuleSet) document.body()).tier() == tier)
                        .toList();
    }

    TierRules compile(Tier tier, List<?> sources) {
        List<RuleDraft> egress = drafts(sources, true);
        List<RuleDraft> ingress = drafts(sources, false);
        List<SideRule> egressRules = drafts.inOrder(egress);
        List<SideRule> ingressRules = drafts.inOrder(ingress);
        return new TierRules(
                sources,
                new SideIndex(egressRules, profiles, "tier " + tier.word()),
                new SideIndex(ingressRules, profiles, "tier " + tier.word()),
                Stream.concat(egress.stream(), ingress.stream())
                        .map(RuleDraft::info)
                        .toList(),
                SideRule.nextBoundaryNs(egressRules, ingressRules, request.nowNs()));
    }

    /** The rules of one side. */
    List<RuleDraft> drafts(List<?> sources, boolean egress) {
        List<RuleDraft> all = new ArrayList<>();
        for (Object source : sources) {
            if (source instanceof ActiveGrant grant) {
                all.add(drafts.ofGrant(grant, egress));
            } else {
                all.addAll(drafts.ofRuleSet((Document) source, egress));
            }
        }
        return all;
    }
}
