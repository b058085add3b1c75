package io.weir.control.cli;

import java.time.Instant;
import java.util.List;

import io.weir.control.config.HostConfig;
import io.weir.control.grpc.SettingsMessages;
import io.weir.control.journal.JournalMessages;
import io.weir.control.v1.FlowEnd;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowVerdict;
import io.weir.control.v1.MapEdge;
import io.weir.control.v1.MapNode;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortCounters;
import io.weir.control.v1.PortState;
import io.weir.control.v1.Session;
import io.weir.control.v1.Statistics;
import io.weir.datapath.policy.PolicyMode;

/** Records, sessions, maps and samples as a busy host would give them. */
final class FlowSamples {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:01.123Z");
    private static final String HOSTILE = "<b>&\u001b[2J";

    static final List<FlowRecord> RECORDS = List.of(
            denied("drop", "ingress", "ingress-denied", 1)
                    .setRule("pay.db/no-web")
                    .setFirst(JournalMessages.timestamp(NOON))
                    .build(),
            denied("reject", "egress", "egress-no-rule", 1_234).build(),
            flow(FlowKind.FLOW_KIND_BEGUN, FlowVerdict.FLOW_VERDICT_ALLOW, "allow")
                    .setEgressRule("web.front/db")
                    .setIngressRule("pay.db/web")
                    .build(),
            flow(FlowKind.FLOW_KIND_ENDED, FlowVerdict.FLOW_VERDICT_ALLOW, "allow")
                    .setPackets(12)
                    .setBytes(1_234)
                    .setReplyPackets(10)
                    .setReplyBytes(45_678_901)
                    .setDurationNs(3_210_000_000L)
                    .build(),
            flow(FlowKind.FLOW_KIND_AUDITED, FlowVerdict.FLOW_VERDICT_AUDIT, "drop")
                    .setSource(end("fd00::1", 31_793, "web.front", "vm1"))
                    .setDestination(end("fd00::2", 443, "pay.db", "vm2"))
                    .setReason("ingress-no-rule")
                    .setSide("ingress")
                    .build(),
            denied("drop", "ingress", "ingress-no-rule", 1)
                    .setProtocol("icmp")
                    .setSource(end("10.0.0.1", 77, "web.front", "vm1"))
                    .setDestination(end("10.0.0.2", 8 << 8, "pay.db", ""))
                    .build(),
            denied("drop", "", "spoofed-mac", 3)
                    .setProtocol("")
                    .setSource(end("", 0, "", "vm1"))
                    .setDestination(end("", 0, "", ""))
                    .build(),
            FlowRecord.newBuilder()
                    .setTime(JournalMessages.timestamp(NOON.minusSeconds(86_400)))
                    .setKind(FlowKind.FLOW_KIND_CHANGE)
                    .setWhat("revision")
                    .setAuthor("root")
                    .setRevision(4)
                    .setEpoch(8)
                    .setDetail("sha256:00\u001b[2J")
                    .build(),
            FlowRecord.newBuilder()
                    .setTime(JournalMessages.timestamp(NOON))
                    .setKind(FlowKind.FLOW_KIND_SHED)
                    .setPackets(17)
                    .setDetail("the journal")
                    .build());

    static final List<Session> SESSIONS = List.of(Session.newBuilder()
            .setSource(end("10.0.0.1", 31_793, "web.front", "vm1"))
            .setDestination(end("10.0.0.2", 8080, "pay.db", "vm2"))
            .setProtocol("tcp")
            .setVlan(10)
            .setState("established")
            .setEpoch(7)
            .setPackets(12)
            .setBytes(1_234)
            .setReplyPackets(10)
            .setReplyBytes(4_567)
            .setAgeNs(61_000_000_000L)
            .setIdleNs(250_000_000L)
            .build());

    private FlowSamples() {}

    private static FlowEnd end(String address, int port, String component, String switchPort) {
        return FlowEnd.newBuilder()
                .setAddress(address)
                .setPort(port)
                .setComponent(component)
                .setSwitchPort(switchPort)
                .build();
    }

    private static FlowRecord.Builder denied(String action, String side, String reason, long packets) {
        return flow(FlowKind.FLOW_KIND_DENIES, FlowVerdict.FLOW_VERDICT_DENY, action)
                .setSide(side)
                .setReason(reason)
                .setPackets(packets)
                .setBytes(packets * 60);
    }

