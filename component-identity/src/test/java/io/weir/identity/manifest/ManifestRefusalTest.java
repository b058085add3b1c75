package io.weir.identity.manifest;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What is refused, and in which words. */
class ManifestRefusalTest {
    private static List<String> refusals(String yaml) {
        ProblemException refusal = assertThrows(ProblemException.class, () -> ManifestReader.read("f", yaml));
        return refusal.errors().stream().map(Problem::toString).toList();
    }

    private static void assertRefused(String yaml, String... messages) {
        assertEquals(String.join("\n", messages), String.join("\n", refusals(yaml)));
    }

    private static String document(String kind, String metadata, String spec) {
        return "apiVersion: weir/v1\nkind: " + kind + "\nmetadata: {" + metadata + "}\nspec: {" + spec + "}\n";
    }

    /** Inside the braces of a component's spec, which stands in line 4; the message without file and line. */
    static Stream<Arguments> componentSpecs() {
        return Stream.of(
                arguments("egres: []", "spec.egres: unknown key; did you mean egress?"),
                arguments(
                        "identity: {instances: [{port: p, speed: 1}]}",
                        "spec.identity.instances[0].speed: unknown key; keys here are: port, mac, vlan, ips, l4"),
                arguments("mode: enforce, mode: audit", "spec.mode: written twice; keep one of them"),
                arguments("mode: enforced", "spec.mode: unknown word: was enforced; did you mean enforce?"),
                arguments("mode: [audit]", "spec.mode: must be a single value: was a list; write one value"),
                arguments("mode:", "spec.mode: must be a single value: was nothing; write one value"),
                arguments("? [a] : b", "spec: a key must be a word: was a list; write key: value"),
                arguments(
                        "identity: 5",
                        "spec.identity: must be a section of keys: was 5; write {instances: ..., minAssurance: ...}"),
                arguments("exposes: {}", "spec.exposes: must be a list: was a section; write exposes: [...]"),
                arguments(
                        "exposes: [sql]",
                        "spec.exposes[0]: must be a section of keys: was sql; write {name: ..., protocol: ...}"),
                arguments(
                        "isolate: {ingress: no}",
                        "spec.isolate.ingress: must be true or false: was no; write true or false"),
                arguments(
                        "identity: {minAssurance: agent}",
                        "spec.identity.minAssurance: unknown word: was agent; write one of: port, mac, vlan, ip, l4"),
                arguments(
                        "limits: {mbps: 0}",
                        "spec.limits.mbps: must be a whole number, 1 to 2147483647: was 0; choose a number in that range"),
                arguments(
                        "limits: {mbps: 2147483648}",
                        "spec.limits.mbps: must be a whole number, 1 to 2147483647: was 2147483648; choose a number in that range"),
                arguments(
                        "limits: {mbps: 0x10}",
                        "spec.limits.mbps: must be a whole number, 1 to 2147483647: was 0x10; choose a number in that range"),
                arguments(
                        "limits: {mbps: 1.5}",
                        "spec.limits.mbps: must be a whole number, 1 to 2147483647: was 1.5; choose a number in that range"),
                arguments(
                        "violations: {action: allow}",
                        "spec.violations.action: unknown word: was allow; write one of: drop, reject, redirect"),
                arguments(
                        "violations: {action: redirect}",
                        "spec.violations.redirectTo: is missing; write redirectTo: the port that takes denied flows"),
                arguments(
                        "violations: {quarantineAfter: {count: 5}}",
                        "spec.violations.quarantineAfter.windowMs: is missing; write windowMs: 1 to 3600000"),
                arguments(
                        "securityLabel: u:r:t",
                        "spec.securityLabel: a security context has a user, a role, a type and a range: was u:r:t; "
                                + "write user:role:type:low[-high], such as system_u:system_r:app_t:s2-s5:c1.c3"),
                arguments(
                        "tests: [{from: a, to: b, l4: tcp, expect: allow}]",
                        "spec.tests[0].l4: must be one protocol and port or type: was tcp; write tcp/5432, udp/53, icmp/echo-request or icmpv6/1/4"),
                arguments(
                        "tests: [{from: a, to: b, l4: tcp/1, expect: denied}]",
                        "spec.tests[0].expect: unknown word: was denied; write one of: allow, deny"),
                arguments(
                        "exposes: [{name: a, protocol: tcp}, {name: a, protocol: udp}]",
                        "spec.exposes[1].name: exposed twice: was a; choose another name"));
    }

