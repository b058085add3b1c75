package io.weir.identity.evaluate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.identity.compile.ActiveGrant;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.component.TimeWindow;

/**
 * The oracle: judges flows by scanning all documents, as docs/policy.md reads. It shares nothing with the compiled evaluator but
 * the model.
 *
 * @param nowNs and now one moment on both clocks, to tell the others by
 */
record NaiveEvaluator(
        PolicySet documents,
        List<ActiveGrant> grants,
        Set<String> quarantined,
        NaiveLabels labels,
        long nowNs,
        Instant now) {
    /** A flow, its ports by name; the level that its packets prove, empty for none. */
    record Flow(End source, End destination, int vlan, int protocol, String level) {
        boolean ip() {
            return protocol >= 0;
        }
    }

    /** One end: its port, and what the headers say. */
    record End(String port, PortRole role, PolicyMode mode, long mac, long high, long low, int l4Port) {}

    /** Who an end is. */
    record Who(String id, int assurance, boolean component) {}

    /** What comes out; rules are {@code owner kind/owner/rule/side}, empty for none. */
    record Judgement(
            String source,
            String destination,
            int sourceAssurance,
            int destinationAssurance,
            String level,
            int action,
            int reason,
            String egressRule,
            String ingressRule,
            int auditAction,
            int auditReason,
            String auditRule,
            String redirect,
            String mirror,
            List<String> limits,
            int onChange,
            boolean reset,
            long validUntilNs) {}

    private static final int FINE = 0;

    /** How one side came out. */
    private static final class Side {
        int action = Action.ALLOW;
        int reason = FINE;
        String rule = "";
        int wouldAction = Action.ALLOW;
        int wouldReason = FINE;
        String wouldRule = "";
        String redirect = "";
        String mirror = "";
        Optional<Rule> allowing = Optional.empty();
        String allowingOwner = "";
        boolean reset;
        long validUntilNs = Long.MAX_VALUE;
        boolean limited;
    }

    private record Candidate(Document owner, Rule rule, int position, boolean audited, long fromNs, long untilNs) {}

    Judgement judge(Flow flow, long atNs) {
        Who source = who(flow, true);
        Who destination = who(flow, false);
        String level = labels.level(documents, source.id, flow.level);
        int refused = labels.refused(documents, flow, source.id, destination.id, level);
        if (refused != FINE) {
            return refused(source, destination, level, refused);
        }
        Side egress = side(flow, true, source, destination, atNs);
        Side ingress = side(flow, false, destination, source, atNs);
        Side enforced = ingress.action > egress.action ? ingress : egress;
        Side would = ingress.wouldAction > egress.wouldAction ? ingress : egress;
        boolean audited = would.wouldAction > enforced.action;
        boolean allowed = enforced.action == Action.ALLOW;
        return new Judgement(
                source.id,
                destination.id,
                source.assurance,
                destination.assurance,
                level,
                enforced.action,
                enforced.reason,
                egress.rule,
                ingress.rule,
                audited ? would.wouldAction : Action.NONE,
                audited ? would.wouldReason : FINE,
                audited ? would.wouldRule : "",
                enforced.action == Action.REDIRECT ? enforced.redirect : "",
                egress.mirror.isEmpty() ? ingress.mirror : egress.mirror,
                allowed ? limits(egress, ingress, source, destination) : List.of(),
                allowed ? onChange(egress, ingress) : 0,
                egress.reset || ingress.reset,
                Math.min(egress.validUntilNs, ingress.validUntilNs));
    }

    private static Judgement refused(Who source, Who destination, String level, int reason) {
        return new Judgement(
                source.id,
                destination.id,
                source.assurance,
                destination.assurance,
                level,
                Action.DROP,
                reason,
                "",
                "",
                Action.NONE,
                FINE,
                "",
                "",
                "",
                List.of(),
                0,
                false,
                Long.MAX_VALUE);
    }

    private static int onChange(Side egress, Side ingress) {
        int strictest = Integer.MAX_VALUE;
        for (Side side : List.of(egress, ingress)) {
            if (side.allowing.isPresent()) {
                int own = switch (side.allowing.get().onChange()) {
                    case REEVALUATE -> 0;
                    case DRAIN -> 1;
                    case KEEP -> 2;
                };
                strictest = Math.min(strictest, own);
            }
        }
        return strictest == Integer.MAX_VALUE ? 0 : strictest;
    }

    private List<String> limits(Side egress, Side ingress, Who source, Who destination) {
        Set<String> all = new TreeSet<>();
        for (Side side : List.of(egress, ingress)) {
            if (side.limited
                    && side.allowing.isPresent()
                    && !side.allowing.get().limits().equals(RuleLimits.NONE)) {
                RuleLimits own = side.allowing.get().limits();
                all.add(side.allowingOwner
                        + ' '
                        + own.newConnectionsPerSecond()
                        + ' '
                        + own.connections()
                        + ' '
                        + own.mbps() * 1_000_000L
                        + ' '
                        + own.packetsPerSecond());
            }
        }
        if (egress.limited) {
            componentLimits(source.id, "egress", all);
        }
        if (ingress.limited) {
            componentLimits(destination.id, "ingress", all);
        }
        return all.stream()
                .map(text -> text.substring(text.indexOf(' ') + 1))
                .sorted()
                .toList();
    }

    private void componentLimits(String id, String direction, Set<String> all) {
        component(id).map(Component::limits).ifPresent(own -> {
            if (own.connections() + own.mbps() + own.packetsPerSecond() > 0) {
                all.add(id + direction + " 0 " + own.connections() + ' ' + own.mbps() * 1_000_000L + ' '
                        + own.packetsPerSecond());
            }
        });
    }

    // Step 0: guard.

    int guard(Flow flow, boolean fromRouter) {
        End sender = flow.source;
        List<Instance> here = instances(sender.port);
        List<Instance> elsewhere = documents.documents(Kind.COMPONENT).stream()
                .flatMap(document -> ((Component) document.body()).instances().stream())
                .filter(instance -> !instance.port().equals(sender.port))
                .toList();
        boolean macHere = here.stream().anyMatch(instance -> says(instance, sender.mac));
        if (!macHere && elsewhere.stream().anyMatch(instance -> says(instance, sender.mac))) {
            return DropReason.SPOOFED_MAC.code();
        }
        boolean ipHere = here.stream().anyMatch(instance -> saysExactly(instance, sender));
        boolean ipElsewhere =
                flow.ip() && !ipHere && elsewhere.stream().anyMatch(instance -> saysExactly(instance, sender));
        if (sender.role != PortRole.VM) {
            return ipElsewhere ? DropReason.SPOOFED_IP.code() : FINE;
        }
        boolean linkLocal = new IpPrefix(0xFE80L << 48, 0, 10).contains(sender.high, sender.low);
        boolean foreign = ipElsewhere && !linkLocal && !fromRouter;
        if (here.isEmpty()) {
            return foreign ? DropReason.SPOOFED_IP.code() : FINE;
        }
        List<Instance> byMac = here.stream()
                .filter(instance -> instance.mac().isEmpty() || says(instance, sender.mac))
                .toList();
        if (byMac.isEmpty()) {
            return DropReason.SPOOFED_MAC.code();
        }
        List<Instance> byVlan = byMac.stream()
                .filter(instance -> instance.vlan() == 0 || instance.vlan() == flow.vlan)
                .toList();
        if (byVlan.isEmpty()) {
            return DropReason.SPOOFED_VLAN.code();
        }
        boolean bound = byVlan.stream()
                .anyMatch(instance -> instance.ips().isEmpty()
                        || instance.ips().stream().anyMatch(ip -> ip.contains(sender.high, sender.low)));
        return !flow.ip() || linkLocal || (bound && !foreign) ? FINE : DropReason.SPOOFED_IP.code();
    }

    private static boolean says(Instance instance, long mac) {
        return instance.mac().isPresent() && instance.mac().getAsLong() == mac;
    }

    private static boolean saysExactly(Instance instance, End sender) {
        return instance.ips().stream().anyMatch(ip -> ip.length() == 128 && ip.contains(sender.high, sender.low));
    }

    // Step 1: identify.

    private record Placed(Document document, Instance instance) {}

    private List<Placed> placed(String port) {
        List<Placed> placed = new ArrayList<>();
        for (Document document : documents.documents(Kind.COMPONENT)) {
            for (Instance instance : ((Component) document.body()).instances()) {
                if (instance.port().equals(port)) {
                    placed.add(new Placed(document, instance));
                }
            }
        }
        return placed;
    }

    private List<Instance> instances(String port) {
        return placed(port).stream().map(Placed::instance).toList();
    }

    Who who(Flow flow, boolean ofSource) {
        End end = ofSource ? flow.source : flow.destination;
        List<Placed> here = placed(end.port);
        boolean toMany = !ofSource && (end.mac >>> 40 & 1) == 1;
        List<Placed> matching = here.stream()
                .filter(placed -> placed.instance.vlan() == 0 || placed.instance.vlan() == flow.vlan)
                .filter(placed -> toMany || placed.instance.mac().isEmpty() || says(placed.instance, end.mac))
                .filter(placed -> toMany || !flow.ip() || reaches(placed.instance, end, flow.protocol))
                .toList();
        if (toMany) {
            return together(matching, here, end);
        }
        if (!flow.ip()) {
            int best = matching.stream()
                    .mapToInt(placed -> link(placed.instance))
                    .max()
                    .orElse(0);
            return together(
                    matching.stream()
                            .filter(placed -> link(placed.instance) == best)
                            .toList(),
                    here,
                    end);
        }
        return matching.stream()
                .max(Comparator.<Placed>comparingInt(placed -> specificity(placed.instance, end))
                        .thenComparing(
                                Comparator.<Placed>comparingInt(here::indexOf).reversed()))
                .map(placed -> new Who(placed.document.id(), assurance(placed, here), true))
                .map(who -> who.id.startsWith("reserved.") ? new Who(who.id, who.assurance, false) : who)
                .orElseGet(() -> reserved(end));
    }

    private static boolean reaches(Instance instance, End end, int protocol) {
        return (instance.ips().isEmpty() || instance.ips().stream().anyMatch(ip -> ip.contains(end.high, end.low)))
                && (instance.l4().isEmpty()
                        || instance.l4().stream().anyMatch(match -> match.matches(protocol, end.l4Port)));
    }

    private static int link(Instance instance) {
        return (instance.mac().isPresent() ? 2 : 0) + (instance.vlan() != 0 ? 1 : 0);
    }

    private static int specificity(Instance instance, End end) {
        int longest = instance.ips().stream()
                .filter(ip -> ip.contains(end.high, end.low))
                .mapToInt(IpPrefix::length)
                .max()
                .orElse(-1);
        return (link(instance) * 1000 + longest + 1) * 2 + (instance.l4().isEmpty() ? 0 : 1);
    }

    private Who together(List<Placed> matching, List<Placed> here, End end) {
        if (matching.stream().map(placed -> placed.document.id()).distinct().count() != 1) {
            return reserved(end);
        }
        int weakest = matching.stream()
                .mapToInt(placed -> assurance(placed, here))
                .min()
                .orElse(0);
        return new Who(matching.getFirst().document.id(), weakest, true);
    }

    private static Who reserved(End end) {
        String id = switch (end.role) {
            case VM -> "reserved.unknown";
            case UPLINK -> "reserved.world";
            case HOST -> "reserved.host";
        };
        return new Who(id, Assurance.NONE, false);
    }

    private static int assurance(Placed own, List<Placed> here) {
        return here.stream()
                .filter(other -> !other.document.id().equals(own.document.id()))
                .mapToInt(other -> apart(own.instance, other.instance))
                .min()
                .orElse(Assurance.PORT);
    }

    private static int apart(Instance a, Instance b) {
        if (a.mac().isPresent() && b.mac().isPresent() && !a.mac().equals(b.mac())) {
            return Assurance.MAC;
        }
        if (a.vlan() > 0 && b.vlan() > 0 && a.vlan() != b.vlan()) {
            return Assurance.VLAN;
        }
        boolean bothIp = !a.ips().isEmpty() && !b.ips().isEmpty();
        boolean shareIp = a.ips().stream()
                .anyMatch(ip -> b.ips().stream().anyMatch(other -> ip.contains(other) || other.contains(ip)));
        if (bothIp && !shareIp) {
            return Assurance.IP;
        }
        boolean bothL4 = !a.l4().isEmpty() && !b.l4().isEmpty();
        if (bothL4 && !shareL4(a, b)) {
            return Assurance.L4;
        }
        if (a.mac().isPresent() ^ b.mac().isPresent()) {
            return Assurance.MAC;
        }
        if (a.vlan() > 0 ^ b.vlan() > 0) {
            return Assurance.VLAN;
        }
        if (bothIp
                ? a.ips().stream().noneMatch(b.ips()::contains)
                : a.ips().isEmpty() ^ b.ips().isEmpty()) {
            return Assurance.IP;
        }
        return bothL4 || (a.l4().isEmpty() && b.l4().isEmpty()) ? Assurance.NONE : Assurance.L4;
    }

    private static boolean shareL4(Instance a, Instance b) {
        for (int protocol : new int[] {1, 6, 17, 58, 132}) {
            for (L4Match match : a.l4()) {
                for (L4Match.Range range :
                        match.ranges().isEmpty() ? List.of(new L4Match.Range(0, 65_535)) : match.ranges()) {
                    for (int port = range.first(); port <= range.last(); port++) {
                        int here = port;
                        if (match.matches(protocol, port)
                                && b.l4().stream().anyMatch(other -> other.matches(protocol, here))) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    // Step 3: rules.

    private Side side(Flow flow, boolean egress, Who own, Who peer, long atNs) {
        Side side = new Side();
        End ownEnd = egress ? flow.source : flow.destination;
        if (ownEnd.mode == PolicyMode.OFF) {
            return side;
        }
        side.limited = ownEnd.mode == PolicyMode.ENFORCE;
        Optional<Component> component = component(own.id);
        if (component.isPresent() && quarantined.contains(own.id)) {
            deny(side, ownEnd, false, Action.DROP, DropReason.QUARANTINED.code(), "", "");
            return side;
        }
        if (own.component
                && component.isPresent()
                && own.assurance < component.get().minAssurance()) {
            deny(side, ownEnd, false, Action.DROP, DropReason.ASSURANCE_TOO_LOW.code(), "", "");
            return side;
        }
        boolean audited = component.map(it -> it.mode() == RuleMode.AUDIT).orElse(false);
        for (Tier tier : Tier.values()) {
            Candidate decided = ask(side, flow, egress, own, peer, tier, atNs);
            if (decided == null || decided.rule.action() == RuleAction.PASS) {
                continue;
            }
            String name = name(decided, egress);
            Rule rule = decided.rule;
            if (rule.action() == RuleAction.ALLOW || rule.action() == RuleAction.RATE_LIMIT) {
                side.rule = name;
                side.allowing = Optional.of(rule);
                side.allowingOwner =
                        decided.owner.id() + '/' + rule.id() + '/' + decided.position + listOf(decided, egress);
                side.reset = decided.owner.body() instanceof Grant grant && grant.onExpiry() == Grant.OnExpiry.RESET;
                return side;
            }
            int reason = egress ? DropReason.EGRESS_DENIED.code() : DropReason.INGRESS_DENIED.code();
            boolean forgiven = tier == Tier.COMPONENT && audited;
            deny(
                    side,
                    ownEnd,
                    forgiven,
                    action(rule.action()),
                    reason,
                    name,
                    rule.target().orElse(""));
            return side;
        }
        byDefault(side, ownEnd, egress, own, component, audited);
        return side;
    }

    private static String listOf(Candidate decided, boolean egress) {
        return decided.owner.kind() == Kind.COMPONENT ? (egress ? "e" : "i") : "";
    }

    private static void byDefault(
            Side side, End ownEnd, boolean egress, Who own, Optional<Component> component, boolean audited) {
        if (component.isEmpty()) {
            if (own.id.equals("reserved.world")) {
                return;
            }
            int reason = own.id.equals("reserved.unknown")
                    ? DropReason.IDENTITY_UNKNOWN.code()
                    : egress ? DropReason.EGRESS_NO_RULE.code() : DropReason.INGRESS_NO_RULE.code();
            deny(side, ownEnd, false, Action.DROP, reason, "", "");
            return;
        }
        Component it = component.get();
        if (egress ? it.isolateEgress() : it.isolateIngress()) {
            int reason = egress ? DropReason.EGRESS_NO_RULE.code() : DropReason.INGRESS_NO_RULE.code();
            deny(
                    side,
                    ownEnd,
                    audited,
                    action(it.violations().action()),
                    reason,
                    "",
                    it.violations().redirectTo().orElse(""));
        }
    }

    private static void deny(
            Side side, End ownEnd, boolean forgiven, int action, int reason, String rule, String redirect) {
        if (side.wouldRule.isEmpty()) {
            side.wouldAction = action;
            side.wouldReason = reason;
            side.wouldRule = rule;
        }
        if (ownEnd.mode == PolicyMode.ENFORCE && !forgiven) {
            side.action = action;
            side.reason = reason;
            side.rule = rule;
            side.redirect = redirect;
        }
    }

    /** Asks one tier; returns the rule that decides, null for none. */
    private @Nullable Candidate ask(Side side, Flow flow, boolean egress, Who own, Who peer, Tier tier, long atNs) {
        for (Candidate candidate : candidates(tier, egress, own)) {
            if (!matches(candidate, flow, egress, own, peer)) {
                continue;
            }
            side.validUntilNs = Math.min(side.validUntilNs, nextChange(candidate, atNs));
            int state = state(candidate, atNs);
            if (state == ABSENT) {
                continue;
            }
            RuleAction action = candidate.rule.action();
            if (state == AUDITING) {
                if (action != RuleAction.PASS && action != RuleAction.MIRROR && side.wouldRule.isEmpty()) {
                    side.wouldRule = name(candidate, egress);
                    side.wouldAction = action(action);
                    side.wouldReason = egress ? DropReason.EGRESS_DENIED.code() : DropReason.INGRESS_DENIED.code();
                }
                continue;
            }
            if (action == RuleAction.MIRROR) {
                if (side.mirror.isEmpty()) {
                    side.mirror = candidate.rule.target().orElse("");
                }
                continue;
            }
            return candidate;
        }
        return null;
    }

    private List<Candidate> candidates(Tier tier, boolean egress, Who own) {
        List<Candidate> all = new ArrayList<>();
        if (tier == Tier.COMPONENT) {
            Document document = documents.get(Kind.COMPONENT, own.id);
            if (document != null) {
                Component component = (Component) document.body();
                add(all, document, egress ? component.egress() : component.ingress(), false);
            }
        } else if (tier == Tier.GRANT) {
            for (ActiveGrant grant : grants) {
                Rule rule = ((Grant) grant.document().body()).rule();
                all.add(new Candidate(grant.document(), rule, 0, false, grant.beganNs(), grant.expiresNs()));
            }
        } else {
            for (Document document : documents.documents(Kind.RULE_SET)) {
                RuleSet set = (RuleSet) document.body();
                if (set.tier() == tier) {
                    add(all, document, set.rules(), set.mode() == RuleMode.AUDIT);
                }
            }
        }
        all.sort(Comparator.<Candidate>comparingInt(candidate -> candidate.rule.priority())
                .thenComparing(candidate -> candidate.owner.id())
                .thenComparingInt(Candidate::position));
        return all;
    }

    private static void add(List<Candidate> all, Document owner, List<Rule> rules, boolean audited) {
        for (int i = 0; i < rules.size(); i++) {
            all.add(new Candidate(owner, rules.get(i), i, audited, Long.MIN_VALUE, Long.MAX_VALUE));
        }
    }

    private boolean matches(Candidate candidate, Flow flow, boolean egress, Who own, Who peer) {
        Rule rule = candidate.rule;
        End ownEnd = egress ? flow.source : flow.destination;
        End peerEnd = egress ? flow.destination : flow.source;
        boolean ofComponent = candidate.owner.kind() == Kind.COMPONENT;
        boolean onSide =
                rule.sides() == Rule.Sides.BOTH || rule.sides() == (egress ? Rule.Sides.EGRESS : Rule.Sides.INGRESS);
        List<Peer> subjects = egress ? rule.from() : rule.to();
        List<Peer> peers = egress ? rule.to() : rule.from();
        return (ofComponent || onSide)
                && (ofComponent || any(subjects, own, ownEnd, flow))
                && any(peers, peer, peerEnd, flow)
                && l4(candidate, flow);
    }

    private boolean any(List<Peer> peers, Who who, End end, Flow flow) {
        return peers.stream().anyMatch(peer -> is(peer, who, end, flow));
    }

    private boolean is(Peer peer, Who who, End end, Flow flow) {
        return switch (peer) {
            case Peer.Any any -> true;
            case Peer.ById(String id) -> id.equals(who.id);
            case Peer.ByLabels(Map<String, String> labels) ->
                component(who.id)
                        .map(component -> component.labels().entrySet().containsAll(labels.entrySet()))
                        .orElse(false);
            case Peer.ByGroup(String group) -> {
                Document document = documents.get(Kind.GROUP, group);
                yield document != null && any(((Group) document.body()).members(), who, end, flow);
            }
            case Peer.ByCidr cidr ->
                flow.ip() && cidr.contains(end.high, end.low) && (cidr.scope() == Peer.Scope.ANY || !who.component);
        };
    }

    private boolean l4(Candidate candidate, Flow flow) {
        Rule rule = candidate.rule;
        if (rule.exposes().isEmpty() && rule.l4().isEmpty()) {
            return true;
        }
        List<L4Match> all = new ArrayList<>(rule.l4());
        String offering = candidate.owner.kind() == Kind.GRANT
                ? ((Peer.ById) rule.to().getFirst()).component()
                : candidate.owner.id();
        component(offering).map(Component::exposes).orElse(List.of()).stream()
                .filter(expose -> rule.exposes().contains(expose.name()))
                .map(Expose::l4)
                .forEach(all::add);
        return flow.ip() && all.stream().anyMatch(match -> match.matches(flow.protocol, flow.destination.l4Port));
    }

    // Times.

    private static final int ABSENT = 0;
    private static final int AUDITING = 1;
    private static final int ENFORCED = 2;

    private int state(Candidate candidate, long atNs) {
        Rule rule = candidate.rule;
        Instant at = now.plusNanos(atNs - nowNs);
        if (atNs < candidate.fromNs || atNs >= candidate.untilNs) {
            return ABSENT;
        }
        if (rule.when().isPresent() && !open(rule.when().get(), at)) {
            return ABSENT;
        }
        boolean audits = candidate.audited || rule.mode() == RuleMode.AUDIT;
        boolean over =
                rule.auditUntil().isPresent() && !at.isBefore(rule.auditUntil().get());
        return audits && !over ? AUDITING : ENFORCED;
    }

    private static boolean open(TimeWindow window, Instant at) {
        return windows(window, at).stream().anyMatch(span -> !at.isBefore(span[0]) && at.isBefore(span[1]));
    }

    private static List<Instant[]> windows(TimeWindow window, Instant around) {
        List<Instant[]> spans = new ArrayList<>();
        LocalDate today = around.atZone(window.zone()).toLocalDate();
        for (int day = -9; day <= 9; day++) {
            LocalDate date = today.plusDays(day);
            if (window.days().contains(date.getDayOfWeek())) {
                boolean overnight = !window.from().isBefore(window.until());
                spans.add(new Instant[] {
                    ZonedDateTime.of(date, window.from(), window.zone()).toInstant(),
                    ZonedDateTime.of(date.plusDays(overnight ? 1 : 0), window.until(), window.zone())
                            .toInstant()
                });
            }
        }
        return spans;
    }

    /** Earliest time later than this at which the rule stands otherwise. Mirrors and passes in audit mode are not there at all. */
    private long nextChange(Candidate candidate, long atNs) {
        TreeSet<Long> times = new TreeSet<>();
        times.add(candidate.fromNs);
        times.add(candidate.untilNs);
        candidate.rule.auditUntil().ifPresent(until -> times.add(ns(until)));
        candidate
                .rule
                .when()
                .ifPresent(window -> windows(window, now).forEach(span -> {
                    times.add(ns(span[0]));
                    times.add(ns(span[1]));
                }));
        int state = seen(candidate, atNs);
        return times.tailSet(atNs, false).stream()
                .filter(time -> time != Long.MAX_VALUE && seen(candidate, time) != state)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private int seen(Candidate candidate, long atNs) {
        int state = state(candidate, atNs);
        RuleAction action = candidate.rule.action();
        return state == AUDITING && (action == RuleAction.PASS || action == RuleAction.MIRROR) ? ABSENT : state;
    }

    private long ns(Instant moment) {
        return nowNs + java.time.Duration.between(now, moment).toNanos();
    }

    // Names.

    private Optional<Component> component(String id) {
        return Optional.ofNullable(documents.get(Kind.COMPONENT, id)).map(document -> (Component) document.body());
    }

    private static String name(Candidate candidate, boolean egress) {
        return candidate.owner.title() + '/' + candidate.rule.id() + '/' + (egress ? "egress" : "ingress");
    }

    private static int action(RuleAction action) {
        return switch (action) {
            case DROP -> Action.DROP;
            case REJECT -> Action.REJECT;
            case REDIRECT -> Action.REDIRECT;
            default -> Action.ALLOW;
        };
    }
}
