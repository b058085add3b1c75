package io.weir.identity.manifest;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.L4Match.Range;
import io.weir.identity.component.L4Text;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.component.TimeWindow;
import io.weir.identity.component.Violations;
import io.weir.identity.label.SecurityContext;

/** Every document that can be said, at random. */
final class AnyDocument {
    private static final List<Rule.OnChange> ON_CHANGE = List.of(Rule.OnChange.values());

    private AnyDocument() {}

    static Arbitrary<Body> body() {
        return Arbitraries.oneOf(component(), group(), ruleSet(), grant());
    }

    static Arbitrary<String> id() {
        Arbitrary<String> tricky =
                Arbitraries.of("true", "null", "1", "1e3", "0x1", "-", ".", "~", "no", "2026-12-01", ".inf", "_", "y");
        return Arbitraries.oneOf(word(64, "._-"), tricky.filter(text -> !text.equals("~")));
    }

    private static Arbitrary<String> word(int maxLength, String others) {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars(others.toCharArray())
                .ofMinLength(1)
                .ofMaxLength(maxLength);
    }

    private static Arbitrary<String> port() {
        return word(32, "._-");
    }

    private static Arbitrary<String> sentence() {
        return Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars('\u00e4', '\u4e2d', '\\', '"', '#', ':')
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    private static Arbitrary<Map<String, String>> labels(int min) {
        Arbitrary<String> value = Arbitraries.oneOf(word(20, "._/-"), Arbitraries.of("", "true", "5"));
        return Arbitraries.maps(word(20, "._/-"), value).ofMinSize(min).ofMaxSize(3);
    }

    static Arbitrary<IpPrefix> prefix() {
        Arbitrary<IpPrefix> ipv4 = Combinators.combine(
                        Arbitraries.integers(), Arbitraries.integers().between(0, 32))
                .as((address, length) -> IpPrefix.ipv4((int) (address & 0xFFFF_FFFFL << (32 - length)), length));
        Arbitrary<IpPrefix> ipv6 = Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.longs(),
                        Arbitraries.integers().between(0, 128))
                .as((high, low, length) ->
                        new IpPrefix(high & IpPrefix.highMask(length), low & IpPrefix.lowMask(length), length));
        Arbitrary<Long> groups = Arbitraries.of(0L, 1L, 0x1_0000L, 0xFFFF_0000L, 0xFFFFL << 32, 1L << 48);
        Arbitrary<IpPrefix> sparse =
                Combinators.combine(groups, groups).as((high, low) -> new IpPrefix(high, low, 128));
        return Arbitraries.oneOf(ipv4, ipv6, sparse);
    }

    private static Arbitrary<IpPrefix> unicast() {
        return prefix().filter(ip -> ip.high() >>> 56 != 0xFF && !(ip.isIpv4() && (ip.low() >>> 28 & 0xF) == 0xE));
    }

