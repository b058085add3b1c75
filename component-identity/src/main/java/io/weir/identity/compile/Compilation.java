package io.weir.identity.compile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.Identity;
import io.weir.datapath.policy.Limits;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.LimitChains;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.RuleInfo;
import io.weir.identity.evaluate.SenderRules;
import io.weir.identity.evaluate.Subject;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.SecurityContext;

/** One compilation: from documents and the last state to the next. Used once. */
@SuppressWarnings("ReferenceEquality") // what has not changed is the same object
final class Compilation {
    /** In the order in which they are asked, as subjects index them. */
    private static final List<Tier> TIERS = List.of(Tier.values());

    private static final long BITS_PER_MEGABIT = 1_000_000L;
    /** Estimated bytes of a subject with its array of tables, and of what a rule number stands for. */
    private static final int SUBJECT_BYTES = 120;

    private static final int RULE_INFO_BYTES = 56;
    /** Less than what counts as a step of the wall clock, more than what clocks are adjusted by between two steps. */
    private static final Duration STEP = Duration.ofMillis(500);

    private final CompileRequest request;
    private final CompilerState last;
    private final Numbers numbers;
    private final Profiles profiles;
    private final Budget budget;
    private final PolicySet documents;
    private final RuleDrafts drafts;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<Document> groups;
    private final List<Document> ruleSets;
    private final List<Document> componentDocuments;
    private final @Nullable CompiledComponent[]
            known; // of the component documents, null for those that are new or changed
    private final List<CompiledComponent> gone = new ArrayList<>(); // changed or removed
    private final List<CompiledComponent> fresh = new ArrayList<>(); // compiled now
    private boolean removed; // whether a document that others may refer to has gone
    private boolean groupsChanged;
    private final Instant clockZero;
    private final boolean stepped; // the wall clock, so that no time told by it holds any more
    private long componentsBoundaryNs = Times.NEVER;
    private final List<Document> changed = new ArrayList<>();
    private @Nullable CompiledComponent[] components = new CompiledComponent[0]; // by identity
    private CompiledComponent[] order = new CompiledComponent[0]; // by id
    private final @Nullable TierRules[] tiers = new TierRules[Subject.TIERS];
    private @Nullable Subject[] subjects = new Subject[0];
    private @Nullable Document[] documentsByIdentity = new Document[0];
    private @Nullable RuleInfo[] rules = new RuleInfo[0];
    private SenderRules addresses = SenderRules.NONE;
    private final PortPlan ports;
    private final LabelPlan labels;

    Compilation(
            CompileRequest request,
            CompilerState last,
            Numbers numbers,
            LevelNumbers levels,
            Profiles profiles,
            Budget budget) {
        this.request = request;
        this.last = last;
        this.numbers = numbers;
        this.profiles = profiles;
        this.budget = budget;
        this.documents = request.documents();
        this.groups = documents.documents(Kind.GROUP);
        this.ruleSets = documents.documents(Kind.RULE_SET);
        this.componentDocuments = documents.documents(Kind.COMPONENT);
        this.known = new CompiledComponent[componentDocuments.size()];
        Times times = new Times(request.nowNs(), request.now());
        Instant zero = request.now().minusNanos(request.nowNs());
        this.stepped = Duration.between(last.clockZero(), zero).abs().compareTo(STEP) >= 0;
        this.clockZero = stepped ? zero : last.clockZero();
        this.drafts = new RuleDrafts(documents, numbers, new Groups(documents, numbers), times);
        this.ports = new PortPlan(last, numbers);
        this.labels = new LabelPlan(request.labels(), numbers, levels, last);
    }

    PolicyEpoch run(LimitChains chains) {
        sort();
        new References(documents, problems).check(removed ? documents.documents() : changed);
        labels.plan(componentDocuments, changed, gone, problems, warnings);
        warnOfGrants();
        conclude();
        compileComponents();
        for (int tier = 0; tier < TIERS.size(); tier++) {
            if (tier != Subject.COMPONENT_TIER) {
                tiers[tier] = tier(tier);
            }
        }
        Conflicts conflicts = new Conflicts(new Overlap(profiles, this::profileOf), problems);
        changedDrafts().forEach(conflicts::check);
        ports.plan(componentDocuments, fresh, gone, problems, budget);
        comply();
        conclude();
        link();
        return epoch(chains);
    }

