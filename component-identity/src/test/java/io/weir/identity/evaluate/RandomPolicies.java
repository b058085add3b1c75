package io.weir.identity.evaluate;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.identity.compile.ActiveGrant;
import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Origin;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.component.TimeWindow;
import io.weir.identity.component.Violations;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelNames;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

/** Random documents and flows out of small sets of names, addresses and ports, so that they meet. */
final class RandomPolicies {
    static final Instant NOW = Instant.parse("2026-03-11T10:30:00Z");
    static final long NOW_NS = 5_000_000_000_000L;
    static final long HOUR_NS = 3_600_000_000_000L;

    static final int COMPONENTS = 6;
    private static final List<String> VM_PORTS = List.of("vm0", "vm1", "vm2");
    private static final List<String> RESERVED = List.of("reserved.host", "reserved.world", "reserved.unknown");
    private static final List<String> TYPES = List.of("a_t", "b_t", "c_t");
    private static final int[] PROTOCOLS = {6, 17, 1, 58, 132, 47};
    private static final long MAC = 0x52_54_00_00_00_00L;

    private static final List<Rule.Sides> SIDES = List.of(Rule.Sides.values());
    private static final List<Rule.OnChange> ON_CHANGES = List.of(Rule.OnChange.values());
    private static final List<RuleAction> ACTIONS = List.of(RuleAction.values());

    private final Random random;
    private final boolean labelled;
    private int nextPriority;

    RandomPolicies(long seed) {
        random = new Random(seed);
        labelled = chance(40);
    }

    Random random() {
        return random;
    }

    // Documents.