    static Arbitrary<L4Match> l4() {
        Arbitrary<Integer> protocol = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of(1, 6, 17, 58, 132)),
                Tuple.of(1, Arbitraries.integers().between(-1, 255)));
        return Combinators.combine(protocol, ranges()).as(AnyDocument::match);
    }

    private static L4Match match(int protocol, List<Range> ranges) {
        boolean some = L4Text.hasPorts(protocol) || L4Text.isIcmp(protocol);
        return new L4Match(protocol, some ? ranges : List.of());
    }

    private static Arbitrary<List<Range>> ranges() {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, 0xFFFF);
        return Combinators.combine(number, number)
                .as((a, b) -> new Range(Math.min(a, b), Math.max(a, b)))
                .list()
                .ofMaxSize(3)
                .map(L4Text::merged);
    }

    private static Arbitrary<List<L4Match>> l4s() {
        return l4().list().ofMaxSize(2);
    }

    private static Arbitrary<Instance> instance() {
        Arbitrary<OptionalLong> mac = Arbitraries.longs()
                .between(0, (1L << 48) - 1)
                .map(bits -> bits & ~(1L << 40))
                .map(bits -> bits == 0 ? OptionalLong.empty() : OptionalLong.of(bits));
        Arbitrary<List<L4Match>> l4 =
                l4().filter(match -> !L4Text.isIcmp(match.protocol())).list().ofMaxSize(2);
        return Combinators.combine(
                        port(),
                        mac,
                        Arbitraries.integers().between(0, 4094),
                        unicast().list().ofMaxSize(3),
                        l4)
                .as(Instance::new);
    }

    private static Arbitrary<Peer> peer() {
        Arbitrary<Peer> cidr = Combinators.combine(
                        prefix(), Arbitraries.of(Peer.Scope.values()), Arbitraries.of(true, false))
                .as((prefix, scope, except) -> new Peer.ByCidr(prefix, except ? List.of(prefix) : List.of(), scope));
        return Arbitraries.oneOf(member(), cidr, Arbitraries.of(new Peer.Any()));
    }

    private static Arbitrary<Peer> member() {
        return Arbitraries.oneOf(
                id().map(Peer.ById::new), id().map(Peer.ByGroup::new), labels(1).map(Peer.ByLabels::new));
    }

    private static Arbitrary<List<Peer>> peers() {
        return peer().list().ofMinSize(1).ofMaxSize(3);
    }

    private static Arbitrary<Integer> limit() {
        return Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(1, Integer.MAX_VALUE));
    }

    private static Arbitrary<TimeWindow> window() {
        Arbitrary<LocalTime> time =
                Arbitraries.integers().between(0, 1439).map(minute -> LocalTime.of(minute / 60, minute % 60));
        Arbitrary<Set<DayOfWeek>> days =
                Arbitraries.of(DayOfWeek.values()).set().ofMinSize(1);
        Arbitrary<ZoneId> zone = Arbitraries.of("UTC", "Europe/Berlin", "Z", "+02:00", "America/Argentina/Ushuaia")
                .map(ZoneId::of);
        return Combinators.combine(days, time, time, zone).as(TimeWindow::new);
    }

    /** @param sides of the list it stands in; BOTH for a rule set, whose rules may say any */
    private static Arbitrary<Rule> rule(Rule.Sides sides) {
        Arbitrary<RuleLimits> limits =
                Combinators.combine(limit(), limit(), limit(), limit()).as(RuleLimits::new);
        Arbitrary<Optional<Instant>> until = Arbitraries.longs()
                .between(1_000_000_000, 4_000_000_000L)
                .map(Instant::ofEpochSecond)
                .optional();
        Arbitrary<Ends> ends = Combinators.combine(
                        peers(),
                        peers(),
                        id().filter(id -> id.length() <= 64).list().ofMaxSize(2),
                        l4s())
                .as(Ends::new);
        return Combinators.combine(
                        id().filter(id -> id.length() <= 64),
                        Arbitraries.integers().between(0, 0xFFFF),
                        Arbitraries.of(Rule.Sides.values()),
                        ends,
                        Arbitraries.of(RuleAction.values()),
                        until,
                        limits,
                        window().optional())
                .as((id, priority, side, between, action, auditUntil, use, when) -> new Rule(
                        id,
                        priority,
                        sides == Rule.Sides.BOTH ? side : sides,
                        sides == Rule.Sides.EGRESS ? List.of() : between.from,
                        sides == Rule.Sides.INGRESS ? List.of() : between.to,
                        sides == Rule.Sides.INGRESS ? between.exposes : List.of(),
                        between.l4,
                        action,
                        action == RuleAction.MIRROR || action == RuleAction.REDIRECT
                                ? Optional.of("tap-" + priority)
                                : Optional.empty(),
                        auditUntil.isPresent() ? RuleMode.AUDIT : RuleMode.ENFORCE,
                        auditUntil,
                        limits(action, use),
                        when,
                        ON_CHANGE.get(priority % ON_CHANGE.size())));
    }

    private record Ends(List<Peer> from, List<Peer> to, List<String> exposes, List<L4Match> l4) {}

    private static RuleLimits limits(RuleAction action, RuleLimits limits) {
        return switch (action) {
            case ALLOW -> limits;
            case RATE_LIMIT -> limits.equals(RuleLimits.NONE) ? new RuleLimits(0, 0, 1, 0) : limits;
            default -> RuleLimits.NONE;
        };
    }

    private static Arbitrary<List<Rule>> rules(Rule.Sides sides) {
        return rule(sides).list().ofMaxSize(3).uniqueElements(Rule::id);
    }

    private static Arbitrary<Violations> violations() {
        return Combinators.combine(
                        Arbitraries.of(RuleAction.DROP, RuleAction.REJECT, RuleAction.REDIRECT),
                        port(),
                        limit(),
                        Arbitraries.integers().between(1, ComponentReader.MAX_WINDOW_MS))
                .as((action, port, count, windowMs) -> new Violations(
                        action,
                        action == RuleAction.REDIRECT ? Optional.of(port) : Optional.empty(),
                        count,
                        count == 0 ? 0 : windowMs));
    }

    private static Arbitrary<PolicyTest> test() {
        Arbitrary<L4Text.Destination> destination = Combinators.combine(
                        Arbitraries.of(1, 6, 17, 47, 58, 132),
                        Arbitraries.integers().between(0, 0xFFFF))
                .as((protocol, port) -> new L4Text.Destination(protocol, protocol == 47 ? 0 : port));
        return Combinators.combine(id(), id(), destination, Arbitraries.of(true, false))
                .as((from, to, l4, allowed) -> new PolicyTest(from, to, l4.protocol(), l4.port(), allowed));
    }

    private static Arbitrary<Body> component() {
        Arbitrary<Optional<SecurityContext>> label = Arbitraries.of(
                        "system_u:system_r:ledger_t:s2-s5:c1.c3", "u:r:t:s0", "u:r:t:s15:c0.c1023")
                .map(SecurityContext::parse)
                .optional();
        Arbitrary<List<Expose>> exposes = Combinators.combine(id().filter(id -> id.length() <= 64), l4())
                .as(Expose::new)
                .list()
                .ofMaxSize(3)
                .uniqueElements(Expose::name);
        Arbitrary<ComponentLimits> limits = Combinators.combine(limit(), limit(), limit(), limit(), limit(), limit())
                .as(ComponentLimits::new);
        Arbitrary<String> owner = Arbitraries.oneOf(Arbitraries.just(""), sentence());
        Arbitrary<Body> plain = Combinators.combine(
                        labels(0),
                        owner,
                        instance().list().ofMaxSize(3),
                        Arbitraries.integers().between(Assurance.L4, Assurance.PORT),
                        label,
                        exposes,
                        Arbitraries.of(RuleMode.values()),
                        violations())
                .as((labels, who, instances, assurance, security, exposed, mode, violations) -> new Component(
                        labels,
                        who,
                        instances,
                        assurance,
                        security,
                        exposed,
                        mode,
                        labels.size() != 1,
                        instances.size() != 1,
                        List.of(),
                        List.of(),
                        violations,
                        ComponentLimits.NONE,
                        List.of()));
        return Combinators.combine(
                        plain,
                        rules(Rule.Sides.INGRESS),
                        rules(Rule.Sides.EGRESS),
                        limits,
                        test().list().ofMaxSize(2))
                .as((body, ingress, egress, use, tests) -> with((Component) body, ingress, egress, use, tests));
    }

    private static Body with(
            Component plain, List<Rule> ingress, List<Rule> egress, ComponentLimits limits, List<PolicyTest> tests) {
        return new Component(
                plain.labels(),
                plain.owner(),
                plain.instances(),
                plain.minAssurance(),
                plain.securityLabel(),
                plain.exposes(),
                plain.mode(),
                plain.isolateIngress(),
                plain.isolateEgress(),
                ingress,
                egress,
                plain.violations(),
                limits,
                tests);
    }

    private static Arbitrary<Body> group() {
        return member().list().ofMaxSize(4).map(Group::new);
    }

    private static Arbitrary<Body> ruleSet() {
        return Combinators.combine(
                        Arbitraries.of(Tier.EMERGENCY, Tier.PLATFORM, Tier.BASELINE),
                        Arbitraries.of(RuleMode.values()),
                        rules(Rule.Sides.BOTH))
                .as(RuleSet::new);
    }

    private static Arbitrary<Body> grant() {
        Arbitrary<Rule> rule = Combinators.combine(
                        peers(),
                        id(),
                        id().filter(id -> id.length() <= 64).list().ofMaxSize(2),
                        l4s())
                .as((from, to, exposes, l4) -> OperatorReader.allow(from, to, new ArrayList<>(exposes), l4));
        return Combinators.combine(
                        sentence(),
                        rule,
                        Arbitraries.integers().between(1, OperatorReader.MAX_TTL_SECONDS),
                        Arbitraries.of(Grant.OnExpiry.values()))
                .as(Grant::new);
    }
}
