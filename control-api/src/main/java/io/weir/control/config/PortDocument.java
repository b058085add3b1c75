package io.weir.control.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;

/** A port's settings in the shape in which {@code weir.yaml} says them: reading the document gives the settings again. */
public final class PortDocument {
    private PortDocument() {}

    /** Every key that means something for the port's type, defaults included, in the order of the reference. */
    public static Map<String, Object> of(PortSettings port) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", port.name());
        document.put("type", word(port.type()));
        if (port.type() == PortSettings.Type.ESP) {
            document.put("peer", port.device());
            putIfThere(document, "netns", port.netns());
        } else if (port.type() != PortSettings.Type.PCAP) {
            document.put("device", port.device());
            putIfThere(document, "netns", port.netns());
        }
        if (port.type() == PortSettings.Type.NETDEV) {
            document.put("io", word(port.io()));
        }
        document.put("mtu", port.mtu());
        document.put("enabled", port.enabled());
        putIfThere(document, "in", port.pcapIn());
        putIfThere(document, "out", port.pcapOut());
        document.put("policy", policy(port.policy()));
        document.put("vlan", vlan(port.vlan()));
        bridge(document, port.bridge());
        return document;
    }

    private static void putIfThere(Map<String, Object> document, String key, @Nullable Object value) {
        if (value != null) {
            document.put(key, value.toString());
        }
    }

    private static Map<String, Object> policy(PolicySettings policy) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("mode", word(policy.mode()));
        document.put("role", word(policy.role()));
        document.put("dhcp", word(policy.dhcp()));
        document.put("router", policy.router());
        document.put("wireLabel", word(policy.wireLabel()));
        if (!policy.label().isEmpty()) {
            document.put("label", policy.label());
        }
        return document;
    }

    private static Map<String, Object> vlan(VlanSettings vlan) {
        Map<String, Object> document = new LinkedHashMap<>();
        switch (vlan.mode()) {
            case ACCESS -> document.put("access", vlan.vlan());
            case TUNNEL -> document.put("tunnel", vlan.vlan());
            case TRUNK -> {
                document.put("trunk", ranges(vlan.trunk()));
                if (vlan.vlan() != 0) {
                    document.put("native", vlan.vlan());
                }
            }
        }
        document.put("tagType", "0x" + Integer.toHexString(vlan.tagType()));
        return document;
    }

    /** VLANs as numbers, three and more in a row as a range. */
    private static List<Object> ranges(BitSet vlans) {
        List<Object> ranges = new ArrayList<>();
        int first = vlans.nextSetBit(0);
        while (first >= 0) {
            int end = vlans.nextClearBit(first);
            if (end - first > 2) {
                ranges.add(first + "-" + (end - 1));
            } else {
                for (int vlan = first; vlan < end; vlan++) {
                    ranges.add(vlan);
                }
            }
            first = vlans.nextSetBit(end);
        }
        return ranges;
    }

    private static void bridge(Map<String, Object> document, BridgeSettings bridge) {
        document.put("learning", bridge.learning());
        document.put("macLimit", bridge.macLimit());
        document.put("sticky", bridge.sticky());
        document.put("isolated", bridge.isolated());
        document.put("hairpin", bridge.hairpin());
        document.put("splitHorizon", bridge.splitHorizon());
        document.put(
                "flood",
                ordered(
                        "unknown", bridge.floodUnknown(),
                        "broadcast", bridge.floodBroadcast(),
                        "multicast", bridge.floodMulticast()));
        document.put("bpdu", bridge.bpduGuard() ? "guard" : bridge.bpduFilter() ? "filter" : "none");
        document.put("multicastRouter", word(bridge.multicastRouter()));
        document.put("fastLeave", bridge.fastLeave());
        document.put("suppressNeighbours", bridge.suppressNeighbours());
        document.put(
                "storm",
                ordered(
                        "broadcast", bridge.storm().broadcastPps(),
                        "multicast", bridge.storm().multicastPps(),
                        "unknown", bridge.storm().unknownUnicastPps()));
    }

    private static Map<String, Object> ordered(String a, Object x, String b, Object y, String c, Object z) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(a, x);
        map.put(b, y);
        map.put(c, z);
        return map;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