    /** Whether information stays where the domain lets it. Asked of the whole: a rule of one may be the way that another lacked. */
    private void comply() {
        if (request.labels().domain().equals(LabelDomain.NONE)) {
            return;
        }
        List<Document> grants =
                request.grants().stream().map(ActiveGrant::document).toList();
        PolicyFlows.violation(documents, grants, request.labels()).ifPresent(problems::add);
    }

    private void conclude() {
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
    }

    /** Tells what is new from what was there; documents come in the order of the last time. */
    private void sort() {
        groupsChanged = !same(groups, last.groups());
        removed = last.groups().stream().anyMatch(group -> documents.get(Kind.GROUP, group.id()) == null);
        int then = 0;
        for (int i = 0; i < known.length; i++) {
            Document document = componentDocuments.get(i);
            while (then < last.order().length && precedes(last.order()[then], document)) {
                goes(last.order()[then++]);
            }
            CompiledComponent before = then < last.order().length ? last.order()[then] : null;
            if (before != null && before.document() == document) {
                known[i] = before;
                then++;
            } else {
                int _ = numbers.identity(document.id());
                changed.add(document);
                profiles.number(((Component) document.body()).labels());
            }
        }
        while (then < last.order().length) {
            goes(last.order()[then++]);
        }
        Stream.concat(groups.stream(), ruleSets.stream())
                .filter(document -> last.documents().get(document.kind(), document.id()) != document)
                .forEach(changed::add);
    }

    private void goes(CompiledComponent before) {
        gone.add(before);
        removed |= documents.get(Kind.COMPONENT, before.document().id()) == null;
    }

    private static boolean precedes(CompiledComponent before, Document document) {
        return before.document() != document && before.document().id().compareTo(document.id()) < 0;
    }