    @ParameterizedTest
    @MethodSource("componentSpecs")
    void shouldRefuseAComponentWhen(String spec, String message) {
        assertRefused(document("Component", "id: a", spec), "f:4: " + message);
    }

    static Stream<Arguments> instances() {
        return Stream.of(
                arguments(
                        "mac: 52:54:00:aa:01:02",
                        "port: is missing; write port: 1 to 32 letters, digits, dots, dashes, underscores"),
                arguments(
                        "port: vm 7",
                        "port: must be 1 to 32 letters, digits, dots, dashes, underscores: was vm 7; choose such a name"),
                arguments(
                        "port: p, mac: 52:54:00",
                        "mac: must be the MAC address of one station: was 52:54:00; write six octets, as in 52:54:00:aa:01:02"),
                arguments(
                        "port: p, mac: 01:00:5e:00:00:01",
                        "mac: must be the MAC address of one station: was 01:00:5e:00:00:01; write six octets, as in 52:54:00:aa:01:02"),
                arguments(
                        "port: p, vlan: 4095",
                        "vlan: must be a whole number, 1 to 4094: was 4095; choose a number in that range"),
                arguments(
                        "port: p, vlan: 0",
                        "vlan: must be a whole number, 1 to 4094: was 0; choose a number in that range"),
                arguments("port: p, ips: []", "ips: must not be empty; leave ips out when any address will do"),
                arguments(
                        "port: p, ips: [10.8.1.256]",
                        "ips[0]: must be an IP address or network: was 10.8.1.256; write 10.8.0.0/16 or fd00:8::/64"),
                arguments(
                        "port: p, ips: [10.8.1.1/33]",
                        "ips[0]: must be an IP address or network: was 10.8.1.1/33; write 10.8.0.0/16 or fd00:8::/64"),
                arguments(
                        "port: p, ips: [10.8.1.1/24]",
                        "ips[0]: bits behind the prefix must be zero: was 10.8.1.1/24; write 10.8.1.0/24"),
                arguments(
                        "port: p, ips: ['fd00::1/64']",
                        "ips[0]: bits behind the prefix must be zero: was fd00::1/64; write fd00::/64"),
                arguments(
                        "port: p, ips: [a.example]",
                        "ips[0]: must be an IP address or network: was a.example; write 10.8.0.0/16 or fd00:8::/64"),
                arguments(
                        "port: p, ips: [224.0.0.1]",
                        "ips[0]: must be unicast: was 224.0.0.1; write the address of one station or network"),
                arguments(
                        "port: p, ips: ['ff02::1']",
                        "ips[0]: must be unicast: was ff02::1; write the address of one station or network"),
                arguments("port: p, l4: []", "l4: must not be empty; leave l4 out when any protocol will do"),
                arguments(
                        "port: p, l4: [{protocol: icmp, types: [8]}]",
                        "l4[0].types: unknown key; keys here are: protocol, ports"));
    }

    @ParameterizedTest
    @MethodSource("instances")
    void shouldRefuseAnInstanceWhen(String instance, String message) {
        assertRefused(
                document("Component", "id: a", "identity: {instances: [{" + instance + "}]}"),
                "f:4: spec.identity.instances[0]." + message);
    }

