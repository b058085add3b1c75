package io.weir.control.cli;

import java.util.List;
import java.util.Map;

import io.weir.control.config.PortDocument;
import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.Drop;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortCounters;
import io.weir.control.v1.VlanSettings;
import io.weir.datapath.policy.PolicyMode;

/** Ports as a table and as a document. */
final class PortListing {
    private PortListing() {}

    static Table table(List<Port> ports) {
        Table table = new Table(
                "NAME", "TYPE", "DEVICE", "IO", "STATE", "VLAN", "MTU", "MACS", "RX", "TX", "DROPS", "REASON");
        for (Port port : ports) {
            table.row(
                    port.getSettings().getName(),
                    word(port.getSettings().getType(), "PORT_TYPE_"),
                    device(port),
                    port.getIo(),
                    word(port.getState(), "PORT_STATE_"),
                    vlan(port.getSettings().getVlan()),
                    port.getMtu(),
                    port.getMacs(),
                    port.getCounters().getRxFrames(),
                    port.getCounters().getTxFrames(),
                    drops(port.getCounters().getDropsList()),
                    port.getStateReason());
        }
        return table;
    }

    private static String device(Port port) {
        String device = port.getSettings().getDevice();
        String netns = port.getSettings().getNetns();
        String shown = device.isEmpty() ? "-" : device;
        return netns.isEmpty() ? shown : shown + '@' + netns;
    }

    /** {@code 10}, {@code 10,20 native 1}, {@code tunnel 100}. */
    private static String vlan(VlanSettings vlan) {
        return switch (vlan.getMode()) {
            case VLAN_MODE_TRUNK -> {
                String trunk = ranges(vlan.getTrunkList());
                yield vlan.getVlan() == 0 ? trunk : (trunk + " native " + vlan.getVlan()).strip();
            }
            case VLAN_MODE_TUNNEL -> "tunnel " + vlan.getVlan();
            default -> Integer.toString(vlan.getVlan());
        };
    }

    /** Ascending VLANs with rows of three and more joined: {@code 10,20,30-39}. */
    private static String ranges(List<Integer> vlans) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < vlans.size()) {
            int first = i;
            while (i + 1 < vlans.size() && vlans.get(i + 1) == vlans.get(i) + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ",").append(vlans.get(first));
            if (i > first) {
                text.append(i - first == 1 ? ',' : '-').append(vlans.get(i));
            }
            i++;
        }
        return text.toString();
    }

    static long drops(List<Drop> drops) {
        return drops.stream().mapToLong(Drop::getFrames).sum();
    }

    static Map<String, Object> document(List<Port> ports) {
        return Json.fields()
                .put("ports", ports.stream().map(PortListing::document).toList())
                .map();
    }

    static Map<String, Object> document(Port port) {
        return Json.fields()
                .put("number", port.getNumber())
                .put("name", port.getSettings().getName())
                .put("type", word(port.getSettings().getType(), "PORT_TYPE_"))
                .put("device", port.getSettings().getDevice())
                .put("netns", port.getSettings().getNetns())
                .put("io", port.getIo())
                .put("state", word(port.getState(), "PORT_STATE_"))
                .put("stateReason", port.getStateReason())
                .put("mtu", port.getMtu())
                .put("worker", port.getWorker())
                .put("macs", port.getMacs())
                .put("counters", counters(port.getCounters()))
                .put("settings", PortDocument.of(SettingsMessages.settings(port.getSettings(), PolicyMode.OFF)))
                .map();
    }

    private static Map<String, Object> counters(PortCounters counters) {
        return Json.fields()
                .put("rxFrames", counters.getRxFrames())
                .put("rxBytes", counters.getRxBytes())
                .put("forwarded", counters.getForwarded())
                .put("consumed", counters.getConsumed())
                .put("replicated", counters.getReplicated())
                .put("originated", counters.getOriginated())
                .put("egressFrames", counters.getEgressFrames())
                .put("txFrames", counters.getTxFrames())
                .put("txBytes", counters.getTxBytes())
                .put("kernelDrops", counters.getKernelDrops())
                .put("drops", drops(counters.getDropsList()))
                .put("dropsByReason", dropDocument(counters.getDropsList()))
                .map();
    }

    /** Drops by reason; stage and description stand in {@code docs/drop-reasons.md} as well. */
    static List<Map<String, Object>> dropDocument(List<Drop> drops) {
        return drops.stream()
                .map(drop -> Json.fields()
                        .put("reason", drop.getReason())
                        .put("stage", drop.getStage())
                        .put("severity", drop.getSeverity())
                        .put("frames", drop.getFrames())
                        .put("description", drop.getDescription())
                        .map())
                .toList();
    }

    private static String word(Enum<?> constant, String prefix) {
        return SettingsMessages.label(constant).substring(prefix.length());
    }
}
