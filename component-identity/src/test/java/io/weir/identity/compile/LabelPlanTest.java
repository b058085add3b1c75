package io.weir.identity.compile;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.policy.WireLevel;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.Tier;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.evaluate.Documents;
import io.weir.identity.evaluate.Explainer;
import io.weir.identity.evaluate.LabelStep;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelNames;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Labels from documents and settings to verdicts and their explanations. */
class LabelPlanTest {
    private final LevelNumbers numbers = new LevelNumbers(new Random(1));
    private final PolicyCompiler compiler = new PolicyCompiler(1 << 26, numbers);
    private final Verdict verdict = new Verdict();
    private LabelSettings settings = LabelSettings.NONE;
    private int epoch;

    private static Document labelled(String id, int number, String label) {
        return Documents.labelled(Documents.component(id, number, List.of(), List.of()), label);
    }

    /** Under rules that let every component reach every other, so that only labels deny. */
    private PolicyEpoch compile(Document... documents) {
        List<Peer> all = Arrays.stream(documents)
                .<Peer>map(document -> new Peer.ById(document.id()))
                .toList();
        Document open = Documents.ruleSet("open", Tier.PLATFORM, Documents.rule("all", 1, RuleAction.ALLOW, all, all));
        return compile(PolicySet.EMPTY.with(List.of(documents)).with(List.of(open)));
    }

    private PolicyEpoch compile(PolicySet set) {
        return compiler.compile(new CompileRequest(++epoch, 1, set, List.of(), Set.of(), 0, Instant.EPOCH, settings));
    }

    private static FlowKey flow(PolicyEpoch epoch, String from, String to) {
        return ProbeFlows.between(epoch, from, to, Documents.TCP, 80).getFirst();
    }

    private String judged(PolicyEpoch epoch, FlowKey flow) {
        epoch.evaluate(flow, 0, verdict);
        String reason = verdict.reason() == 0
                ? "allow"
                : DropReason.ofCode(verdict.reason()).label();
        return reason + ' ' + numbers.text(verdict.label());
    }

    private static LabelDomain domain(boolean require, List<Level> levels, String... types) {
        Map<String, DomainType> all = new HashMap<>();
        for (String type : types) {
            all.put(type, new DomainType(type, "", Optional.empty()));
        }
        SecurityContext unlabeled = SecurityContext.parse("u:r:unlabeled_t:s0");
        return new LabelDomain(
                "d.yaml",
                "acme",
                unlabeled,
                require,
                LabelNames.NONE,
                levels,
                all,
                Map.of("app_t", Set.of("db_t", "log_t"), "db_t", Set.of("app_t")));
    }

    @Test
    void shouldGiveFlowsNoLevelWhileNothingHasALabel() {
        PolicyEpoch epoch = compile(
                Documents.component("a", 1, List.of(), List.of()), Documents.component("b", 2, List.of(), List.of()));

        assertEquals("allow ", judged(epoch, flow(epoch, "a", "b")));
        assertEquals(0, verdict.label());
        assertEquals(0, epoch.level(flow(epoch, "a", "b")));
        assertEquals(
                "nothing has a label",
                Explainer.explain(epoch, flow(epoch, "a", "b"), 0).label().toString());
    }

    @Test
    void shouldHoldAProvenLevelAgainstWhatHasNoLabel() {
        PolicyEpoch epoch = compile(
                Documents.component("a", 1, List.of(), List.of()), Documents.component("b", 2, List.of(), List.of()));

        assertEquals("allow s0", judged(epoch, flow(epoch, "a", "b").label(numbers.number(Level.LOWEST))));
        assertEquals("label-denied s2", judged(epoch, flow(epoch, "a", "b").label(numbers.number(Level.of(2)))));
    }