    /** Inside the braces of a rule of a rule set; the message without file, line and path of the rule. */
    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        "action: drop",
                        ".id: is missing; write id: 1 to 64 letters, digits, dots, dashes, underscores"),
                arguments("id: r", ".action: is missing; write action: allow, drop, ..."),
                arguments(
                        "id: r, action: deny",
                        ".action: unknown word: was deny; write one of: allow, drop, reject, redirect, mirror, pass, rate-limit"),
                arguments("id: r, action: alow", ".action: unknown word: was alow; did you mean allow?"),
                arguments(
                        "id: r, action: drop, priority: 65536",
                        ".priority: must be a whole number, 0 to 65535: was 65536; choose a number in that range"),
                arguments(
                        "id: r, action: drop, priority: -1",
                        ".priority: must be a whole number, 0 to 65535: was -1; choose a number in that range"),
                arguments(
                        "id: r, action: redirect",
                        ".target: is missing; write target: the port that redirect sends to"),
                arguments("id: r, action: mirror", ".target: is missing; write target: the port that mirror sends to"),
                arguments(
                        "id: r, action: drop, target: p",
                        ".target: only redirect and mirror have one: action is drop; leave it out"),
                arguments(
                        "id: r, action: rate-limit",
                        ".limits: rate-limit needs at least one limit; write limits: {mbps: 100}"),
                arguments(
                        "id: r, action: drop, limits: {mbps: 1}",
                        ".limits: only allow and rate-limit have limits: action is drop; leave them out"),
                arguments(
                        "id: r, action: drop, auditUntil: 2026-12-01T00:00:00Z",
                        ".auditUntil: means something in audit mode only; write mode: audit, or leave it out"),
                arguments(
                        "id: r, action: drop, mode: audit, auditUntil: tomorrow",
                        ".auditUntil: must be a time from 2000 to 2200: was tomorrow; write 2026-12-01T00:00:00Z"),
                arguments(
                        "id: r, action: drop, mode: audit, auditUntil: 2326-12-01T00:00:00Z",
                        ".auditUntil: must be a time from 2000 to 2200: was 2326-12-01T00:00:00Z; write 2026-12-01T00:00:00Z"),
                arguments(
                        "id: r, action: drop, sides: in",
                        ".sides: unknown word: was in; write one of: both, egress, ingress"),
                arguments(
                        "id: r, action: drop, onChange: keeps",
                        ".onChange: unknown word: was keeps; did you mean keep?"),
                arguments(
                        "id: r, action: drop, when: {}",
                        ".when: says neither days nor hours; write days: Mon-Fri, or leave it out"),
                arguments(
                        "id: r, action: drop, when: {days: Mo-Fr}",
                        ".when.days: must be a day or days: was Mo-Fr; write Mon, Tue, Wed, Thu, Fri, Sat, Sun, or Mon-Fri"),
                arguments(
                        "id: r, action: drop, when: {days: []}",
                        ".when.days: must not be empty; leave days out when every day will do"),
                arguments(
                        "id: r, action: drop, when: {hours: 7-19}",
                        ".when.hours: must be two times of day: was 7-19; write \"07:00-19:00\""),
                arguments(
                        "id: r, action: drop, when: {days: Mon, zone: Europe/Berlim}",
                        ".when.zone: unknown time zone: was Europe/Berlim; did you mean Europe/Berlin?"),
                arguments(
                        "id: r, action: drop, when: {days: Mon, zone: Middle/Earth}",
                        ".when.zone: unknown time zone: was Middle/Earth; write a name such as Europe/Berlin"),
                arguments(
                        "id: r, action: drop, l4: [{ports: 80}]",
                        ".l4[0].protocol: is missing; write protocol: any, icmp, icmpv6, sctp, tcp, udp or 0 to 255"),
                arguments(
                        "id: r, action: drop, l4: [{protocol: 256}]",
                        ".l4[0].protocol: must be a protocol, any, icmp, icmpv6, sctp, tcp, udp or 0 to 255: was 256; write one of: any, icmp, icmpv6, sctp, tcp, udp"),
                arguments(
                        "id: r, action: drop, l4: [{protocol: tcp, ports: 80-70}]",
                        ".l4[0].ports: must be ports, 0 to 65535: was 80-70; write \"80,443,1000-2000\""),
                arguments(
                        "id: r, action: drop, l4: [{protocol: tcp, ports: 65536}]",
                        ".l4[0].ports: must be ports, 0 to 65535: was 65536; write \"80,443,1000-2000\""),
                arguments(
                        "id: r, action: drop, l4: [{protocol: tcp, ports: '80,'}]",
                        ".l4[0].ports: must be ports, 0 to 65535: was 80,; write \"80,443,1000-2000\""),
                arguments(
                        "id: r, action: drop, l4: [{protocol: any, ports: 80}]",
                        ".l4[0].ports: only tcp, udp and sctp have ports: protocol is any; leave ports out"),
                arguments(
                        "id: r, action: drop, l4: [{protocol: tcp, types: [8]}]",
                        ".l4[0].types: only icmp and icmpv6 have types: protocol is tcp; leave types out"),
                arguments(
                        "id: r, action: drop, l4: [{protocol: icmp, types: [300]}]",
                        ".l4[0].types[0]: must be a type of icmp: was 300; write a number, \"3/4\" with a code, or a name: destination-unreachable, echo-reply, echo-request, parameter-problem, redirect, router-advertisement, router-solicitation, time-exceeded, timestamp-reply, timestamp-request"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void shouldRefuseARuleWhen(String rule, String message) {
        String ends = ", from: [{any: true}], to: [{any: true}]";
        assertRefused(
                document("RuleSet", "id: a, tier: platform", "rules: [{" + rule + ends + "}]"),
                "f:4: spec.rules[0]" + message);
    }

    /** Inside the braces of a peer; the message without file, line and path of the peer. */
    static Stream<Arguments> peers() {
        return Stream.of(
                arguments(
                        "",
                        ": must say one of component, labels, group, cidr, any: said nothing of that; write one of them"),
                arguments(
                        "component: a, any: true",
                        ": must say one of component, labels, group, cidr, any: said component and any; write one of them"),
                arguments("any: false", ".any: must be true: was false; leave the peer out"),
                arguments(
                        "labels: {}",
                        ".labels: must name at least one label; write {name: value}, or any: true for everybody"),
                arguments(
                        "component: a b",
                        ".component: must be 1 to 128 letters, digits, dots, dashes, underscores: was a b; choose such a name"),
                arguments(
                        "cidr: 10.9.0.1/16",
                        ".cidr: bits behind the prefix must be zero: was 10.9.0.1/16; write 10.9.0.0/16"),
                arguments(
                        "cidr: 10.9.0.0/16, except: [10.8.0.0/24]",
                        ".except[0]: must lie within 10.9.0.0/16: was 10.8.0.0/24; write a part of the cidr, or leave it out"),
                arguments(
                        "component: a, except: [10.8.0.0/24]", ".except: means something with cidr only; leave it out"),
                arguments("any: true, scope: external", ".scope: means something with cidr only; leave it out"),
                arguments(
                        "cidr: 10.9.0.0/16, scope: world",
                        ".scope: unknown word: was world; write one of: any, external"));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void shouldRefuseAPeerWhen(String peer, String message) {
        String spec = "egress: [{id: r, action: allow, to: [{" + peer + "}]}]";
        assertRefused(document("Component", "id: a", spec), "f:4: spec.egress[0].to[0]" + message);
    }

    @Test
    void shouldRefuseARuleThatNamesNobody() {
        assertRefused(
                document(
                        "Component",
                        "id: a",
                        "ingress: [{id: r, action: allow}], egress: [{id: r, to: [], action: allow}]"),
                "f:4: spec.ingress[0].from: is missing; write from: [{component: ...}], or [{any: true}] for everybody",
                "f:4: spec.egress[0].to: must not be empty; write [{any: true}] for everybody");
    }

    @Test
    void shouldRefuseTheSameRuleTwice() {
        String rule = "{id: r, action: allow, to: [{any: true}]}";
        assertRefused(
                document("Component", "id: a", "egress: [" + rule + ", " + rule + "]"),
                "f:4: spec.egress[1].id: another rule of spec.egress has it: was r; choose another");
    }

    @Test
    void shouldTellEveryMistakeAtOnceInTheOrderOfTheFile() {
        assertRefused(
                """
                apiVersion: weir/v2
                kind: Component
                metadata: {id: "a b", labels: {"x y": z, app: "!"}}
                spec:
                  identity:
                    instances:
                      - {port: vm7, vlan: 9999}
                      - ips: [10.0.0.1/8]
                ---
                kind: Compnent
                ---
                apiVersion: weir/v1
                kind: RuleSet
                metadata: {id: r, tier: grant}
                spec: {}
                ---
                - not a section
                ---
                apiVersion: weir/v1
                kind: Grant
                """,
                "f:1: apiVersion: unknown word: was weir/v2; did you mean weir/v1?",
                "f:3: metadata.id: must be 1 to 128 letters, digits, dots, dashes, underscores: was a b; choose such a name",
                "f:3: metadata.labels: a label's name must be 1 to 128 letters, digits, dots, slashes, dashes, underscores: was x y; choose such a name",
                "f:3: metadata.labels.app: a label's value must be up to 128 letters, digits, dots, slashes, dashes, underscores: was !; choose such a value",
                "f:7: spec.identity.instances[0].vlan: must be a whole number, 1 to 4094: was 9999; choose a number in that range",
                "f:8: spec.identity.instances[1].port: is missing; write port: 1 to 32 letters, digits, dots, dashes, underscores",
                "f:8: spec.identity.instances[1].ips[0]: bits behind the prefix must be zero: was 10.0.0.1/8; write 10.0.0.0/8",
                "f:10: apiVersion: is missing; write apiVersion: weir/v1",
                "f:10: kind: unknown word: was Compnent; did you mean Component?",
                "f:14: metadata.tier: unknown word: was grant; write one of: emergency, platform, baseline",
                "f:15: spec.rules: is missing; write rules: [...]",
                "f:17: a document must be a section of keys: was a list; write key: value lines",
                "f:19: metadata: is missing; write metadata: {id: ...}",
                "f:19: spec: is missing; write spec: {...}",
                "f:19: metadata.reason: is missing; write reason: 1 to 512 printable characters",
                "f:19: spec.rule: is missing; write rule: {from: [...], toComponent: ...}",
                "f:19: spec.ttlSeconds: is missing; write ttlSeconds: 1 to 31536000");
    }

    @Test
    void shouldRefuseAnIdThatIsThereAlready() {
        String group = document("Group", "id: web", "members: []");
        assertRefused(
                group + "---\n" + document("RuleSet", "id: web, tier: platform", "rules: []") + "---\n" + group,
                "f:13: metadata.id: Group web is here already, at line 1; keep one of them");
    }

    @Test
    void shouldRefuseAGrantWithoutReasonOrEnd() {
        assertRefused(
                document("Grant", "id: g", "rule: {from: [{component: a}]}, ttlSeconds: 31536001"),
                "f:3: metadata.reason: is missing; write reason: 1 to 512 printable characters",
                "f:4: spec.rule.toComponent: is missing; write toComponent: 1 to 128 letters, digits, dots, dashes, underscores",
                "f:4: spec.ttlSeconds: must be a whole number, 1 to 31536000: was 31536001; choose a number in that range");
    }

    @Test
    void shouldRefuseTextThatMovesTheTerminalsCursor() {
        assertRefused(
                document("Component", "id: a, owner: \"\\e[2J\"", ""),
                "f:3: metadata.owner: must be 1 to 512 printable characters: was \uFFFD[2J; choose such a name");
    }

    @Test
    void shouldRefuseWhatIsNoYaml() {
        assertRefused("", "f:1: holds no document; write apiVersion: weir/v1, kind, metadata and spec");
        assertRefused(
                "a: [b",
                "f:1: not YAML: expected ',' or ']', but got <stream end>; mind indentation, brackets and quotes");
    }

    @Test
    void shouldRefuseAnEscapeThatIsNoCharacter() {
        String refusal = "f:1: not YAML: an escape that is no character; mend what follows this line";
        assertRefused("a: \"\\U9001F600\"", refusal);
    }

    @Test
    void shouldStillTellMistakesBeforeTheTextBreaks() {
        assertRefused(
                document("Group", "id: g", "") + "---\n\tx",
                "f:4: spec.members: is missing; write members: [...]",
                "f:6: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation); mind indentation, brackets and quotes");
    }
}