    private static FlowRecord.Builder flow(FlowKind kind, FlowVerdict verdict, String action) {
        return FlowRecord.newBuilder()
                .setTime(JournalMessages.timestamp(NOON))
                .setKind(kind)
                .setVerdict(verdict)
                .setSource(end("10.0.0.1", 31_793, "web.front", "vm1"))
                .setDestination(end("10.0.0.2", 8080, "pay.db", "vm2"))
                .setProtocol("tcp")
                .setVlan(10)
                .setEpoch(7)
                .setAction(action)
                .setSequence(42);
    }

    /** A shop: a web tier, services, databases, monitoring that goes everywhere, and some who may not. */
    static FlowMap map(long scale) {
        FlowMap.Builder map =
                FlowMap.newBuilder().setTime(JournalMessages.timestamp(NOON)).setEpoch(7);
        edge(map, "reserved.world", "web.front", 120_000 * scale, 0, "");
        edge(map, "reserved.world", "pay.db", 0, 431 * scale, "ingress-no-rule");
        edge(map, "web.front", "shop.cart", 80_000 * scale, 0, "");
        edge(map, "web.front", "pay.api", 40_000 * scale, 12 * scale, "connection-rate");
        edge(map, "web.front", "pay.db", 0, 35 * scale, "ingress-denied");
        edge(map, "shop.cart", "shop.db", 70_000 * scale, 0, "");
        edge(map, "pay.api", "pay.db", 39_000 * scale, 0, "");
        edge(map, "pay.db", "pay.db", 900 * scale, 0, "");
        edge(map, "ops.metrics", "web.front", 500 * scale, 0, "");
        edge(map, "ops.metrics", "pay.db", 500 * scale, 0, "");
        edge(map, "shop.db", "ops.metrics", 0, 4 * scale, "egress-no-rule");
        edge(map, HOSTILE, "ops.metrics", 0, 7 * scale, "identity-unknown");
        for (String component : List.of(
                HOSTILE, "ops.metrics", "pay.api", "pay.db", "reserved.world", "shop.cart", "shop.db", "web.front")) {
            MapNode.Builder node = map.addNodesBuilder().setComponent(component).setSessions(3);
            for (MapEdge edge : map.getEdgesList()) {
                if (edge.getSource().equals(component) || edge.getDestination().equals(component)) {
                    node.setAllowedPackets(node.getAllowedPackets() + edge.getAllowedPackets());
                    node.setDeniedPackets(node.getDeniedPackets() + edge.getDeniedPackets());
                }
            }
        }
        return map.build();
    }

    private static void edge(
            FlowMap.Builder map, String source, String destination, long allowed, long denied, String reason) {
        MapEdge.Builder edge = map.addEdgesBuilder()
                .setSource(source)
                .setDestination(destination)
                .setAllowedPackets(allowed)
                .setAllowedBytes(allowed * 700)
                .setDeniedPackets(denied)
                .setDeniedBytes(denied * 60)
                .setSessions(allowed > 0 ? 2 : 0);
        if (denied > 0) {
            edge.setLastReason(reason).setLastDenied(JournalMessages.timestamp(NOON));
        }
    }

    /** What the switch had counted after so many seconds. */
    static TopSample sample(int seconds) {
        List<FlowRecord> denies = RECORDS.stream()
                .filter(record -> record.getKind() == FlowKind.FLOW_KIND_DENIES)
                .map(record -> record.toBuilder()
                        .setPackets(record.getPackets() * seconds)
                        .build())
                .toList();
        return new TopSample(
                seconds * 1_000_000_000L,
                Statistics.newBuilder()
                        .setHost("hv7")
                        .setUptimeNs(seconds * 1_000_000_000L)
                        .setRxFrames(250_000L * seconds)
                        .setTxFrames(249_000L * seconds)
                        .build(),
                List.of(port("uplink", 120_000L * seconds), port("vm1", 80_000L * seconds), port("vm2", 7L * seconds)),
                map(seconds),
                denies,
                List.of());
    }

    private static Port port(String name, long frames) {
        String yaml = "{name: " + name + ", type: netdev, device: eth1}";
        return Port.newBuilder()
                .setSettings(SettingsMessages.message(HostConfig.readPort("test", yaml, PolicyMode.OFF)))
                .setState(PortState.PORT_STATE_UP)
                .setCounters(PortCounters.newBuilder()
                        .setRxFrames(frames)
                        .setRxBytes(frames * 700)
                        .setTxFrames(frames / 2)
                        .setTxBytes(frames * 60))
                .build();
    }
}
