package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.Identity;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleMode;
import io.weir.identity.evaluate.RuleInfo;
import io.weir.identity.evaluate.SenderRules;
import io.weir.identity.evaluate.Subject;
import io.weir.identity.label.SecurityContext;

/**
 * Puts the subjects of an epoch together from the tables of components and tiers, and takes over those of the last epoch that cannot
 * be different. Used once.
 */
@SuppressWarnings("ReferenceEquality") // what has not changed is the same object
final class SubjectLinker {
    /** Estimated bytes of a subject with its array of tables, and of what a rule number stands for. */
    private static final int SUBJECT_BYTES = 120;

    private static final int RULE_INFO_BYTES = 56;

    private final CompilerState last;
    private final CompiledComponents components;
    private final @Nullable TierRules[] tiers;
    private final LabelPlan labels;
    private final Set<String> quarantined;
    private final Budget budget;
    private final SenderRules addresses;
    private final @Nullable Subject[] subjects;
    private final @Nullable Document[] documents;
    private final @Nullable RuleInfo[] rules;

    /**
     * Everything is linked when this returns.
     *
     * @param tiers by tier, null for the components' own
     * @param quarantined ids of components in quarantine
     * @param ruleCount how many numbers of rules there are
     */
    SubjectLinker(
            CompilerState last,
            CompiledComponents components,
            @Nullable TierRules[] tiers,
            LabelPlan labels,
            Set<String> quarantined,
            Budget budget,
            int ruleCount) {
        this.last = last;
        this.components = components;
        this.tiers = tiers;
        this.labels = labels;
        this.quarantined = quarantined;
        this.budget = budget;
        int identities = components.byIdentity().length;
        boolean tiersChanged = !DocumentChanges.same(Arrays.asList(tiers), Arrays.asList(last.tiers()));
        boolean all = tiersChanged || labels.changed() || !quarantined.equals(last.quarantined());
        addresses = tiersChanged ? senderRules() : last.addresses();
        subjects = all ? new Subject[identities] : Arrays.copyOf(last.subjects(), identities);
        documents = Arrays.copyOf(last.documentsByIdentity(), identities);
        rules = Arrays.copyOf(last.rules(), ruleCount);
        linkSubjects(all);
        linkRules();
        budget.carry((long) SUBJECT_BYTES * subjects.length);
        budget.charge("numbers of rules", (long) RULE_INFO_BYTES * rules.length);
    }

    /** @param all whether others than those of components that have changed may be different */
    private void linkSubjects(boolean all) {
        for (CompiledComponent before : components.gone()) {
            subjects[before.identity()] = null;
            documents[before.identity()] = null;
        }
        for (CompiledComponent now : all ? Arrays.asList(components.order()) : components.fresh()) {
            subjects[now.identity()] = subject(now.identity(), now);
        }
        components.fresh().forEach(now -> documents[now.identity()] = now.document());
        for (int identity = Identity.HOST; identity <= Identity.UNKNOWN; identity++) {
            if (subjects[identity] == null) {
                subjects[identity] = subject(identity, components.byIdentity()[identity]);
            }
        }
    }

    private Subject subject(int identity, @Nullable CompiledComponent compiled) {
        int profile = compiled == null ? 0 : compiled.profile();
        int[][] tables = new int[2 * Subject.TIERS][];
        int egressTiers = 0;
        int ingressTiers = 0;
        for (int tier = 0; tier < Subject.TIERS; tier++) {
            TierRules own = tiers[tier];
            int[] egress = own == null
                    ? (compiled == null ? null : compiled.egress())
                    : own.egress().table(identity, profile, budget);
            int[] ingress = own == null
                    ? (compiled == null ? null : compiled.ingress())
                    : own.ingress().table(identity, profile, budget);
            tables[tier] = egress;
            tables[Subject.TIERS + tier] = ingress;
            egressTiers |= egress == null ? 0 : 1 << tier;
            ingressTiers |= ingress == null ? 0 : 1 << tier;
        }
        Component component =
                compiled == null ? null : (Component) compiled.document().body();
        SecurityContext label = labels.contextOf(component);
        return new Subject(
                identity,
                profile,
                flags(identity, compiled, component),
                component == null || identity < Identity.FIRST_COMPONENT ? Assurance.NONE : component.minAssurance(),
                component == null ? Action.DROP : action(component.violations().action()),
                compiled == null ? 0 : compiled.violationsPort(),
                compiled == null ? 0 : compiled.egressLimits(),
                compiled == null ? 0 : compiled.ingressLimits(),
                egressTiers,
                ingressTiers,
                labels.range(label),
                labels.level(label),
                labels.type(label),
                tables);
    }

    private int flags(int identity, @Nullable CompiledComponent compiled, @Nullable Component component) {
        if (compiled == null || component == null) {
            return identity == Identity.WORLD
                    ? 0
                    : Subject.ISOLATED_EGRESS
                            | Subject.ISOLATED_INGRESS
                            | (identity == Identity.UNKNOWN ? Subject.STRANGER : 0);
        }
        return (quarantined.contains(compiled.document().id()) ? Subject.QUARANTINED : 0)
                | (component.mode() == RuleMode.AUDIT ? Subject.AUDITED : 0)
                | (component.isolateEgress() ? Subject.ISOLATED_EGRESS : 0)
                | (component.isolateIngress() ? Subject.ISOLATED_INGRESS : 0);
    }

    private static int action(RuleAction violations) {
        return switch (violations) {
            case REJECT -> Action.REJECT;
            case REDIRECT -> Action.REDIRECT;
            default -> Action.DROP;
        };
    }

    private SenderRules senderRules() {
        long[][] bounds = new long[2 * Subject.TIERS][0];
        int[][][] tables = new int[2 * Subject.TIERS][0][];
        int[] found = new int[2];
        for (int at = 0; at < 2 * Subject.TIERS; at++) {
            TierRules own = tiers[at % Subject.TIERS];
            SideIndex side = own == null ? null : own.side(at < Subject.TIERS);
            if (side != null && side.hasNetworks()) {
                List<Address> sections = new ArrayList<>();
                List<int @Nullable []> sectionTables = new ArrayList<>();
                side.networks(sections, sectionTables, budget);
                bounds[at] = sections.stream()
                        .flatMapToLong(bound -> LongStream.of(bound.high(), bound.low()))
                        .toArray();
                tables[at] = sectionTables.toArray(new int[0][]);
                found[at / Subject.TIERS] |= 1 << at % Subject.TIERS;
            }
        }
        return new SenderRules(found[0], found[1], bounds, tables);
    }

    private void linkRules() {
        components.gone().forEach(before -> replace(before.infos(), List.of()));
        components.fresh().forEach(now -> {
            CompiledComponent before = last.component(now.identity());
            replace(before == null ? List.of() : before.infos(), now.infos());
        });
        for (int tier = 0; tier < tiers.length; tier++) {
            TierRules now = tiers[tier];
            TierRules then = last.tiers()[tier];
            if (now != then) {
                replace(then == null ? List.of() : then.infos(), now == null ? List.of() : now.infos());
            }
        }
    }

    private void replace(List<RuleInfo> then, List<RuleInfo> now) {
        then.forEach(info -> rules[info.number()] = null);
        now.forEach(info -> rules[info.number()] = info);
    }

    SenderRules addresses() {
        return addresses;
    }

    /** By identity. */
    @Nullable
    Subject[] subjects() {
        return subjects;
    }

    /** Of components, by identity. */
    @Nullable
    Document[] documents() {
        return documents;
    }

    /** By number. */
    @Nullable
    RuleInfo[] rules() {
        return rules;
    }
}
