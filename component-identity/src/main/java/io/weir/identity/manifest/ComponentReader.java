package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.IpText;
import io.weir.identity.component.L4Text;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.Violations;
import io.weir.identity.document.MacText;
import io.weir.identity.label.SecurityContext;

/** Reads components. */
final class ComponentReader {
    static final int MAX_WINDOW_MS = 3_600_000;
    private static final int MAX_VLAN = 4094;
    private static final IpPrefix MULTICAST_IPV4 = IpPrefix.ipv4(0xE000_0000, 4);
    private static final IpPrefix MULTICAST_IPV6 = new IpPrefix(0xFFL << 56, 0, 8);

    private static final List<RuleAction> VIOLATION_ACTIONS =
            List.copyOf(EnumSet.of(RuleAction.DROP, RuleAction.REJECT, RuleAction.REDIRECT));

    private enum Expectation {
        ALLOW,
        DENY
    }

    private final Section metadata;
    private final Section spec;

    private ComponentReader(Section metadata, Section spec) {
        this.metadata = metadata;
        this.spec = spec;
    }

    static Component read(Section metadata, Section spec) {
        return new ComponentReader(metadata, spec).component();
    }

    private Component component() {
        Section identity = spec.sectionOrEmpty("identity", Part.IDENTITY);
        Section isolate = spec.sectionOrEmpty("isolate", Part.ISOLATE);
        return new Component(
                metadata.labels("labels"),
                metadata.name("owner", Word.SENTENCE),
                instances(identity),
                identity.choice("minAssurance", assurances(), Assurance.L4),
                spec.label("securityLabel", SecurityContext::parse),
                exposes(),
                spec.choice("mode", List.of(RuleMode.values()), RuleMode.ENFORCE),
                isolate.flag("ingress", true),
                isolate.flag("egress", true),
                RuleReader.rules(spec, "ingress", Part.INGRESS_RULE, false),
                RuleReader.rules(spec, "egress", Part.EGRESS_RULE, false),
                violations(),
                limits(),
                tests());
    }

    private static Map<String, Integer> assurances() {
        Map<String, Integer> words = new LinkedHashMap<>();
        for (int assurance = Assurance.PORT; assurance >= Assurance.L4; assurance--) {
            words.put(Assurance.name(assurance), assurance);
        }
        return words;
    }

    private static List<Instance> instances(Section identity) {
        List<Instance> instances = new ArrayList<>();
        for (Section section : identity.sections("instances", Part.INSTANCE)) {
            instances.add(new Instance(
                    section.requiredName("port", Word.PORT),
                    mac(section),
                    section.integer("vlan", 1, MAX_VLAN, 0),
                    ips(section),
                    L4Reader.matches(section, Part.INSTANCE_L4)));
        }
        return instances;
    }

    private static OptionalLong mac(Section instance) {
        Optional<String> text = instance.text("mac");
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        long mac = MacText.parse(text.get());
        if (!MacText.unicast(mac)) {
            String problem = "must be the MAC address of one station: was " + Wording.shown(text.get());
            instance.problem("mac", problem, "write six octets, as in 52:54:00:aa:01:02");
        }
        return OptionalLong.of(mac);
    }

    private static List<IpPrefix> ips(Section instance) {
        List<IpPrefix> ips = new ArrayList<>();
        for (Section.Item item : instance.someTexts("ips", "leave ips out when any address will do")) {
            PeerReader.prefix(instance, item).ifPresent(ips::add);
            IpPrefix ip = IpText.parse(item.text());
            if (ip != null && (MULTICAST_IPV4.contains(ip) || MULTICAST_IPV6.contains(ip))) {
                instance.problem(
                        item, "must be unicast: was " + item.text(), "write the address of one station or network");
            }
        }
        return ips;
    }

    private List<Expose> exposes() {
        List<Expose> exposes = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : spec.sections("exposes", Part.EXPOSE)) {
            String name = section.requiredName("name", Word.RULE_ID);
            if (!name.isEmpty() && !names.add(name)) {
                section.problem("name", "exposed twice: was " + name, "choose another name");
            }
            L4Reader.match(section).ifPresent(l4 -> exposes.add(new Expose(name, l4)));
        }
        return exposes;
    }

    private Violations violations() {
        Section violations = spec.sectionOrEmpty("violations", Part.VIOLATIONS);
        RuleAction action = violations.choice("action", VIOLATION_ACTIONS, RuleAction.DROP);
        if (action == RuleAction.REDIRECT) {
            violations.require("redirectTo", "the port that takes denied flows");
        }
        Optional<String> port = Optional.of(violations.name("redirectTo", Word.PORT));
        Optional<Section> quarantine = violations.section("quarantineAfter", Part.QUARANTINE_AFTER);
        quarantine.ifPresent(section -> section.require("count", "denied packets in the window"));
        quarantine.ifPresent(section -> section.require("windowMs", "1 to " + MAX_WINDOW_MS));
        return new Violations(
                action,
                port.filter(name -> !name.isEmpty()),
                quarantine
                        .map(section -> section.integer("count", 1, Integer.MAX_VALUE, 0))
                        .orElse(0),
                quarantine
                        .map(section -> section.integer("windowMs", 1, MAX_WINDOW_MS, 0))
                        .orElse(0));
    }

    private ComponentLimits limits() {
        Section limits = spec.sectionOrEmpty("limits", Part.COMPONENT_LIMITS);
        return new ComponentLimits(
                RuleReader.limit(limits, "mbps"),
                RuleReader.limit(limits, "packetsPerSecond"),
                RuleReader.limit(limits, "connections"),
                RuleReader.limit(limits, "cpuMilli"),
                RuleReader.limit(limits, "memoryMiB"),
                RuleReader.limit(limits, "diskIops"));
    }

    private List<PolicyTest> tests() {
        List<PolicyTest> tests = new ArrayList<>();
        for (Section section : spec.sections("tests", Part.TEST)) {
            String from = section.requiredName("from", Word.ID);
            String to = section.requiredName("to", Word.ID);
            L4Text.Destination destination = destination(section);
            section.require("expect", "allow or deny");
            boolean allowed =
                    section.choice("expect", List.of(Expectation.values()), Expectation.ALLOW) == Expectation.ALLOW;
            tests.add(new PolicyTest(from, to, destination.protocol(), destination.port(), allowed));
        }
        return tests;
    }

    private static L4Text.Destination destination(Section test) {
        String text = test.require("l4", "tcp/5432") ? test.text("l4").orElse("") : "";
        L4Text.Destination destination = L4Text.destination(text);
        if (destination == null && !text.isEmpty()) {
            String problem = "must be one protocol and port or type: was " + Wording.shown(text);
            test.problem("l4", problem, "write tcp/5432, udp/53, icmp/echo-request or icmpv6/1/4");
        }
        return destination == null ? new L4Text.Destination(0, 0) : destination;
    }
}