    @Test
    void shouldTakeTheLowestLevelOfTheSourceElseTheProvenOne() {
        PolicyEpoch epoch =
                compile(labelled("a", 1, "u:r:t:s2-s5"), labelled("b", 2, "u:r:t:s2-s3"), labelled("c", 3, "u:r:t:s5"));

        assertEquals("allow s2", judged(epoch, flow(epoch, "a", "b")));
        assertEquals("label-denied s2", judged(epoch, flow(epoch, "a", "c")));
        assertEquals("allow s5", judged(epoch, flow(epoch, "a", "c").label(numbers.number(Level.of(5)))));
        assertEquals("label-denied s5", judged(epoch, flow(epoch, "a", "b").label(numbers.number(Level.of(5)))));
        assertEquals("allow s5", judged(epoch, flow(epoch, "c", "a")));
    }

    @Test
    void shouldTakeTheDefaultForTheLevelOfWhatATunnelBringsWithoutOne() {
        assertEquals(
                0, compile(Documents.component("a", 1, List.of(), List.of())).unprovenLevel());
        assertEquals("s0", numbers.text(compile(labelled("a", 1, "u:r:t:s2")).unprovenLevel()));

        settings = new LabelSettings(
                new LabelDomain(
                        "d.yaml",
                        "d",
                        SecurityContext.parse("u:r:t:s1-s3"),
                        false,
                        LabelNames.NONE,
                        List.of(),
                        Map.of(),
                        Map.of()),
                Map.of());
        assertEquals("s1", numbers.text(compile(labelled("a", 1, "u:r:t:s2")).unprovenLevel()));
    }

    @Test
    void shouldAskThePorts() {
        Document a = labelled("a", 1, "u:r:t:s2-s5");
        Document b = labelled("b", 2, "u:r:t:s0-s5");
        settings = new LabelSettings(
                LabelDomain.NONE, Map.of("vm1", LevelRange.parse("s3-s5"), "vm2", LevelRange.parse("s0-s4")));
        PolicyEpoch epoch = compile(a, b);
        FlowKey flow = flow(epoch, "a", "b");

        assertEquals("label-denied s2", judged(epoch, flow));
        assertEquals("s2 (lowest of the source) is not in s3-s5, the range of the ingress port", told(epoch, flow));
        flow.label(numbers.number(Level.of(4)));
        assertEquals("allow s4", judged(epoch, flow));
        assertEquals("s4 (proven by the packet) is in all ranges", told(epoch, flow));
        flow.label(numbers.number(Level.of(5)));
        assertEquals("label-denied s5", judged(epoch, flow));
        assertEquals("s5 (proven by the packet) is not in s0-s4, the range of the egress port", told(epoch, flow));
    }

    @Test
    void shouldSendCopiesOnlyToPortsWhoseComponentsMayAllHaveTheirLevel() {
        settings = new LabelSettings(
                LabelDomain.NONE, Map.of("vm1", LevelRange.parse("s0-s3"), "up", LevelRange.parse("s5")));
        Document low = labelled("low", 1, "u:r:t:s0-s5");
        Document other = Documents.labelled(
                Documents.component("other", Documents.instance("vm2", 3), List.of(), List.of()), "u:r:t:s5");
        PolicyEpoch epoch = compile(low, labelled("both", 2, "u:r:t:s2-s5"), other);

        assertEquals("s0 s3", copied(epoch, "vm1"));
        assertEquals("s5", copied(epoch, "vm2"));
        assertEquals("s5", copied(epoch, "up"), "nobody is bound to it");

        PolicyEpoch relabelled = compile(low, labelled("both", 2, "u:r:t:s3"), other);
        assertEquals("", copied(relabelled, "vm2"), "no level is for all");
        assertTrue(relabelled.mayLeave(0, relabelled.portId("vm2")));
        assertEquals("s3", copied(compile(low, labelled("both", 2, "u:r:t:s3")), "vm2"));
    }

    private String copied(PolicyEpoch epoch, String port) {
        return java.util.stream.Stream.of(0, 3, 5)
                .map(Level::of)
                .filter(level -> epoch.mayLeave(numbers.number(level), epoch.portId(port)))
                .map(Level::toString)
                .collect(java.util.stream.Collectors.joining(" "));
    }

    private static String told(PolicyEpoch epoch, FlowKey flow) {
        return Explainer.explain(epoch, flow, 0).label().toString();
    }

