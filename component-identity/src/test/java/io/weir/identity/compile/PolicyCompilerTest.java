package io.weir.identity.compile;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
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
import io.weir.identity.component.Tier;
import io.weir.identity.component.TimeWindow;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.Documents;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class PolicyCompilerTest {
    private static final Peer ANY = new Peer.Any();

    private final PolicyCompiler compiler = new PolicyCompiler(1 << 26);
    private int epoch;

    private PolicyEpoch compile(Document... documents) {
        return compiler.compile(request(documents));
    }

    private CompileRequest request(Document... documents) {
        PolicySet set = PolicySet.EMPTY.with(List.of(documents));
        return new CompileRequest(++epoch, 1, set, List.of(), Set.of(), 0, Instant.EPOCH);
    }

    private String refused(Document... documents) {
        return String.valueOf(
                assertThrows(ProblemException.class, () -> compile(documents)).getMessage());
    }

    private static int action(PolicyEpoch epoch, String from, String to, int port) {
        Verdict verdict = new Verdict();
        FlowKey flow = ProbeFlows.between(epoch, from, to, Documents.TCP, port).getFirst();
        epoch.evaluate(flow, 0, verdict);
        return verdict.action();
    }

    @Test
    void shouldRefuseReferencesToNothingWithTheirPlaces() {
        Rule unknown = Documents.from("r", RuleAction.ALLOW, new Peer.ById("pay.appi"));
        Rule group = Documents.from("s", RuleAction.ALLOW, new Peer.ByGroup("none"));

        String message = refused(
                Documents.component("pay.api", 1, List.of(), List.of()),
                Documents.component("pay.db", 2, List.of(unknown, group), List.of()));

        assertTrue(
                message.contains("pay.db.yaml:10: spec.ingress[0].from[0]: there is no component pay.appi"), message);
        assertTrue(message.contains("did you mean pay.api?"), message);
        assertTrue(message.contains("pay.db.yaml:11: spec.ingress[1].from[0]: there is no group none"), message);
    }

    @Test
    void shouldRefuseAComponentToGoWhileOthersNameIt() {
        Rule rule = Documents.from("r", RuleAction.ALLOW, new Peer.ById("a"));
        Document a = Documents.component("a", 1, List.of(), List.of());
        Document b = Documents.component("b", 2, List.of(rule), List.of());
        compile(a, b);

        assertTrue(refused(b).contains("there is no component a"));
    }

    @Test
    void shouldRefuseGroupsThatHoldThemselves() {
        Document inner = Documents.of(Kind.GROUP, "inner", new Group(List.of(new Peer.ByGroup("outer"))));
        Document outer = Documents.of(Kind.GROUP, "outer", new Group(List.of(new Peer.ByGroup("inner"))));

        assertTrue(refused(inner, outer).contains("the group holds itself: inner > outer > inner"));
    }

    @Test
    void shouldRefuseOverlappingRulesOfOnePriorityWithBothPlaces() {
        Rule allow = Documents.from("open", RuleAction.ALLOW, new Peer.ByLabels(java.util.Map.of("app", "a")));
        Rule drop = Documents.from("shut", RuleAction.DROP, new Peer.ById("a"), Documents.tcp(22));

        String message = refused(
                Documents.component("a", 1, List.of(), List.of()),
                Documents.component("b", 2, List.of(allow, drop), List.of()));

        assertTrue(
                message.startsWith(
                        "b.yaml:11: spec.ingress[1]: rule shut (drop) overlaps rule open (allow, b.yaml:10)"),
                message);
    }

    @Test
    void shouldTakeRulesOfOnePriorityThatCannotMeet() {
        Rule allow = Documents.from("open", RuleAction.ALLOW, new Peer.ById("a"), Documents.tcp(80));
        Rule otherPort = Documents.from("shut", RuleAction.DROP, new Peer.ById("a"), Documents.tcp(22));
        Rule otherPeer = Documents.from("else", RuleAction.REJECT, new Peer.ById("b"), Documents.tcp(80));

        compile(
                Documents.component("a", 1, List.of(), List.of()),
                Documents.component("b", 2, List.of(allow, otherPort, otherPeer), List.of()));
    }

    @Test
    void shouldRefuseInstancesThatCannotBeToldApart() {
        Document a = Documents.component("a", Documents.instance("vm1", 1), List.of(), List.of());
        Document b = Documents.component("b", Documents.instance("vm1", 1), List.of(), List.of());

        assertTrue(refused(a, b).contains("cannot be told from an instance of a"));
    }

    @Test
    void shouldKeepItsStateWhenItRefuses() {
        Rule rule = Documents.from("r", RuleAction.ALLOW, new Peer.ById("a"), Documents.tcp(80));
        Rule out = Documents.to("o", RuleAction.ALLOW, ANY);
        Document a = Documents.component("a", 1, List.of(), List.of(out));
        Document b = Documents.component("b", 2, List.of(rule), List.of());
        PolicyEpoch before = compile(a, b);
        refused(
                a,
                Documents.component(
                        "b", 2, List.of(Documents.from("r", RuleAction.ALLOW, new Peer.ById("x"))), List.of()));

        PolicyEpoch after = compile(a, b);

        assertEquals(before.identityOf("b"), after.identityOf("b"));
        assertEquals(Action.ALLOW, action(after, "a", "b", 80));
        assertEquals(Action.DROP, action(after, "a", "b", 81));
    }

    @Test
    void shouldNeverGiveANumberToAnotherComponent() {
        PolicyEpoch first = compile(Documents.component("a", 1, List.of(), List.of()));
        int gone = first.identityOf("a");
        PolicyEpoch second = compile(Documents.component("b", 1, List.of(), List.of()));

        assertNotEquals(gone, second.identityOf("b"));
        assertEquals(0, second.identityOf("a"));
        assertEquals("identity-" + gone, second.identityName(gone));
        assertEquals("a", first.identityName(gone));
    }

    @Test
    void shouldRefuseWhatTakesMoreThanTheBudgetAndSayWhatTakesMost() {
        List<L4Match> ports = new ArrayList<>();
        for (int port = 1; port < 20_000; port += 2) {
            ports.add(Documents.tcp(port));
        }
        Rule rule = Documents.from("many", RuleAction.ALLOW, ANY, ports.toArray(new L4Match[0]));
        CompileRequest request = request(Documents.component("wide", 1, List.of(rule), List.of()));

        ProblemException refused =
                assertThrows(ProblemException.class, () -> new PolicyCompiler(100_000).compile(request));

        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("Component wide"), message);
        assertTrue(new PolicyCompiler(1 << 20).compile(request).sizeBytes() > 100_000);
    }

    @Test
    void shouldCompareManyRulesOfOnePriorityInTime() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            RuleAction action = i % 2 == 0 ? RuleAction.ALLOW : RuleAction.DROP;
            rules.add(Documents.rule(
                    "r" + i, 1000, action, List.of(new Peer.ById("c" + i % 500)), List.of(ANY), Documents.tcp(i)));
        }
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            documents.add(Documents.component("c" + i, i, List.of(), List.of()));
        }
        documents.add(Documents.ruleSet("many", Tier.PLATFORM, rules.toArray(new Rule[0])));

        PolicyEpoch compiled = compile(documents.toArray(new Document[0]));

        assertEquals(Action.DROP, action(compiled, "c1", "c2", 1));
    }

    @Test
    void shouldSayWhatAClaimOnAPortRestsOn() {
        Instance byMac = new Instance("vm1", OptionalLong.of(0x52_54_00_00_00_01L), 0, List.of(), List.of());
        Instance byAddress =
                new Instance("vm1", OptionalLong.empty(), 0, List.of(IpPrefix.ipv4(0x0A00_0001, 32)), List.of());
        Instance otherAddress =
                new Instance("vm1", OptionalLong.empty(), 0, List.of(IpPrefix.ipv4(0x0A00_0002, 32)), List.of());
        Instance port = new Instance(
                "vm1", OptionalLong.empty(), 0, List.of(IpPrefix.ipv4(0x0A00_0002, 32)), List.of(Documents.tcp(80)));

        assertEquals(io.weir.datapath.policy.Assurance.IP, Assurances.between(byAddress, otherAddress));
        assertEquals(io.weir.datapath.policy.Assurance.MAC, Assurances.between(byMac, byAddress));
        assertEquals(io.weir.datapath.policy.Assurance.L4, Assurances.between(otherAddress, port));
        assertEquals(io.weir.datapath.policy.Assurance.NONE, Assurances.between(port, port));
    }

    @Test
    void shouldLeaveNoTraceOfWhatIsTriedOut() {
        Document known = Documents.component("known", 1, List.of(), List.of());
        PolicyEpoch before = compile(known);
        int scopes = before.identities().length;

        for (int i = 0; i < 10; i++) {
            Document other = Documents.component("tried" + i, 2, List.of(), List.of());
            PolicyEpoch tried = compiler.tryOut(request(known, other));
            assertEquals(before.identityOf("known"), tried.identityOf("known"));
            assertEquals(before.identityOf("known") + 1, tried.identityOf("tried" + i));
            assertEquals(0, before.identityOf("tried" + i));
        }

        PolicyEpoch after = compile(known, Documents.component("next", 2, List.of(), List.of()));
        assertEquals(before.identityOf("known") + 1, after.identityOf("next"));
        assertEquals(scopes + 1, after.identities().length);
        assertEquals("", after.portName(3));
    }

    /** Of Thursday, the day of the epoch. */
    private static final TimeWindow FIRST_HOUR =
            new TimeWindow(Set.of(DayOfWeek.THURSDAY), LocalTime.MIDNIGHT, LocalTime.of(1, 0), ZoneOffset.UTC);

    private PolicyEpoch compileAt(long nowNs, Instant now, List<ActiveGrant> grants, Document... documents) {
        PolicySet set = PolicySet.EMPTY.with(List.of(documents));
        return compiler.compile(new CompileRequest(++epoch, 1, set, grants, Set.of(), nowNs, now));
    }

    private static Verdict verdict(PolicyEpoch epoch, long atNs, int port) {
        Verdict verdict = new Verdict();
        epoch.evaluate(ProbeFlows.between(epoch, "a", "b", Documents.TCP, port).getFirst(), atNs, verdict);
        return verdict;
    }

    @Test
    void shouldEnforceARuleInTheFirstHoursBehindItsAudit() {
        Rule copy = new Rule(
                "copy",
                1000,
                Rule.Sides.BOTH,
                List.of(),
                List.of(ANY),
                List.of(),
                List.of(),
                RuleAction.MIRROR,
                Optional.of("log"),
                RuleMode.AUDIT,
                Optional.of(Instant.EPOCH.plus(Duration.ofMinutes(90))),
                RuleLimits.NONE,
                Optional.of(FIRST_HOUR),
                Rule.OnChange.REEVALUATE);
        Document a = Documents.component("a", 1, List.of(), List.of(copy));
        Document b = Documents.component("b", 2, List.of(), List.of());
        long week = Duration.ofDays(7).toNanos();

        PolicyEpoch before = compileAt(0, Instant.EPOCH, List.of(), a, b);

        assertEquals(week, before.nextBoundaryNs());
        assertEquals(week, verdict(before, 0, 80).validUntilNs());
        assertEquals(FlowKey.NO_PORT, verdict(before, week - 1, 80).mirrorPort());
        assertEquals(before.portId("log"), verdict(before, week, 80).mirrorPort());

        PolicyEpoch then = compileAt(week, Instant.EPOCH.plusNanos(week), List.of(), a, b);

        assertEquals(
                week + Duration.ofHours(1).toNanos(), verdict(then, week, 80).validUntilNs());
        assertEquals(then.portId("log"), verdict(then, week, 80).mirrorPort());
    }

    @Test
    void shouldLetAGrantFollowWhatItsTargetExposes() {
        Rule rule = new Rule(
                "r",
                1000,
                Rule.Sides.BOTH,
                List.of(new Peer.ById("a")),
                List.of(new Peer.ById("b")),
                List.of("sql"),
                List.of(),
                RuleAction.ALLOW,
                Optional.empty(),
                RuleMode.ENFORCE,
                Optional.empty(),
                RuleLimits.NONE,
                Optional.empty(),
                Rule.OnChange.REEVALUATE);
        Document grant = Documents.of(Kind.GRANT, "g", new Grant("why", rule, 60, Grant.OnExpiry.DROP));
        List<ActiveGrant> grants = List.of(new ActiveGrant(grant, 0, 1_000));
        Document a = Documents.component("a", 1, List.of(), List.of());
        Document b = Documents.component("b", 2, List.of(), List.of());

        PolicyEpoch before = compileAt(0, Instant.EPOCH, grants, a, b);
        PolicyEpoch after = compileAt(0, Instant.EPOCH, grants, a, exposing(b, Documents.tcp(5433)));

        assertEquals(Action.ALLOW, verdict(before, 0, 5432).action());
        assertEquals(Action.DROP, verdict(before, 0, 5433).action());
        assertEquals(Action.DROP, verdict(after, 0, 5432).action());
        assertEquals(Action.ALLOW, verdict(after, 0, 5433).action());
        assertEquals(1_000, verdict(after, 0, 5433).validUntilNs());
        assertEquals(Action.DROP, verdict(after, 1_000, 5433).action());
    }

    private static Document exposing(Document document, L4Match sql) {
        Component it = (Component) document.body();
        return Documents.of(
                Kind.COMPONENT,
                document.id(),
                new Component(
                        it.labels(),
                        it.owner(),
                        it.instances(),
                        it.minAssurance(),
                        it.securityLabel(),
                        List.of(new Expose("sql", sql)),
                        it.mode(),
                        it.isolateIngress(),
                        it.isolateEgress(),
                        it.ingress(),
                        it.egress(),
                        it.violations(),
                        it.limits(),
                        it.tests()));
    }

    @Test
    void shouldTellAllTimesAnewWhenTheWallClockSteps() {
        Rule open = new Rule(
                "open",
                1000,
                Rule.Sides.BOTH,
                List.of(ANY),
                List.of(ANY),
                List.of(),
                List.of(),
                RuleAction.ALLOW,
                Optional.empty(),
                RuleMode.ENFORCE,
                Optional.empty(),
                RuleLimits.NONE,
                Optional.of(FIRST_HOUR),
                Rule.OnChange.REEVALUATE);
        Document a = Documents.component("a", 1, List.of(), List.of());
        Document b = Documents.component("b", 2, List.of(), List.of());
        Document set = Documents.ruleSet("hours", Tier.PLATFORM, open);

        PolicyEpoch before = compileAt(0, Instant.EPOCH, List.of(), a, b, set);
        PolicyEpoch after = compileAt(1, Instant.EPOCH.plus(Duration.ofHours(2)), List.of(), a, b, set);

        assertEquals(Action.ALLOW, verdict(before, 1, 80).action());
        assertEquals(Action.DROP, verdict(after, 1, 80).action());
    }
}