    List<Document> documents() {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < COMPONENTS; i++) {
            documents.add(component("c" + i, i));
        }
        for (String id : RESERVED) {
            if (chance(25)) {
                documents.add(component(id, -1));
            }
        }
        documents.add(document(Kind.GROUP, "g0", new Group(List.of(new Peer.ById("c0"), new Peer.ByLabels(labels())))));
        documents.add(document(Kind.GROUP, "g1", new Group(List.of(new Peer.ByGroup("g0"), new Peer.ById("c3")))));
        for (Tier tier : List.of(Tier.EMERGENCY, Tier.PLATFORM, Tier.BASELINE)) {
            for (int i = random.nextInt(3); i > 0; i--) {
                documents.add(ruleSet(tier.word() + i, tier));
            }
        }
        return documents;
    }

    Document component(String id, int number) {
        List<Expose> exposes = List.of(new Expose("sql", l4Match()), new Expose("web", l4Match()));
        return document(
                Kind.COMPONENT,
                id,
                new Component(
                        labels(),
                        "",
                        number < 0 ? List.of() : instances(number),
                        chance(20) ? 1 + random.nextInt(5) : Assurance.L4,
                        labelled && chance(70) ? Optional.of(context()) : Optional.empty(),
                        exposes,
                        chance(15) ? RuleMode.AUDIT : RuleMode.ENFORCE,
                        !chance(20),
                        !chance(20),
                        rules(RuleKind.INGRESS, 5),
                        rules(RuleKind.EGRESS, 5),
                        violations(),
                        chance(25)
                                ? new ComponentLimits(random.nextInt(3), 0, 1 + number, 0, 0, 0)
                                : ComponentLimits.NONE,
                        List.of()));
    }

    Document ruleSet(String id, Tier tier) {
        return document(
                Kind.RULE_SET,
                id,
                new RuleSet(tier, chance(15) ? RuleMode.AUDIT : RuleMode.ENFORCE, rules(RuleKind.SET, 4)));
    }

    Set<String> quarantined() {
        return chance(25) ? Set.of("c1") : Set.of();
    }

    /** One thing more, less or other than before. */
    EvaluatorOracleTest.Case changed(EvaluatorOracleTest.Case last) {
        PolicySet documents = last.documents();
        int number = random.nextInt(COMPONENTS);
        Tier tier = List.of(Tier.EMERGENCY, Tier.PLATFORM, Tier.BASELINE).get(random.nextInt(3));
        String set = tier.word() + (1 + random.nextInt(2));
        return switch (random.nextInt(10)) {
            case 0 -> new EvaluatorOracleTest.Case(documents, grants(), last.quarantined(), last.labels());
            case 1 -> new EvaluatorOracleTest.Case(documents, last.grants(), quarantined(), last.labels());
            case 9 -> new EvaluatorOracleTest.Case(documents, last.grants(), last.quarantined(), labelSettings());
            case 2 -> changed(last, documents.with(List.of(ruleSet(set, tier))));
            case 3 -> changed(last, documents.without(Kind.RULE_SET, set));
            case 4 -> changed(last, documents.with(List.of(group())));
            case 5 -> changed(last, documents.with(List.of(component(RESERVED.get(random.nextInt(3)), -1))));
            case 6 -> changed(last, documents.without(Kind.COMPONENT, RESERVED.get(random.nextInt(3))));
            case 7 -> changed(last, relabelled(documents, "c" + number));
            default -> changed(last, documents.with(List.of(component("c" + number, number))));
        };
    }

    private static EvaluatorOracleTest.Case changed(EvaluatorOracleTest.Case last, PolicySet documents) {
        return new EvaluatorOracleTest.Case(documents, last.grants(), last.quarantined(), last.labels());
    }

    // Labels: few and mostly wide, so that some flows pass.

    /** What the host says of labels; mostly nothing where components have none either. */
    LabelSettings labelSettings() {
        if (!labelled && chance(80)) {
            return LabelSettings.NONE;
        }
        Map<String, LevelRange> ports = new HashMap<>();
        for (String port : List.of("vm0", "vm1", "up0", "host0")) {
            if (chance(20)) {
                ports.put(port, range());
            }
        }
        return new LabelSettings(chance(60) ? domain() : LabelDomain.NONE, ports);
    }

    private LabelDomain domain() {
        Map<String, DomainType> types = new HashMap<>();
        Map<String, Set<String>> receivers = new HashMap<>();
        for (String type : chance(60) ? TYPES : List.<String>of()) {
            types.put(type, new DomainType(type, "", Optional.empty()));
            Set<String> some = new HashSet<>(TYPES);
            some.removeIf(other -> chance(15));
            receivers.put(type, some);
        }
        return new LabelDomain("d.yaml", "d", context(), false, LabelNames.NONE, List.of(), types, receivers);
    }

    private SecurityContext context() {
        return new SecurityContext("u", "r", one(TYPES), range());
    }

    private LevelRange range() {
        Level low = chance(60) ? Level.LOWEST : level();
        return chance(30) ? LevelRange.of(low) : new LevelRange(low, low.lub(level()));
    }

    private Level level() {
        int[] categories =
                IntStream.of(0, 1, 2, 70).filter(category -> chance(50)).toArray();
        return Level.of(random.nextInt(3), categories);
    }

    private Document group() {
        return document(Kind.GROUP, "g0", new Group(List.of(one(), new Peer.ByLabels(labels()))));
    }

    private PolicySet relabelled(PolicySet documents, String id) {
        Document document = Objects.requireNonNull(documents.get(Kind.COMPONENT, id));
        Component it = (Component) document.body();
        Map<String, String> labels = new HashMap<>(labels());
        labels.put("fresh", String.valueOf(random.nextInt(3)));
        return documents.with(List.of(document(
                Kind.COMPONENT,
                id,
                new Component(
                        labels,
                        it.owner(),
                        it.instances(),
                        it.minAssurance(),
                        it.securityLabel(),
                        it.exposes(),
                        it.mode(),
                        it.isolateIngress(),
                        it.isolateEgress(),
                        it.ingress(),
                        it.egress(),
                        it.violations(),
                        it.limits(),
                        it.tests()))));
    }

    List<ActiveGrant> grants() {
        return IntStream.range(0, random.nextInt(3)).mapToObj(this::grant).toList();
    }

    private ActiveGrant grant(int number) {
        Rule rule = rule(0, RuleKind.GRANT);
        Grant.OnExpiry end = chance(50) ? Grant.OnExpiry.RESET : Grant.OnExpiry.DROP;
        Document document = document(Kind.GRANT, "grant" + number, new Grant("why", rule, 60, end));
        long began = NOW_NS - random.nextInt(1000);
        return new ActiveGrant(document, began, NOW_NS + (random.nextInt(10) - 1) * HOUR_NS / 4);
    }

    static Document document(Kind kind, String id, Body body) {
        return new Document(kind, id, body, body.toString(), Origin.NOWHERE);
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        labels.put("app", chance(50) ? "a" : "b");
        if (chance(60)) {
            labels.put("role", chance(50) ? "x" : "y");
        }
        return labels;
    }

    private Violations violations() {
        return switch (random.nextInt(6)) {
            case 0 -> new Violations(RuleAction.REJECT, Optional.empty(), 0, 0);
            case 1 -> new Violations(RuleAction.REDIRECT, Optional.of("log0"), 0, 0);
            default -> Violations.DROP;
        };
    }

    /** Mostly distinguishable: by address, MAC, VLAN or ports, whatever the port is for. */
    private List<Instance> instances(int number) {
        List<Instance> instances = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            String port = chance(15) ? "up0" : VM_PORTS.get(random.nextInt(VM_PORTS.size()));
            OptionalLong mac = chance(60)
                    ? OptionalLong.of(MAC + (chance(70) ? number : random.nextInt(3)))
                    : OptionalLong.empty();
            int vlan = chance(30) ? 10 + 10 * random.nextInt(2) : 0;
            List<IpPrefix> ips = chance(75) ? ips(number) : List.of();
            List<L4Match> l4 = chance(25) ? List.of(portRange(number)) : List.of();
            instances.add(new Instance(port, mac, vlan, ips, l4));
        }
        return instances;
    }

    private static L4Match portRange(int number) {
        return new L4Match(6, List.of(new L4Match.Range(80 + number, 80 + number)));
    }

    private List<IpPrefix> ips(int number) {
        List<IpPrefix> ips = new ArrayList<>();
        ips.add(IpPrefix.ipv4(address(number), 32));
        if (chance(20)) {
            ips.add(new IpPrefix(0xFD00L << 48, number, 128));
        }
        if (chance(15)) {
            ips.add(IpPrefix.ipv4(0x0A00_0000, 28 + random.nextInt(2)));
        }
        return ips;
    }

    private static int address(int number) {
        return 0x0A00_0000 + number;
    }

    // Rules.

    private enum RuleKind {
        INGRESS,
        EGRESS,
        SET,
        GRANT
    }

    private List<Rule> rules(RuleKind kind, int most) {
        return IntStream.range(0, random.nextInt(most + 1))
                .mapToObj(i -> rule(i, kind))
                .toList();
    }

    private Rule rule(int number, RuleKind kind) {
        RuleAction action = kind == RuleKind.GRANT ? RuleAction.ALLOW : action();
        boolean aimed = action == RuleAction.REDIRECT || action == RuleAction.MIRROR;
        boolean exposed = (kind == RuleKind.INGRESS || kind == RuleKind.GRANT) && chance(30);
        boolean audit = kind != RuleKind.GRANT && chance(15);
        return new Rule(
                "r" + number,
                chance(85) ? nextPriority++ % 65_536 : random.nextInt(20),
                kind == RuleKind.SET ? one(SIDES) : Rule.Sides.BOTH,
                kind == RuleKind.EGRESS ? List.of() : peers(),
                kind == RuleKind.INGRESS ? List.of() : kind == RuleKind.GRANT ? List.of(one()) : peers(),
                exposed ? List.of(chance(50) ? "sql" : "web") : List.of(),
                chance(50) ? l4() : List.of(),
                action,
                aimed ? Optional.of("log" + random.nextInt(2)) : Optional.empty(),
                audit ? RuleMode.AUDIT : RuleMode.ENFORCE,
                audit && chance(50) ? Optional.of(NOW.plusSeconds((random.nextInt(8) - 2) * 900L)) : Optional.empty(),
                action == RuleAction.RATE_LIMIT || chance(10)
                        ? new RuleLimits(1 + random.nextInt(3), random.nextInt(3), 0, random.nextInt(2))
                        : RuleLimits.NONE,
                kind != RuleKind.GRANT && chance(12) ? Optional.of(window()) : Optional.empty(),
                one(ON_CHANGES));
    }

    private RuleAction action() {
        return chance(50) ? RuleAction.ALLOW : one(ACTIONS);
    }

    private Peer one() {
        return new Peer.ById("c" + random.nextInt(COMPONENTS));
    }

    private List<Peer> peers() {
        return IntStream.range(0, 1 + random.nextInt(2)).mapToObj(i -> peer()).toList();
    }

    private Peer peer() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> new Peer.Any();
            case 2, 3, 4 -> one();
            case 5 -> new Peer.ByLabels(labels());
            case 6 -> new Peer.ByGroup("g" + random.nextInt(2));
            case 7 -> new Peer.ById(RESERVED.get(random.nextInt(3)));
            default -> network();
        };
    }

    private Peer network() {
        IpPrefix prefix = switch (random.nextInt(5)) {
            case 0 -> new IpPrefix(0xFD00L << 48, 0, 64);
            case 1 -> IpPrefix.ipv4(0, 0);
            case 2 -> IpPrefix.ipv4(0x0A00_0000, 24);
            case 3 -> IpPrefix.ipv4(address(random.nextInt(8)), 32);
            default -> IpPrefix.ipv4(0x0A00_0000 + 4 * random.nextInt(2), 30);
        };
        List<IpPrefix> except = chance(30) ? List.of(IpPrefix.ipv4(address(random.nextInt(8)), 32)) : List.of();
        return new Peer.ByCidr(prefix, except, chance(30) ? Peer.Scope.EXTERNAL : Peer.Scope.ANY);
    }

    private List<L4Match> l4() {
        return IntStream.range(0, 1 + random.nextInt(2))
                .mapToObj(i -> l4Match())
                .toList();
    }

    private L4Match l4Match() {
        int protocol = chance(10) ? L4Match.ANY_PROTOCOL : PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        if (protocol == L4Match.ANY_PROTOCOL || protocol == 47 || chance(20)) {
            return new L4Match(protocol, List.of());
        }
        int first = 80 + random.nextInt(6);
        List<L4Match.Range> ranges = new ArrayList<>();
        ranges.add(new L4Match.Range(first, first + random.nextInt(3)));
        if (chance(20)) {
            ranges.add(new L4Match.Range(first + 10, 0xFFFF));
        }
        return new L4Match(protocol, ranges);
    }

    /** Windows and the gaps between them last hours, so that none opens and shuts within the time that is judged. */
    private TimeWindow window() {
        Set<DayOfWeek> days = EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)));
        days.add(NOW.atZone(ZoneId.of("UTC")).getDayOfWeek());
        LocalTime from = LocalTime.of(8 + random.nextInt(4), chance(50) ? 0 : 45);
        LocalTime until = from.plusHours(2 + random.nextInt(20));
        return new TimeWindow(days, from, until, ZoneId.of(chance(50) ? "UTC" : "Europe/Berlin"));
    }

    // Flows.

    /** A flow whose ends are mostly what some instance says, on the whole or in part. */
    NaiveEvaluator.Flow flow(List<Instance> instances) {
        int protocol = chance(8) ? -1 : PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        boolean six = chance(15);
        Instance source = instances.get(random.nextInt(instances.size()));
        Instance destination = instances.get(random.nextInt(instances.size()));
        int vlan =
                chance(70) ? Math.max(1, chance(50) ? source.vlan() : destination.vlan()) : 10 + 10 * random.nextInt(2);
        return new NaiveEvaluator.Flow(
                end(protocol, six, false, source), end(protocol, six, true, destination), vlan, protocol, proven());
    }

    private String proven() {
        return chance(20) ? (chance(70) ? Level.LOWEST : level()).toString() : "";
    }

    private NaiveEvaluator.End end(int protocol, boolean six, boolean destination, Instance like) {
        int which = random.nextInt(20);
        String port = which < 3 ? List.of("host0", "nowhere", "up0").get(which) : chance(90) ? like.port() : "vm1";
        PortRole role = port.equals("host0") ? PortRole.HOST : port.equals("up0") ? PortRole.UPLINK : PortRole.VM;
        PolicyMode mode = chance(80) ? PolicyMode.ENFORCE : chance(50) ? PolicyMode.AUDIT : PolicyMode.OFF;
        boolean toMany = destination && chance(8);
        long mac = toMany
                ? 0xFFFF_FFFF_FFFFL
                : chance(85) ? like.mac().orElse(MAC + random.nextInt(8)) : MAC + random.nextInt(8);
        boolean ip = protocol >= 0;
        IpPrefix said = like.ips().stream()
                .filter(prefix -> prefix.isIpv4() != six)
                .findFirst()
                .orElse(six ? new IpPrefix(0xFD00L << 48, 7, 128) : IpPrefix.ipv4(address(7), 32));
        int other = random.nextInt(12);
        long low = chance(85) ? said.low() : six ? other : 0xFFFFL << 32 | address(other);
        long high = six && chance(10) ? 0xFE80L << 48 : said.high();
        int l4Port = !ip || protocol == 47 ? 0 : chance(50) ? l4Port(like) : 78 + random.nextInt(20);
        return new NaiveEvaluator.End(port, role, mode, mac, ip ? high : 0, ip ? low : 0, l4Port);
    }

    private int l4Port(Instance like) {
        return like.l4().isEmpty() || like.l4().getFirst().ranges().isEmpty()
                ? 80 + random.nextInt(8)
                : like.l4().getFirst().ranges().getFirst().first();
    }

    static List<Instance> instances(List<Document> documents) {
        return documents.stream()
                .filter(document -> document.body() instanceof Component)
                .flatMap(document -> ((Component) document.body()).instances().stream())
                .toList();
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
