package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.weir.identity.component.Body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** The schema and the reader know the same keys and words. */
class SchemaTest {
    private static final YamlNode SCHEMA = SchemaCheck.shipped();

    @Provide
    Arbitrary<Body> bodies() {
        return AnyDocument.body();
    }

    @Test
    void shouldKnowTheKeysThatTheReaderKnows() {
        Map<String, List<String>> read = Arrays.stream(Part.values())
                .collect(Collectors.toMap(Part::word, Part::keys, (a, b) -> a, TreeMap::new));

        Map<String, List<String>> described = new TreeMap<>();
        SchemaCheck.keys(Objects.requireNonNull(SchemaCheck.keys(SCHEMA).get("$defs")))
                .forEach((name, part) -> {
                    YamlNode properties = SchemaCheck.keys(part).get("properties");
                    if (properties != null) {
                        described.put(
                                name, List.copyOf(SchemaCheck.keys(properties).keySet()));
                    }
                });

        assertEquals(read, described);
    }

    @Test
    void shouldRefuseUnknownKeysEverywhere() {
        List<String> open = new ArrayList<>();
        SchemaCheck.keys(Objects.requireNonNull(SchemaCheck.keys(SCHEMA).get("$defs")))
                .forEach((name, part) -> {
                    YamlNode additional = SchemaCheck.keys(part).get("additionalProperties");
                    boolean closed = additional instanceof YamlNode.Scalar scalar
                            && scalar.text().equals("false");
                    if (SchemaCheck.keys(part).containsKey("properties") && !closed) {
                        open.add(name);
                    }
                });

        assertEquals(List.of(), open);
    }

    @Property(tries = 1000)
    void takesWhatCanBeWritten(@ForAll("bodies") Body body) {
        String yaml = ManifestWriter.write(ManifestPropertyTest.kind(body), "a", body);

        assertEquals(
                List.of(),
                SchemaCheck.mistakes(SCHEMA, SchemaCheck.documents(yaml).getFirst()),
                yaml);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{apiVersion: weir/v2, kind: Group, metadata: {id: a}, spec: {members: []}}",
                "{apiVersion: weir/v1, kind: Groups, metadata: {id: a}, spec: {members: []}}",
                "{apiVersion: weir/v1, kind: Group, metadata: {id: a}, spec: {member: []}}",
                "{apiVersion: weir/v1, kind: Group, metadata: {id: a, tier: platform}, spec: {members: []}}",
                "{apiVersion: weir/v1, kind: Group, metadata: {id: a}, spec: {members: [{component: a, group: b}]}}",
                "{apiVersion: weir/v1, kind: RuleSet, metadata: {id: a}, spec: {rules: []}}",
                "{apiVersion: weir/v1, kind: Component, metadata: {id: a}, spec: {limits: {mbps: 0}}}",
                "{apiVersion: weir/v1, kind: Component, metadata: {id: a}, spec: {egress: [{id: r, action: allow, to: []}]}}",
                "{apiVersion: weir/v1, kind: Component, metadata: {id: a}, spec: {egress: [{id: r, action: mirror, to: [{any: true}]}]}}",
                "{apiVersion: weir/v1, kind: Component, metadata: {id: a}, spec: {identity: {instances: [{port: p, vlan: 5000}]}}}",
                "{apiVersion: weir/v1, kind: Grant, metadata: {id: a, reason: r}, spec: {rule: {from: [{any: true}], toComponent: a}}}"
            })
    void shouldRefuseWhatTheReaderRefuses(String yaml) {
        assertFalse(SchemaCheck.mistakes(SCHEMA, SchemaCheck.documents(yaml).getFirst())
                .isEmpty());
    }
}
