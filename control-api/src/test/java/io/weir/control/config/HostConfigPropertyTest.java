package io.weir.control.config;

import java.nio.file.Path;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.weir.control.grpc.SettingsMessages;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class HostConfigPropertyTest {
    @Property(tries = 500, seed = "25")
    void shouldEitherReadOrTellMistakesWhateverTheText(@ForAll("almostYaml") String text) {
        try {
            HostSettings settings = HostConfig.read("any.yaml", text);
            assertFalse(settings.host().isEmpty());
        } catch (ProblemException refused) {
            assertFalse(refused.errors().isEmpty());
        }
    }

    @Provide
    Arbitrary<String> almostYaml() {
        return Arbitraries.of(
                        "host", "ports", "bridge", "vlan", "name", "type", ": ", "- ", "\n", "  ", "{", "}", "[", "]",
                        "&a ", "*a", "|\n", "\"", "0x", "10", "5m", "\u0000", "\u202e", "tap", "#", "<<", "? ")
                .list()
                .ofMaxSize(40)
                .map(words -> String.join("", words));
    }

    @Property(tries = 300, seed = "26")
    void shouldReadBackWhatADocumentSays(@ForAll("ports") PortSettings port) {
        String json = new JsonText().of(PortDocument.of(port));

        assertEquals(port, HostConfig.readPort("document", json, PolicyMode.OFF));
    }

    @Property(tries = 300, seed = "27")
    void shouldSurviveTheWireUnchanged(@ForAll("ports") PortSettings port) {
        assertEquals(port, SettingsMessages.settings(SettingsMessages.message(port), PolicyMode.OFF));
    }

    @Provide
    Arbitrary<PortSettings> ports() {
        return Combinators.combine(
                        Arbitraries.of(PortSettings.Type.values()),
                        Arbitraries.of(PortSettings.Io.values()),
                        Arbitraries.of(0, 68, 1500, 9216),
                        Arbitraries.of(true, false),
                        vlans(),
                        bridges(),
                        policies())
                .as((type, io, mtu, flag, vlan, bridge, policy) -> port(type, io, mtu, flag, vlan, bridge, policy));
    }

    private static PortSettings port(
            PortSettings.Type type,
            PortSettings.Io io,
            int mtu,
            boolean flag,
            VlanSettings vlan,
            BridgeSettings bridge,
            PolicySettings policy) {
        boolean pcap = type == PortSettings.Type.PCAP;
        boolean esp = type == PortSettings.Type.ESP;
        return new PortSettings(
                "vm-1.a_b",
                type,
                pcap ? "" : "eth0",
                pcap || flag ? null : "blue",
                type == PortSettings.Type.NETDEV ? io : PortSettings.Io.AUTO,
                mtu,
                pcap ? Path.of("/in.pcap") : null,
                pcap && flag ? Path.of("/out.pcap") : null,
                flag,
                vlan,
                bridge,
                esp ? anyLevel(policy) : policy);
    }

    /** An esp port has the range of its peer. */
    private static PolicySettings anyLevel(PolicySettings policy) {
        return new PolicySettings(policy.mode(), policy.role(), policy.dhcp(), policy.router(), policy.wireLabel());
    }

    private static Arbitrary<PolicySettings> policies() {
        return Combinators.combine(
                        Arbitraries.of(PolicyMode.values()),
                        Arbitraries.of(PortRole.values()),
                        Arbitraries.of(PolicySettings.Dhcp.values()),
                        Arbitraries.of(true, false),
                        Arbitraries.of(PolicySettings.WireLabel.values()),
                        Arbitraries.of("", "s2", "s0-s15:c0.c1023", "s2:c1-s5:c1.c3"))
                .as(PolicySettings::new);
    }

    private static Arbitrary<VlanSettings> vlans() {
        Arbitrary<Integer> vlan = Arbitraries.integers().between(1, 4094);
        return Arbitraries.oneOf(
                vlan.map(VlanSettings::access),
                vlan.map(VlanSettings::tunnel),
                Combinators.combine(
                                Arbitraries.integers().between(0, 4094),
                                vlan.set().ofMaxSize(20))
                        .as((untagged, tagged) -> VlanSettings.trunk(
                                untagged == 0 && tagged.isEmpty() ? 1 : untagged,
                                tagged.stream().mapToInt(Integer::intValue).toArray())));
    }

    private static Arbitrary<BridgeSettings> bridges() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(
                        flag,
                        flag,
                        flag,
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.of(BridgeSettings.MulticastRouter.values()))
                .as((a, b, c, choice, number, router) -> new BridgeSettings(
                        a,
                        number,
                        b,
                        c,
                        a,
                        b,
                        c,
                        a,
                        choice == 1,
                        choice == 2,
                        router,
                        b,
                        c,
                        number % 2 == 0,
                        new BridgeSettings.StormLimits(number, number + 1, number + 2)));
    }
}
