package io.weir.identity.manifest;

import java.util.List;

/**
 * The sections of a manifest, and of a label domain, and the keys that each knows, in the order in which canonical text writes
 * them. The JSON Schema and docs/formats.md name the same sections with the same keys; tests hold them together.
 */
enum Part {
    DOCUMENT("document", "apiVersion", "kind", "metadata", "spec"),
    COMPONENT_METADATA("componentMetadata", "id", "labels", "owner"),
    COMPONENT_SPEC(
            "componentSpec",
            "identity",
            "securityLabel",
            "exposes",
            "mode",
            "isolate",
            "ingress",
            "egress",
            "violations",
            "limits",
            "tests"),
    IDENTITY("identity", "instances", "minAssurance"),
    INSTANCE("instance", "port", "mac", "vlan", "ips", "l4"),
    INSTANCE_L4("instanceL4", "protocol", "ports"),
    EXPOSE("expose", "name", "protocol", "ports", "types"),
    ISOLATE("isolate", "ingress", "egress"),
    INGRESS_RULE(
            "ingressRule",
            "id",
            "priority",
            "from",
            "to",
            "l4",
            "action",
            "target",
            "limits",
            "when",
            "mode",
            "auditUntil",
            "onChange"),
    EGRESS_RULE(
            "egressRule",
            "id",
            "priority",
            "to",
            "l4",
            "action",
            "target",
            "limits",
            "when",
            "mode",
            "auditUntil",
            "onChange"),
    EXPOSED("exposed", "expose"),
    PEER("peer", "component", "labels", "group", "cidr", "except", "scope", "any"),
    L4("l4", "protocol", "ports", "types"),
    RULE_LIMITS("ruleLimits", "newConnectionsPerSecond", "connections", "mbps", "packetsPerSecond"),
    WHEN("when", "days", "hours", "zone"),
    VIOLATIONS("violations", "action", "redirectTo", "quarantineAfter"),
    QUARANTINE_AFTER("quarantineAfter", "count", "windowMs"),
    COMPONENT_LIMITS("componentLimits", "mbps", "packetsPerSecond", "connections", "cpuMilli", "memoryMiB", "diskIops"),
    TEST("test", "from", "to", "l4", "expect"),
    GROUP_METADATA("groupMetadata", "id"),
    GROUP_SPEC("groupSpec", "members"),
    MEMBER("member", "component", "labels", "group"),
    RULE_SET_METADATA("ruleSetMetadata", "id", "tier"),
    RULE_SET_SPEC("ruleSetSpec", "mode", "rules"),
    RULE(
            "rule",
            "id",
            "priority",
            "sides",
            "from",
            "to",
            "l4",
            "action",
            "target",
            "limits",
            "when",
            "mode",
            "auditUntil",
            "onChange"),
    GRANT_METADATA("grantMetadata", "id", "reason"),
    GRANT_SPEC("grantSpec", "rule", "ttlSeconds", "onExpiry"),
    GRANT_RULE("grantRule", "from", "toComponent", "to", "l4"),
    LABEL_DOMAIN_METADATA("labelDomainMetadata", "id"),
    LABEL_DOMAIN_SPEC(
            "labelDomainSpec", "default", "requireLabels", "sensitivities", "categories", "levels", "types", "allow"),
    DOMAIN_TYPE("domainType", "name", "description", "trusted"),
    TRUST("trust", "reason", "writeDown"),
    TYPE_RULE("typeRule", "from", "to", "between"),
    FLOW_POLICY_METADATA("flowPolicyMetadata", "id"),
    FLOW_POLICY_SPEC("flowPolicySpec", "component", "labels", "carriers", "programs", "flows", "filters", "map"),
    FLOW_LABEL("flowLabel", "label", "as"),
    FLOW("flow", "from", "to", "both", "via"),
    FLOW_FILTER("flowFilter", "from", "to", "program", "reason");

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> keys;

    Part(String word, String... keys) {
        this.word = word;
        this.keys = List.of(keys);
    }

    /** Its name in the schema and the documentation. */
    String word() {
        return word;
    }

    List<String> keys() {
        return keys;
    }
}
