package io.weir.identity.manifest;

import java.util.List;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpText;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Text;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Violations;
import io.weir.identity.document.MacText;

/**
 * Writes documents as canonical YAML: keys in the order of the documentation, labels in alphabetic order, what equals its
 * fallback left out. Equal documents give equal text, and {@link ManifestReader} reads it back as an equal document.
 *
 * <p>Threading: no state.
 */
public final class ManifestWriter {
    private ManifestWriter() {}

    public static String write(Kind kind, String id, Body body) {
        SectionBuilder metadata = new SectionBuilder().text("id", id);
        SectionBuilder spec = new SectionBuilder();
        switch (body) {
            case Component component -> component(component, metadata, spec);
            case Group group -> spec.node("members", new YamlNode.Sequence(RuleWriter.peers(group.members()), 0));
            case RuleSet ruleSet -> ruleSet(ruleSet, metadata, spec);
            case Grant grant -> grant(grant, metadata, spec);
        }
        return YamlText.of(new SectionBuilder()
                .text("apiVersion", ManifestReader.API_VERSION)
                .text("kind", kind.word())
                .node("metadata", metadata.build())
                .node("spec", spec.build())
                .build());
    }

    private static void component(Component component, SectionBuilder metadata, SectionBuilder spec) {
        metadata.labels("labels", component.labels()).textUnless("", "owner", component.owner());
        SectionBuilder identity = new SectionBuilder()
                .list(
                        "instances",
                        component.instances().stream()
                                .map(ManifestWriter::instance)
                                .toList());
        if (component.minAssurance() != Assurance.L4) {
            identity.text("minAssurance", Assurance.name(component.minAssurance()));
        }
        spec.section("identity", identity);
        component.securityLabel().ifPresent(label -> spec.text("securityLabel", label.toString()));
        spec.list(
                "exposes",
                component.exposes().stream().map(ManifestWriter::expose).toList());
        mode(spec, component.mode());
        SectionBuilder isolate = new SectionBuilder()
                .flagUnless(true, "ingress", component.isolateIngress())
                .flagUnless(true, "egress", component.isolateEgress());
        spec.section("isolate", isolate);
        spec.list("ingress", RuleWriter.rules(component.ingress(), Part.INGRESS_RULE));
        spec.list("egress", RuleWriter.rules(component.egress(), Part.EGRESS_RULE));
        spec.section("violations", violations(component.violations()));
        spec.section("limits", limits(component.limits()));
        spec.list("tests", component.tests().stream().map(ManifestWriter::test).toList());
    }

    static void mode(SectionBuilder section, RuleMode mode) {
        section.textUnless(Wording.word(RuleMode.ENFORCE), "mode", Wording.word(mode));
    }

    private static YamlNode instance(Instance instance) {
        SectionBuilder section = new SectionBuilder().text("port", instance.port());
        instance.mac().ifPresent(mac -> section.text("mac", MacText.of(mac)));
        return section.numberUnless(0, "vlan", instance.vlan())
                .texts("ips", instance.ips().stream().map(IpText::of).toList())
                .list("l4", instance.l4().stream().map(RuleWriter::l4).toList())
                .build();
    }

    private static YamlNode expose(Expose expose) {
        return RuleWriter.l4(new SectionBuilder().text("name", expose.name()), expose.l4());
    }

    private static SectionBuilder violations(Violations violations) {
        SectionBuilder section = new SectionBuilder()
                .textUnless(
                        RuleAction.DROP.word(), "action", violations.action().word());
        violations.redirectTo().ifPresent(port -> section.text("redirectTo", port));
        SectionBuilder quarantine = new SectionBuilder()
                .numberUnless(0, "count", violations.quarantineCount())
                .numberUnless(0, "windowMs", violations.quarantineWindowMs());
        return section.section("quarantineAfter", quarantine);
    }

    private static SectionBuilder limits(ComponentLimits limits) {
        return new SectionBuilder()
                .numberUnless(0, "mbps", limits.mbps())
                .numberUnless(0, "packetsPerSecond", limits.packetsPerSecond())
                .numberUnless(0, "connections", limits.connections())
                .numberUnless(0, "cpuMilli", limits.cpuMilli())
                .numberUnless(0, "memoryMiB", limits.memoryMiB())
                .numberUnless(0, "diskIops", limits.diskIops());
    }

    private static YamlNode test(PolicyTest test) {
        return new SectionBuilder()
                .text("from", test.from())
                .text("to", test.to())
                .text("l4", L4Text.destination(test.protocol(), test.port()))
                .text("expect", test.allowed() ? "allow" : "deny")
                .build();
    }

    private static void ruleSet(RuleSet ruleSet, SectionBuilder metadata, SectionBuilder spec) {
        metadata.text("tier", ruleSet.tier().word());
        mode(spec, ruleSet.mode());
        spec.node("rules", new YamlNode.Sequence(RuleWriter.rules(ruleSet.rules(), Part.RULE), 0));
    }

    private static void grant(Grant grant, SectionBuilder metadata, SectionBuilder spec) {
        metadata.text("reason", grant.reason());
        List<Peer> to = grant.rule().to();
        if (to.size() != 1 || !(to.getFirst() instanceof Peer.ById component)) {
            throw new IllegalArgumentException("a grant's rule leads to one component: was " + to);
        }
        SectionBuilder rule = new SectionBuilder()
                .list("from", RuleWriter.peers(grant.rule().from()))
                .text("toComponent", component.component())
                .list("to", RuleWriter.exposed(grant.rule().exposes()))
                .list("l4", grant.rule().l4().stream().map(RuleWriter::l4).toList());
        spec.node("rule", rule.build())
                .numberUnless(0, "ttlSeconds", grant.ttlSeconds())
                .textUnless("reset", "onExpiry", Wording.word(grant.onExpiry()));
    }
}