    @Test
    void shouldNumberPortsThatOnlySettingsName() {
        settings = new LabelSettings(LabelDomain.NONE, Map.of("tun-hv2", LevelRange.parse("s0-s1")));
        PolicyEpoch epoch = compile(labelled("a", 1, "u:r:t:s2"), labelled("reserved.world", 0, "u:r:t:s0-s5"));
        FlowKey flow =
                flow(epoch, "a", "reserved.world").egress(epoch.portId("tun-hv2"), PortRole.UPLINK, PolicyMode.ENFORCE);

        assertEquals("label-denied s2", judged(epoch, flow));
        assertEquals("allow s2", judged(epoch, flow.egress(0, PortRole.UPLINK, PolicyMode.ENFORCE)));
    }

    @Test
    void shouldDenyWhateverTheModeOfThePortsIs() {
        PolicyEpoch epoch = compile(labelled("a", 1, "u:r:t:s2"), labelled("b", 2, "u:r:t:s3"));
        for (PolicyMode mode : PolicyMode.values()) {
            FlowKey flow = flow(epoch, "a", "b");
            flow.ingress(flow.ingressPort(), PortRole.VM, mode).egress(flow.egressPort(), PortRole.VM, mode);

            assertEquals("label-denied s2", judged(epoch, flow));
            assertEquals(Action.DROP, verdict.action());
            assertEquals(Action.NONE, verdict.auditAction());
            assertFalse(epoch.couldTalk(flow, 0));
        }
    }

    @Test
    void shouldAskTypesBothWays() {
        settings = new LabelSettings(domain(false, List.of(), "unlabeled_t", "app_t", "db_t", "log_t"), Map.of());
        PolicyEpoch epoch = compile(
                labelled("a", 1, "u:r:app_t:s2"), labelled("b", 2, "u:r:db_t:s2"), labelled("c", 3, "u:r:log_t:s2"));

        assertEquals("allow s2", judged(epoch, flow(epoch, "a", "b")));
        assertEquals("s2 (lowest of the source) is in all ranges, types agree", told(epoch, flow(epoch, "a", "b")));
        assertEquals("label-type-denied s2", judged(epoch, flow(epoch, "a", "c")));
        assertEquals(
                "s2 (lowest of the source) is in all ranges, but log_t may not reply to app_t",
                told(epoch, flow(epoch, "a", "c")));
        assertEquals("label-type-denied s2", judged(epoch, flow(epoch, "b", "c")));
        assertEquals(
                LabelStep.Check.TYPE_SENDS,
                Explainer.explain(epoch, flow(epoch, "b", "c"), 0).label().failed());
    }

    /** ARP of a component with many levels reaches one with few, at the level of those few: replies need its MAC address. */
    @Test
    void shouldLetArpTravelAtALevelThatBothHave() {
        PolicyEpoch epoch = compile(
                labelled("many", 1, "u:r:t:s0-s5"), labelled("few", 2, "u:r:t:s2"), labelled("high", 3, "u:r:t:s6"));
        FlowKey ends = flow(epoch, "many", "few");

        assertEquals("s2", numbers.text(epoch.level(ends)));
        assertTrue(epoch.couldTalk(ends, 0));
        assertEquals("s2", numbers.text(epoch.level(flow(epoch, "few", "many"))));
        assertFalse(epoch.couldTalk(flow(epoch, "many", "high"), 0));
        assertFalse(epoch.couldTalk(ends.label(numbers.number(Level.LOWEST)), 0));
        assertTrue(epoch.couldTalk(ends.label(numbers.number(Level.of(2))), 0));
    }

