package io.weir.datapath.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.BridgeSettings.MulticastRouter;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;

/**
 * Ports as lines of text, so that a test case shows them at a glance:
 *
 * <pre>
 *   NAME access VLAN | trunk VLAN,VLAN... [native VLAN] [tag-type 88a8] | tunnel VLAN    then any of
 *   mtu N, disabled, no-learning, mac-limit N, sticky, isolated, hairpin, no-flood-unknown, no-flood-broadcast,
 *   no-flood-multicast, bpdu-filter, bpdu-guard, router always|never, fast-leave, suppress-neighbours, split-horizon,
 *   storm BROADCAST,MULTICAST,UNKNOWN, esp, peer NAME, enforce, audit, role uplink|host, dhcp client|server, may-advertise,
 *   wire-label verify|required|strip
 * </pre>
 */
final class PortLines {
    private final Deque<String> words;
    private final String name;
    private VlanSettings vlan;
    private int mtu = 1500;
    private boolean enabled = true;
    private boolean learning = true;
    private int macLimit;
    private boolean sticky;
    private boolean isolated;
    private boolean hairpin;
    private boolean floodUnknown = true;
    private boolean floodBroadcast = true;
    private boolean floodMulticast = true;
    private boolean bpduFilter;
    private boolean bpduGuard;
    private MulticastRouter router = MulticastRouter.AUTO;
    private boolean fastLeave;
    private boolean suppressNeighbours;
    private boolean splitHorizon;
    private StormLimits storm = StormLimits.NONE;
    private PolicyMode policyMode = PolicyMode.OFF;
    private PortRole role = PortRole.VM;
    private PolicySettings.Dhcp dhcp = PolicySettings.Dhcp.NONE;
    private boolean mayAdvertise;
    private PolicySettings.WireLabel wireLabel = PolicySettings.WireLabel.NONE;
    private PortSettings.Type type = PortSettings.Type.PCAP;
    private String device = "";

    private PortLines(String line) {
        words = new ArrayDeque<>(List.of(line.strip().split(" +")));
        name = words.remove();
        vlan = vlan(words.remove());
    }

    /** The ports that the lines name; empty lines are none. */
    static List<PortSettings> parse(String text) {
        List<PortSettings> ports = new ArrayList<>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> ports.add(new PortLines(line).port()));
        return ports;
    }

    private VlanSettings vlan(String mode) {
        String vlans = words.remove();
        return switch (mode) {
            case "access" -> VlanSettings.access(Integer.parseInt(vlans));
            case "tunnel" -> VlanSettings.tunnel(Integer.parseInt(vlans));
            case "trunk" -> VlanSettings.trunk(0, numbers(vlans));
            default -> throw new IllegalArgumentException("mode must be access, trunk or tunnel: was " + mode);
        };
    }

    private PortSettings port() {
        while (!words.isEmpty()) {
            option(words.remove());
        }
        BridgeSettings bridge = new BridgeSettings(
                learning,
                macLimit,
                sticky,
                isolated,
                hairpin,
                floodUnknown,
                floodBroadcast,
                floodMulticast,
                bpduFilter,
                bpduGuard,
                router,
                fastLeave,
                suppressNeighbours,
                splitHorizon,
                storm);
        return new PortSettings(
                name,
                type,
                device,
                null,
                PortSettings.Io.AUTO,
                mtu,
                null,
                null,
                enabled,
                vlan,
                bridge,
                new PolicySettings(policyMode, role, dhcp, mayAdvertise, wireLabel));
    }

    private void option(String word) {
        switch (word) {
            case "native" -> vlan = trunk(Integer.parseInt(words.remove()), vlan.tagType());
            case "tag-type" -> vlan = trunk(vlan.vlan(), Integer.parseInt(words.remove(), 16));
            case "mtu" -> mtu = Integer.parseInt(words.remove());
            case "disabled" -> enabled = false;
            case "no-learning" -> learning = false;
            case "mac-limit" -> macLimit = Integer.parseInt(words.remove());
            case "sticky" -> sticky = true;
            case "isolated" -> isolated = true;
            case "hairpin" -> hairpin = true;
            case "no-flood-unknown" -> floodUnknown = false;
            case "no-flood-broadcast" -> floodBroadcast = false;
            case "no-flood-multicast" -> floodMulticast = false;
            case "bpdu-filter" -> bpduFilter = true;
            case "bpdu-guard" -> bpduGuard = true;
            case "router" -> router = router(words.remove());
            case "fast-leave" -> fastLeave = true;
            case "split-horizon" -> splitHorizon = true;
            case "suppress-neighbours" -> suppressNeighbours = true;
            case "enforce" -> policyMode = PolicyMode.ENFORCE;
            case "audit" -> policyMode = PolicyMode.AUDIT;
            case "role" -> role = PortRole.valueOf(words.remove().toUpperCase(Locale.ROOT));
            case "dhcp" -> dhcp = PolicySettings.Dhcp.valueOf(words.remove().toUpperCase(Locale.ROOT));
            case "peer" -> device = words.remove();
            case "esp" -> type = PortSettings.Type.ESP;
            case "may-advertise" -> mayAdvertise = true;
            case "wire-label" ->
                wireLabel = PolicySettings.WireLabel.valueOf(words.remove().toUpperCase(Locale.ROOT));
            case "storm" -> storm = storm(numbers(words.remove()));
            default -> throw new IllegalArgumentException("port " + name + ": unknown word \"" + word + '"');
        }
    }

    private VlanSettings trunk(int nativeVlan, int tagType) {
        BitSet vlans = vlan.trunk();
        return new VlanSettings(VlanSettings.Mode.TRUNK, nativeVlan, vlans, tagType);
    }

    private static MulticastRouter router(String word) {
        return word.equals("always") ? MulticastRouter.ALWAYS : MulticastRouter.NEVER;
    }

    private static StormLimits storm(int[] limits) {
        return new StormLimits(limits[0], limits[1], limits[2]);
    }

    private static int[] numbers(String list) {
        return Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
    }
}