    private static boolean same(List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i)) {
                return false;
            }
        }
        return true;
    }

    private void compileComponents() {
        components = new CompiledComponent[numbers.identityCount()];
        order = new CompiledComponent[known.length];
        boolean profiled = last.profileCount() < profiles.count();
        long carried = 0;
        for (int i = 0; i < known.length; i++) {
            CompiledComponent now = known[i];
            if (now != null && current(now, profiled)) {
                carried += now.sizeBytes();
            } else {
                Document document = componentDocuments.get(i);
                now = component(document, numbers.identity(document.id()));
                fresh.add(now);
            }
            components[now.identity()] = now;
            order[i] = now;
            componentsBoundaryNs = Math.min(componentsBoundaryNs, now.boundaryNs());
        }
        budget.carry(carried);
    }

    private boolean current(CompiledComponent before, boolean profiled) {
        return !stepped
                && request.nowNs() < before.boundaryNs()
                && !(groupsChanged && before.grouped())
                && !(profiled && before.selectors().stream().anyMatch(this::choosesNew));
    }

    /** Whether the selector chooses labels that no table knows yet. */
    private boolean choosesNew(Map<String, String> selector) {
        for (int profile = last.profileCount(); profile < profiles.count(); profile++) {
            if (profiles.matches(selector, profile)) {
                return true;
            }
        }
        return false;
    }

    private CompiledComponent component(Document document, int identity) {
        Component component = (Component) document.body();
        List<RuleDraft> egressDrafts = drafts.ofComponent(document, true);
        List<RuleDraft> ingressDrafts = drafts.ofComponent(document, false);
        List<SideRule> egress = drafts.inOrder(egressDrafts);
        List<SideRule> ingress = drafts.inOrder(ingressDrafts);
        int[] egressTable = table(egress, document);
        int[] ingressTable = table(ingress, document);
        List<RuleInfo> infos = Stream.concat(egressDrafts.stream(), ingressDrafts.stream())
                .map(RuleDraft::info)
                .toList();
        long bytes = (egressTable == null ? 0 : Tables.bytes(egressTable))
                + (ingressTable == null ? 0 : Tables.bytes(ingressTable));
        return new CompiledComponent(
                document,
                identity,
                profiles.number(component.labels()),
                egressTable,
                ingressTable,
                component.violations().redirectTo().map(numbers::port).orElse(0),
                componentLimits(document.id(), component, true),
                componentLimits(document.id(), component, false),
                infos,
                selectors(egress, ingress),
                namesGroups(component),
                boundary(egress, ingress),
                bytes);
    }

    private int @Nullable [] table(List<SideRule> ordered, Document document) {
        return ordered.isEmpty() ? null : Tables.build(ordered, profiles, document.title(), budget);
    }

    private int componentLimits(String id, Component component, boolean egress) {
        return numbers.limits(new Limits(
                numbers.componentScope(id, egress),
                0,
                component.limits().connections(),
                component.limits().mbps() * BITS_PER_MEGABIT,
                component.limits().packetsPerSecond(),
                null));
    }

    private static List<Map<String, String>> selectors(List<SideRule> egress, List<SideRule> ingress) {
        return Stream.concat(egress.stream(), ingress.stream())
                .flatMap(rule -> rule.peers().selectors().stream())
                .distinct()
                .toList();
    }

    private static boolean namesGroups(Component component) {
        return Stream.concat(component.ingress().stream(), component.egress().stream())
                .flatMap(rule -> Stream.concat(rule.from().stream(), rule.to().stream()))
                .anyMatch(Peer.ByGroup.class::isInstance);
    }

    private long boundary(List<SideRule> egress, List<SideRule> ingress) {
        return Stream.concat(egress.stream(), ingress.stream())
                .flatMap(rule -> Stream.of(rule.fromNs(), rule.untilNs()))
                .filter(boundary -> boundary > request.nowNs())
                .reduce(Times.NEVER, Math::min);
    }

    private TierRules tier(int at) {
        Tier tier = TIERS.get(at);
        List<?> sources = tier == Tier.GRANT ? request.grants() : ruleSets(tier);
        TierRules before = last.tiers()[at];
        if (before != null
                && same(sources, before.sources())
                && !stepped
                && !groupsChanged
                && !(tier == Tier.GRANT && exposesChanged())
                && request.nowNs() < before.boundaryNs()
                && before.peerSelectors().noneMatch(this::choosesNew)) {
            budget.carry(before.egress().tableBytes() + before.ingress().tableBytes());
            return before;
        }
        List<RuleDraft> egress = tierDrafts(sources, true);
        List<RuleDraft> ingress = tierDrafts(sources, false);
        List<SideRule> egressRules = drafts.inOrder(egress);
        List<SideRule> ingressRules = drafts.inOrder(ingress);
        return new TierRules(
                sources,
                new SideIndex(egressRules, profiles, "tier " + tier.word()),
                new SideIndex(ingressRules, profiles, "tier " + tier.word()),
                Stream.concat(egress.stream(), ingress.stream())
                        .map(RuleDraft::info)
                        .toList(),
                boundary(egressRules, ingressRules));
    }

    /** Whether a grant names what a component exposes that is not the one of the last time: the only rules that hold of another's. */
    private boolean exposesChanged() {
        return request.grants().stream()
                .map(grant -> ((Grant) grant.document().body()).rule())
                .filter(rule -> !rule.exposes().isEmpty())
                .flatMap(rule -> rule.to().stream())
                .anyMatch(peer -> peer instanceof Peer.ById(String id)
                        && documents.get(Kind.COMPONENT, id) != last.documents().get(Kind.COMPONENT, id));
    }

    private List<Document> ruleSets(Tier tier) {
        return ruleSets.stream()
                .filter(document -> ((RuleSet) document.body()).tier() == tier)
                .toList();
    }

    private List<RuleDraft> tierDrafts(List<?> sources, boolean egress) {
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

    private void warnOfGrants() {
        for (ActiveGrant grant : request.grants()) {
            Rule rule = ((Grant) grant.document().body()).rule();
            if (drafts.target(rule) == null) {
                warnings.add(Found.at(
                        grant.document(),
                        "spec.rule",
                        "leads to a component that this revision does not have",
                        "revoke the grant, or bring the component back"));
            }
        }
    }

    private int profileOf(int identity) {
        CompiledComponent component = identity < components.length ? components[identity] : null;
        return component == null ? 0 : component.profile();
    }

    /**
     * What has to be looked at for contradictions: each changed component, and each changed tier; when labels have moved, all that
     * has selectors.
     */
    private List<List<RuleDraft>> changedDrafts() {
        boolean relabelled = relabelled();
        List<List<RuleDraft>> lists = new ArrayList<>();
        List<CompiledComponent> concerned = relabelled
                ? Stream.concat(
                                fresh.stream(),
                                Arrays.stream(order)
                                        .filter(now -> !now.selectors().isEmpty()))
                        .distinct()
                        .toList()
                : fresh;
        for (CompiledComponent now : concerned) {
            lists.add(drafts.ofComponent(now.document(), true));
            lists.add(drafts.ofComponent(now.document(), false));
        }
        for (int tier = 0; tier < tiers.length; tier++) {
            TierRules own = tiers[tier];
            if (own != null && (relabelled || own != last.tiers()[tier])) {
                lists.add(tierDrafts(own.sources(), true));
                lists.add(tierDrafts(own.sources(), false));
            }
        }
        return lists;
    }

    /** Whether a component that was there has other labels now. */
    private boolean relabelled() {
        for (CompiledComponent component : fresh) {
            CompiledComponent before = last.component(component.identity());
            if (before != null && before.profile() != component.profile()) {
                return true;
            }
        }
        return false;
    }

    /** Puts subjects together from their parts. */
    private void link() {
        boolean tiersChanged = !same(Arrays.asList(tiers), Arrays.asList(last.tiers()));
        if (tiersChanged) {
            addresses = senderRules();
        } else {
            addresses = last.addresses();
        }
        rules = Arrays.copyOf(last.rules(), numbers.ruleCount());
        gone.forEach(before -> replace(before.infos(), List.of()));
        fresh.forEach(now -> {
            CompiledComponent before = last.component(now.identity());
            replace(before == null ? List.of() : before.infos(), now.infos());
        });
        linkSubjects(tiersChanged || labels.changed() || !request.quarantined().equals(last.quarantined()));
        budget.carry((long) SUBJECT_BYTES * subjects.length);
        for (int tier = 0; tier < tiers.length; tier++) {
            TierRules now = tiers[tier];
            TierRules then = last.tiers()[tier];
            if (now != then) {
                replace(then == null ? List.of() : then.infos(), now == null ? List.of() : now.infos());
            }
        }
        budget.charge("numbers of rules", (long) RULE_INFO_BYTES * rules.length);
    }

    private void replace(List<RuleInfo> then, List<RuleInfo> now) {
        then.forEach(info -> rules[info.number()] = null);
        now.forEach(info -> rules[info.number()] = info);
    }

    /** @param all whether others than those of components that have changed may be different */
    private void linkSubjects(boolean all) {
        subjects = all ? new Subject[components.length] : Arrays.copyOf(last.subjects(), components.length);
        documentsByIdentity = Arrays.copyOf(last.documentsByIdentity(), components.length);
        for (CompiledComponent before : gone) {
            subjects[before.identity()] = null;
            documentsByIdentity[before.identity()] = null;
        }
        for (CompiledComponent now : all ? Arrays.asList(order) : fresh) {
            subjects[now.identity()] = subject(now.identity(), now);
        }
        fresh.forEach(now -> documentsByIdentity[now.identity()] = now.document());
        for (int identity = Identity.HOST; identity <= Identity.UNKNOWN; identity++) {
            if (subjects[identity] == null) {
                subjects[identity] = subject(identity, components[identity]);
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
        return (request.quarantined().contains(compiled.document().id()) ? Subject.QUARANTINED : 0)
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
                        .flatMapToLong(bound -> java.util.stream.LongStream.of(bound.high(), bound.low()))
                        .toArray();
                tables[at] = sectionTables.toArray(new int[0][]);
                found[at / Subject.TIERS] |= 1 << at % Subject.TIERS;
            }
        }
        return new SenderRules(found[0], found[1], bounds, tables);
    }

    private PolicyEpoch epoch(LimitChains chains) {
        long boundaryNs = componentsBoundaryNs;
        for (TierRules tier : tiers) {
            boundaryNs = tier == null ? boundaryNs : Math.min(boundaryNs, tier.boundaryNs());
        }
        return new PolicyEpoch(new PolicyEpoch.Parts(
                request.epoch(),
                request.revision(),
                documents,
                request.grants().stream().map(ActiveGrant::document).toList(),
                numbers.portNames(),
                numbers.ports(),
                subjects,
                ports.tables(),
                ports.bound(),
                addresses,
                labels.table(),
                documentsByIdentity,
                numbers.identities(),
                rules,
                numbers.limits(),
                chains,
                boundaryNs,
                budget.bytes(),
                List.copyOf(warnings)));
    }

    CompilerState state() {
        return new CompilerState(
                documents,
                groups,
                components,
                order,
                tiers,
                addresses,
                subjects,
                documentsByIdentity,
                rules,
                ports.placements(),
                ports.tables(),
                ports.bound(),
                request.quarantined(),
                clockZero,
                profiles.count(),
                request.labels(),
                labels.table(),
                labels.labelled());
    }
}