    /** Where components share a port, or a MAC address, those that ARP names tell whose it is and whom it asks for. */
    @Test
    void shouldTellTheLevelOfArpByItsAddressesWhereFramesDoNotTellIt() {
        PolicyEpoch epoch = compile(
                at("a", "vm1", 1, "u:r:t:s5"),
                at("b", "vm1", 2, "u:r:t:s3"),
                at("c", "vm2", 3, "u:r:t:s5"),
                at("d", "vm2", 4, "u:r:t:s3"),
                labelled("many", 5, "u:r:t:s0-s5"));

        assertEquals("s5", numbers.text(epoch.level(arp(epoch, "vm1", 1, "vm2", 3))));
        assertEquals("s3", numbers.text(epoch.level(arp(epoch, "vm1", 2, "vm2", 4))));
        assertEquals("s5", numbers.text(epoch.level(arp(epoch, "vm5", 5, "vm2", 3))), "of whom it asks for");
        FlowKey reply = arp(epoch, "vm2", 3, "vm5", 5);
        assertEquals("s5", numbers.text(epoch.level(reply.link(3, 0x52_54_00_00_00_05L, 0, 0x0806))));
        assertEquals("s5", numbers.text(epoch.level(arp(epoch, "vm1", 1, "vm2", 9))), "for nobody");
        FlowKey nobody = arp(epoch, "vm1", 9, "vm2", 3);
        assertEquals("s0", numbers.text(epoch.level(nobody)));
        assertFalse(epoch.couldTalk(nobody, 0));
    }

    /** What has no IP address, as a router solicitation of a link-local one, is not for whoever else is at the sender's port. */
    @Test
    void shouldLetNoMessageWithoutAddressPassBetweenLevelsByItsNeighboursAtThePort() {
        PolicyEpoch epoch = compile(
                Documents.labelled(
                        Documents.component("a", Documents.instance("vm1", 1), List.of(), List.of()), "u:r:t:s5"),
                Documents.labelled(
                        Documents.component("b", Documents.instance("vm1", 2), List.of(), List.of()), "u:r:t:s3"),
                labelled("c", 3, "u:r:t:s3"),
                labelled("d", 4, "u:r:t:s5"));

        assertEquals(
                "false true",
                epoch.couldTalk(solicitation(epoch, 1, "vm3"), 0) + " "
                        + epoch.couldTalk(solicitation(epoch, 1, "vm4"), 0));
        assertEquals(
                "true false",
                epoch.couldTalk(solicitation(epoch, 2, "vm3"), 0) + " "
                        + epoch.couldTalk(solicitation(epoch, 2, "vm4"), 0));
        FlowKey answer = solicitation(epoch, 1, "vm3")
                .ingress(epoch.portId("vm3"), PortRole.VM, PolicyMode.ENFORCE)
                .egress(epoch.portId("vm1"), PortRole.VM, PolicyMode.ENFORCE)
                .link(0x52_54_00_00_00_03L, 0x52_54_00_00_00_01L, 0, 0x86DD);
        assertFalse(epoch.couldTalk(answer, 0));
    }

    /** Beyond an uplink are others than the component that is bound there by its IP address: the router, which says who it is by none. */
    @Test
    void shouldHearTheRouterBesideTheOnlyComponentOfAnUplink() {
        Document rule = Documents.ruleSet(
                "world",
                Tier.PLATFORM,
                Documents.rule(
                        "all",
                        1,
                        RuleAction.ALLOW,
                        List.of(new Peer.ById("reserved.world")),
                        List.of(new Peer.ById("guest"))));
        Document guest = Documents.component("guest", 1, List.of(), List.of());
        for (OptionalLong mac : List.of(OptionalLong.empty(), OptionalLong.of(7))) {
            Instance instance = new Instance("up", mac, 0, List.of(IpPrefix.ipv4(0x0A00_0009, 32)), List.of());
            Document far = Documents.component("far", instance, List.of(), List.of());
            PolicyEpoch epoch =
                    compile(PolicySet.EMPTY.with(List.of(guest, far)).with(List.of(rule)));
            FlowKey advertisement = solicitation(epoch, 1, "vm1")
                    .ingress(epoch.portId("up"), PortRole.UPLINK, PolicyMode.ENFORCE)
                    .link(7, 0x3333_0000_0001L, 0, 0x86DD);
            FlowKey answer = solicitation(epoch, 1, "up")
                    .egress(epoch.portId("up"), PortRole.UPLINK, PolicyMode.ENFORCE)
                    .link(0x52_54_00_00_00_01L, 7, 0, 0x86DD);

            assertTrue(epoch.couldTalk(advertisement, 0), "from the router " + mac);
            assertTrue(epoch.couldTalk(answer, 0), "to the router " + mac);
        }
    }

