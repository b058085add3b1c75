package io.weir.identity.compile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.Tier;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.LimitChains;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.Subject;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LevelNumbers;

/**
 * One compilation: from documents and the last state to the next. It decides what has to be compiled anew, checks the whole, and has
 * it linked. Used once.
 */
@SuppressWarnings("ReferenceEquality") // what has not changed is the same object
final class Compilation {
    /** In the order in which they are asked, as subjects index them. */
    private static final List<Tier> TIERS = List.of(Tier.values());

    /** Less than what counts as a step of the wall clock, more than what clocks are adjusted by between two steps. */
    private static final Duration STEP = Duration.ofMillis(500);

    private final CompileRequest request;
    private final CompilerState last;
    private final Numbers numbers;
    private final Profiles profiles;
    private final Budget budget;
    private final PolicySet documents;
    private final DocumentChanges changes;
    private final RuleDrafts drafts;
    private final ComponentCompiler componentCompiler;
    private final TierCompiler tierCompiler;
    private final PortPlan ports;
    private final LabelPlan labels;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Instant clockZero;
    private final boolean stepped; // the wall clock, so that no time told by it holds any more

    /** What a compilation makes: the epoch, and what the next one starts from. */
    record Result(PolicyEpoch epoch, CompilerState state) {}

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
        this.changes = new DocumentChanges(documents, last);
        Times times = new Times(request.nowNs(), request.now());
        Instant zero = request.now().minusNanos(request.nowNs());
        this.stepped = Duration.between(last.clockZero(), zero).abs().compareTo(STEP) >= 0;
        this.clockZero = stepped ? zero : last.clockZero();
        this.drafts = new RuleDrafts(documents, numbers, new Groups(documents, numbers), times);
        this.componentCompiler = new ComponentCompiler(drafts, numbers, profiles, budget, request.nowNs());
        this.tierCompiler = new TierCompiler(drafts, profiles, request);
        this.ports = new PortPlan(last, numbers);
        this.labels = new LabelPlan(request.labels(), numbers, levels, last);
    }

    /** @throws ProblemException when something is wrong; the last state is what the next compilation starts from then */
    Result run(LimitChains chains) {
        number();
        new References(documents, problems).check(changes.removed() ? documents.documents() : changes.changed());
        labels.plan(changes.components(), changes.changed(), changes.gone(), problems, warnings);
        warnOfGrants();
        conclude();
        CompiledComponents components = components();
        TierRules[] tiers = tiers();
        Conflicts conflicts = new Conflicts(new Overlap(profiles, components::profile), problems);
        changedDrafts(components, tiers).forEach(conflicts::check);
        ports.plan(changes.components(), components.fresh(), changes.gone(), problems, budget);
        comply();
        conclude();
        SubjectLinker linked =
                new SubjectLinker(last, components, tiers, labels, request.quarantined(), budget, numbers.ruleCount());
        return new Result(epoch(components, tiers, linked, chains), state(components, tiers, linked));
    }

    /** Gives numbers to components and label sets that are new, so that rules can name them. */
    private void number() {
        for (Document document : changes.changed()) {
            if (document.body() instanceof Component component) {
                int _ = numbers.identity(document.id());
                int _ = profiles.number(component.labels());
            }
        }
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

    private void conclude() {
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
    }

    private CompiledComponents components() {
        CompiledComponent[] byIdentity = new CompiledComponent[numbers.identityCount()];
        CompiledComponent[] order = new CompiledComponent[changes.components().size()];
        List<CompiledComponent> fresh = new ArrayList<>();
        long boundaryNs = Times.NEVER;
        long carried = 0;
        for (int i = 0; i < order.length; i++) {
            CompiledComponent now = changes.kept(i);
            if (now != null && current(now)) {
                carried += now.sizeBytes();
            } else {
                now = componentCompiler.compile(changes.components().get(i));
                fresh.add(now);
            }
            byIdentity[now.identity()] = now;
            order[i] = now;
            boundaryNs = Math.min(boundaryNs, now.boundaryNs());
        }
        budget.carry(carried);
        return new CompiledComponents(byIdentity, order, fresh, changes.gone(), boundaryNs);
    }

    private boolean current(CompiledComponent before) {
        return !stepped
                && request.nowNs() < before.boundaryNs()
                && !(changes.groupsChanged() && before.grouped())
                && knowAll(before.selectors().stream());
    }

    /** Whether tables made for these selectors know all labels that they choose. */
    private boolean knowAll(Stream<Map<String, String>> selectors) {
        int known = last.profileCount();
        return known == profiles.count() || selectors.noneMatch(selector -> profiles.matchesFrom(known, selector));
    }

    /** By tier, null for the components' own. */
    private @Nullable TierRules[] tiers() {
        TierRules[] tiers = new TierRules[Subject.TIERS];
        for (int at = 0; at < TIERS.size(); at++) {
            if (at != Subject.COMPONENT_TIER) {
                tiers[at] = tier(TIERS.get(at), last.tiers()[at]);
            }
        }
        return tiers;
    }

    private TierRules tier(Tier tier, @Nullable TierRules before) {
        List<?> sources = tierCompiler.sources(tier);
        if (before == null
                || !DocumentChanges.same(sources, before.sources())
                || (tier == Tier.GRANT && exposesChanged())
                || !current(before)) {
            return tierCompiler.compile(tier, sources);
        }
        budget.carry(before.egress().tableBytes() + before.ingress().tableBytes());
        return before;
    }

    private boolean current(TierRules before) {
        return !stepped
                && request.nowNs() < before.boundaryNs()
                && !changes.groupsChanged()
                && knowAll(before.peerSelectors());
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

    /**
     * What has to be looked at for contradictions: each changed component, and each changed tier; when labels have moved, all that
     * has selectors.
     */
    private List<List<RuleDraft>> changedDrafts(CompiledComponents components, @Nullable TierRules[] tiers) {
        boolean relabelled = components.relabelled(last);
        List<List<RuleDraft>> lists = new ArrayList<>();
        List<CompiledComponent> concerned = relabelled
                ? Stream.concat(
                                components.fresh().stream(),
                                Arrays.stream(components.order())
                                        .filter(now -> !now.selectors().isEmpty()))
                        .distinct()
                        .toList()
                : components.fresh();
        for (CompiledComponent now : concerned) {
            lists.add(drafts.ofComponent(now.document(), true));
            lists.add(drafts.ofComponent(now.document(), false));
        }
        for (int tier = 0; tier < tiers.length; tier++) {
            TierRules own = tiers[tier];
            if (own != null && (relabelled || own != last.tiers()[tier])) {
                lists.add(tierCompiler.drafts(own.sources(), true));
                lists.add(tierCompiler.drafts(own.sources(), false));
            }
        }
        return lists;
    }

    /** Whether information stays where the domain lets it. Asked of the whole: a rule of one may be the way that another lacked. */
    private void comply() {
        if (request.labels().domain().equals(LabelDomain.NONE)) {
            return;
        }
        PolicyFlows.violation(documents, grants(), request.labels()).ifPresent(problems::add);
    }

    private List<Document> grants() {
        return request.grants().stream().map(ActiveGrant::document).toList();
    }

    private PolicyEpoch epoch(
            CompiledComponents components, @Nullable TierRules[] tiers, SubjectLinker linked, LimitChains chains) {
        long boundaryNs = components.boundaryNs();
        for (TierRules tier : tiers) {
            boundaryNs = tier == null ? boundaryNs : Math.min(boundaryNs, tier.boundaryNs());
        }
        return new PolicyEpoch(new PolicyEpoch.Parts(
                request.epoch(),
                request.revision(),
                documents,
                grants(),
                numbers.portNames(),
                numbers.ports(),
                linked.subjects(),
                ports.tables(),
                ports.bound(),
                linked.addresses(),
                labels.table(),
                linked.documents(),
                numbers.identities(),
                linked.rules(),
                numbers.limits(),
                chains,
                boundaryNs,
                budget.bytes(),
                List.copyOf(warnings)));
    }

    private CompilerState state(CompiledComponents components, @Nullable TierRules[] tiers, SubjectLinker linked) {
        return new CompilerState(
                documents,
                documents.documents(Kind.GROUP),
                components.byIdentity(),
                components.order(),
                tiers,
                linked.addresses(),
                linked.subjects(),
                linked.documents(),
                linked.rules(),
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
