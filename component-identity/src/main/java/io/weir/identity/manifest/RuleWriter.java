package io.weir.identity.manifest;

import java.util.List;

import io.weir.identity.component.IpText;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.L4Text;
import io.weir.identity.component.Peer;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.TimeWindow;

/** Writes rules, peers and protocols. */
final class RuleWriter {
    private RuleWriter() {}

    static List<YamlNode> rules(List<Rule> rules, Part part) {
        return rules.stream().map(rule -> rule(rule, part)).toList();
    }

    private static YamlNode rule(Rule rule, Part part) {
        SectionBuilder section = new SectionBuilder()
                .text("id", rule.id())
                .numberUnless(Rule.DEFAULT_PRIORITY, "priority", rule.priority());
        if (part == Part.RULE) {
            section.textUnless("both", "sides", Wording.word(rule.sides()));
        }
        section.list("from", peers(rule.from()))
                .list("to", part == Part.INGRESS_RULE ? exposed(rule.exposes()) : peers(rule.to()))
                .list("l4", rule.l4().stream().map(RuleWriter::l4).toList())
                .text("action", rule.action().word());
        rule.target().ifPresent(port -> section.text("target", port));
        section.section("limits", limits(rule.limits()));
        rule.when().ifPresent(window -> section.node("when", when(window)));
        ManifestWriter.mode(section, rule.mode());
        rule.auditUntil().ifPresent(until -> section.text("auditUntil", until.toString()));
        return section.textUnless("reevaluate", "onChange", Wording.word(rule.onChange()))
                .build();
    }

    static List<YamlNode> exposed(List<String> names) {
        return names.stream()
                .<YamlNode>map(name -> new SectionBuilder().text("expose", name).build())
                .toList();
    }

    private static SectionBuilder limits(RuleLimits limits) {
        return new SectionBuilder()
                .numberUnless(0, "newConnectionsPerSecond", limits.newConnectionsPerSecond())
                .numberUnless(0, "connections", limits.connections())
                .numberUnless(0, "mbps", limits.mbps())
                .numberUnless(0, "packetsPerSecond", limits.packetsPerSecond());
    }

    private static YamlNode when(TimeWindow window) {
        return new SectionBuilder()
                .texts("days", WhenReader.daysText(window.days()))
                .text("hours", WhenReader.hoursText(window))
                .textUnless(
                        WhenReader.DEFAULT_ZONE.getId(), "zone", window.zone().getId())
                .build();
    }

    static List<YamlNode> peers(List<Peer> peers) {
        return peers.stream().map(RuleWriter::peer).toList();
    }

    private static YamlNode peer(Peer peer) {
        SectionBuilder section = new SectionBuilder();
        return switch (peer) {
            case Peer.Any any -> section.flagUnless(false, "any", true).build();
            case Peer.ById component ->
                section.text("component", component.component()).build();
            case Peer.ByLabels labels ->
                section.labels("labels", labels.labels()).build();
            case Peer.ByGroup group -> section.text("group", group.group()).build();
            case Peer.ByCidr cidr ->
                section.text("cidr", IpText.of(cidr.prefix()))
                        .texts("except", cidr.except().stream().map(IpText::of).toList())
                        .textUnless("any", "scope", Wording.word(cidr.scope()))
                        .build();
        };
    }

    static YamlNode l4(L4Match match) {
        return l4(new SectionBuilder(), match);
    }

    static YamlNode l4(SectionBuilder section, L4Match match) {
        section.text("protocol", L4Text.protocol(match.protocol()));
        if (L4Text.isIcmp(match.protocol())) {
            section.texts("types", L4Text.icmpTypes(match.protocol(), match.ranges()));
        } else if (!match.ranges().isEmpty()) {
            section.text("ports", L4Text.ports(match.ranges()));
        }
        return section.build();
    }
}