    /** Who is unknown at a port is no reason for ARP to pass there at a level that nobody has who is bound to it. */
    @Test
    void shouldNotLetArpReachAPortAtTheDefaultLevelForTheUnknownOnly() {
        PolicyEpoch epoch = compile(
                labelled("low", 1, "u:r:t:s0"),
                labelled("high", 2, "u:r:t:s5"),
                at("both", "vm3", 3, "u:r:t:s5"),
                at("too", "vm3", 4, "u:r:t:s3"),
                at("one", "vm4", 5, "u:r:t:s5"),
                at("other", "vm4", 6, "u:r:t:s0-s3"));
        for (PolicyMode mode : List.of(PolicyMode.AUDIT, PolicyMode.ENFORCE)) {
            assertFalse(epoch.couldTalk(broadcast(epoch, "vm2", 2, mode), 0), "for it " + mode);
            assertFalse(epoch.couldTalk(broadcast(epoch, "vm2", 9, mode), 0), "for another " + mode);
            assertFalse(epoch.couldTalk(broadcast(epoch, "vm3", 3, mode), 0), "of several " + mode);
        }
        assertTrue(epoch.couldTalk(broadcast(epoch, "vm4", 6, PolicyMode.ENFORCE), 0));
        assertTrue(epoch.couldTalk(broadcast(epoch, "vm4", 9, PolicyMode.AUDIT), 0));
        FlowKey outside = broadcast(epoch, "vm2", 9, PolicyMode.AUDIT);
        assertTrue(epoch.couldTalk(outside.egress(epoch.portId("vm2"), PortRole.UPLINK, PolicyMode.AUDIT), 0));
    }

    private static FlowKey broadcast(PolicyEpoch epoch, String to, int target, PolicyMode mode) {
        return arp(epoch, "vm1", 1, to, target)
                .ingress(epoch.portId("vm1"), PortRole.VM, mode)
                .egress(epoch.portId(to), PortRole.VM, mode)
                .link(0x52_54_00_00_00_01L, 0xFFFF_FFFF_FFFFL, 0, 0x0806);
    }

    /** One component says its MAC address, and one that has the same address says its IP address only. */
    @Test
    void shouldTellTheLevelOfArpByItsAddressesWhereOnlyTheOtherSaysItsMacAddress() {
        PolicyEpoch epoch = compile(
                Documents.labelled(
                        Documents.component("host", Documents.instance("vm1", 1), List.of(), List.of()), "u:r:t:s3"),
                at("inner", "vm1", 2, "u:r:t:s5"),
                labelled("peer", 3, "u:r:t:s5"));
        FlowKey asks = arp(epoch, "vm1", 2, "vm3", 3).link(0x52_54_00_00_00_01L, 0xFFFF_FFFF_FFFFL, 0, 0x0806);

        assertTrue(epoch.couldTalk(asks, 0));
        assertEquals("s5", numbers.text(epoch.level(asks)));
        FlowKey answer = arp(epoch, "vm3", 3, "vm1", 2).link(0x52_54_00_00_00_03L, 0x52_54_00_00_00_01L, 0, 0x0806);
        assertTrue(epoch.couldTalk(answer, 0));
        assertEquals("s5", numbers.text(epoch.level(answer)));
    }

    /** Beyond a tunnel, too, are others than the only component that is bound there. */
    @Test
    void shouldTellTheLevelOfArpByItsAddressesBeyondAnUplink() {
        PolicyEpoch epoch = compile(
                at("far", "tun", 9, "u:r:t:s5"), labelled("many", 1, "u:r:t:s0-s5"), labelled("low", 2, "u:r:t:s0"));

        assertEquals("s5", numbers.text(epoch.level(outwards(epoch, "vm1", 1, 9, 0xFFFF_FFFF_FFFFL))));
        assertEquals("s0", numbers.text(epoch.level(outwards(epoch, "vm1", 1, 8, 0xFFFF_FFFF_FFFFL))), "for others");
        assertEquals("s0", numbers.text(epoch.level(outwards(epoch, "vm1", 1, 8, 7))), "to others");
        FlowKey router = arp(epoch, "tun", 8, "vm2", 2)
                .ingress(epoch.portId("tun"), PortRole.UPLINK, PolicyMode.ENFORCE)
                .link(7, 0x52_54_00_00_00_02L, 0, 0x0806);
        assertEquals("s0", numbers.text(epoch.level(router)), "of others");
    }

    private static FlowKey outwards(PolicyEpoch epoch, String from, int sender, int target, long mac) {
        return arp(epoch, from, sender, "tun", target)
                .egress(epoch.portId("tun"), PortRole.UPLINK, PolicyMode.ENFORCE)
                .link(0x52_54_00_00_00_00L + sender, mac, 0, 0x0806);
    }

    private static FlowKey solicitation(PolicyEpoch epoch, int sender, String to) {
        return new FlowKey()
                .clear()
                .ingress(epoch.portId("vm1"), PortRole.VM, PolicyMode.ENFORCE)
                .egress(epoch.portId(to), PortRole.VM, PolicyMode.ENFORCE)
                .link(0x52_54_00_00_00_00L + sender, 0x3333_0000_0002L, 0, 0x86DD)
                .transport(FlowKey.NOT_IP, 0, 0);
    }

    private static Document at(String id, String port, int number, String label) {
        Instance instance = new Instance(
                port, OptionalLong.empty(), 0, List.of(IpPrefix.ipv4(0x0A00_0000 + number, 32)), List.of());
        return Documents.labelled(Documents.component(id, instance, List.of(), List.of()), label);
    }

    /** A broadcast of whoever has that address, for another. */
    private static FlowKey arp(PolicyEpoch epoch, String from, int sender, String to, int target) {
        return new FlowKey()
                .clear()
                .ingress(epoch.portId(from), PortRole.VM, PolicyMode.ENFORCE)
                .egress(epoch.portId(to), PortRole.VM, PolicyMode.ENFORCE)
                .link(from.equals("vm5") ? 0x52_54_00_00_00_05L : 7, 0xFFFF_FFFF_FFFFL, 0, 0x0806)
                .source(0, 0xFFFF_0A00_0000L + sender)
                .destination(0, 0xFFFF_0A00_0000L + target)
                .transport(FlowKey.NOT_IP, 0, 0);
    }

    /** Though rules let unknown ends talk, and those have a level too, ARP is known to be of the components. */
    @Test
    void shouldLetNoArpPassBetweenLevelsUnderRulesForAnybody() {
        Document open = Documents.ruleSet(
                "anybody",
                Tier.PLATFORM,
                Documents.rule("all", 2, RuleAction.ALLOW, List.of(new Peer.Any()), List.of(new Peer.Any())));
        PolicySet set = PolicySet.EMPTY.with(List.of(labelled("a", 1, "u:r:t:s2"), labelled("b", 2, "u:r:t:s5"), open));
        PolicyEpoch epoch =
                compiler.compile(new CompileRequest(1, 1, set, List.of(), Set.of(), 0, Instant.EPOCH, settings));
        FlowKey arp = flow(epoch, "a", "b").transport(FlowKey.NOT_IP, 0, 0);

        assertFalse(epoch.couldTalk(arp, 0));
        assertTrue(epoch.couldTalk(flow(epoch, "a", "a").transport(FlowKey.NOT_IP, 0, 0), 0));
    }

    @Test
    void shouldJudgeAnewWhenTheSettingsChangeAndTheDocumentsDoNot() {
        Document a = labelled("a", 1, "u:r:app_t:s2");
        Document plain = Documents.component("b", 2, List.of(), List.of());
        PolicyEpoch before = compile(a, plain);
        settings = new LabelSettings(
                new LabelDomain(
                        "d.yaml",
                        "d",
                        SecurityContext.parse("u:r:t:s2"),
                        false,
                        LabelNames.NONE,
                        List.of(),
                        Map.of(),
                        Map.of()),
                Map.of());
        PolicyEpoch after = compile(a, plain);
        settings = LabelSettings.NONE;
        PolicyEpoch again = compile(a, plain);
        PolicyEpoch bare = compile(plain);

        assertEquals("label-denied s2", judged(before, flow(before, "a", "b")));
        assertEquals("allow s2", judged(after, flow(after, "a", "b")));
        assertEquals("label-denied s2", judged(again, flow(again, "a", "b")));
        assertEquals(0, bare.level(flow(bare, "b", "b")));
    }

    @Test
    void shouldKnowOnlyListedLevelsWhereTheDomainListsThem() {
        settings = new LabelSettings(domain(false, List.of(Level.of(4))), Map.of());
        PolicyEpoch epoch = compile(labelled("a", 1, "u:r:t:s2"));

        assertTrue(epoch.levels().number(new WireLevel().begin(4)) != 0);
        assertTrue(epoch.levels().number(new WireLevel().begin(2)) != 0);
        assertEquals(0, epoch.levels().number(new WireLevel().begin(7)));
        settings = LabelSettings.NONE;
        assertTrue(compile(labelled("a", 1, "u:r:t:s2")).levels().number(new WireLevel().begin(7)) != 0);
    }

    @Test
    void shouldRefuseATypeThatTheDomainDoesNotHave() {
        settings = new LabelSettings(domain(false, List.of(), "unlabeled_t", "app_t"), Map.of());

        ProblemException refused = assertThrows(ProblemException.class, () -> compile(labelled("a", 1, "u:r:ap_t:s2")));

        assertEquals(
                "a.yaml:1: spec.securityLabel: domain acme has no type ap_t; did you mean app_t?",
                refused.getMessage());
    }

    @Test
    void shouldRefuseAComponentWithoutLabelWhereOneIsRequired() {
        Document plain = Documents.component("a", 1, List.of(), List.of());
        assertEquals(List.of(), compile(plain).warnings());
        settings = new LabelSettings(domain(true, List.of()), Map.of());

        ProblemException refused = assertThrows(ProblemException.class, () -> compile(plain));

        assertEquals(
                "a.yaml:1: spec: has no securityLabel, and domain acme requires one; write securityLabel: user:role:type:low[-high]",
                refused.getMessage());
    }

    @Test
    void shouldWarnOfLevelsThatNoPortLetsPass() {
        settings = new LabelSettings(LabelDomain.NONE, Map.of("vm1", LevelRange.parse("s0-s1")));

        List<Problem> warnings = compile(labelled("a", 1, "u:r:t:s2")).warnings();

        assertEquals(
                List.of(
                        "a.yaml:1: spec.securityLabel: no flow of it passes: s2 has no level in common with any of its ports; "
                                + "change the label of the ports or of the component"),
                warnings.stream().map(Problem::toString).toList());
    }

    @Test
    void shouldWarnOfSeveralLevelsWithoutTrust() {
        settings = new LabelSettings(domain(false, List.of(), "unlabeled_t", "app_t"), Map.of());

        // Without rules it speaks to nobody: as soon as it does, it does not comply with the domain.
        List<Problem> warnings = compile(PolicySet.EMPTY.with(List.of(labelled("a", 1, "u:r:app_t:s2-s3"))))
                .warnings();

        assertEquals(
                List.of(
                        "a.yaml:1: spec.securityLabel: has several levels, s2-s3, and could pass what it learns at one on to "
                                + "lower ones; declare type app_t trusted with writeDown, or narrow the range to one level"),
                warnings.stream().map(Problem::toString).toList());
    }

    @Test
    void shouldRefuseLevelsBeyondThoseThatCanBeToldApart() {
        for (int i = 0; numbers.highest() < LevelNumbers.CAPACITY; i++) {
            numbers.number(Level.of(1 + i / 32_768, i % 512, 512 + i / 512 % 64));
        }

        ProblemException refused =
                assertThrows(ProblemException.class, () -> compile(labelled("a", 1, "u:r:t:s15:c1000")));

        assertEquals(
                List.of(
                        "no more than 65535 levels can be told apart: was s0",
                        "no more than 65535 levels can be told apart: was s15:c1000"),
                refused.errors().stream().map(Problem::problem).toList());
    }
}
