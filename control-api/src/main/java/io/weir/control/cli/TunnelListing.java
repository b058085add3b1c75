package io.weir.control.cli;

import java.util.List;
import java.util.Map;

import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.PortState;
import io.weir.control.v1.Tunnel;
import io.weir.control.v1.TunnelCounters;
import io.weir.control.v1.TunnelEncapsulation;

/** Tunnels as a table and as documents. */
final class TunnelListing {
    private TunnelListing() {}

    static Table table(List<Tunnel> tunnels) {
        Table table = new Table(
                "PEER",
                "PORT",
                "STATE",
                "LOCAL",
                "REMOTE",
                "VIA",
                "IO",
                "LABEL",
                "SAS",
                "MTU",
                "PATH",
                "RECEIVED",
                "SENT",
                "DROPS",
                "REASON");
        for (Tunnel tunnel : tunnels) {
            TunnelCounters counters = tunnel.getCounters();
            table.row(
                    tunnel.getPeer(),
                    tunnel.getPort().isEmpty() ? "-" : tunnel.getPort(),
                    state(tunnel),
                    tunnel.getLocal(),
                    tunnel.getRemote(),
                    via(tunnel),
                    tunnel.getIo().isEmpty() ? "-" : tunnel.getIo(),
                    tunnel.getLabel(),
                    tunnel.getSasIn() + "+" + tunnel.getSasOut(),
                    number(tunnel.getMtu()),
                    number(tunnel.getPathMtu()),
                    counters.getReceived(),
                    counters.getSent(),
                    PortListing.drops(counters.getDropsList()),
                    reason(tunnel));
        }
        return table;
    }

    private static String state(Tunnel tunnel) {
        return tunnel.getState() == PortState.PORT_STATE_UNSPECIFIED
                ? "no-port"
                : word(tunnel.getState(), "PORT_STATE_");
    }

    private static String reason(Tunnel tunnel) {
        String error = tunnel.getSaStateError();
        return error.isEmpty() ? tunnel.getStateReason() : "SA state: " + error;
    }

    /** {@code udp/4500 ethernet}, {@code raw ip}. */
    private static String via(Tunnel tunnel) {
        String port = tunnel.getEncapsulation() == TunnelEncapsulation.TUNNEL_ENCAPSULATION_UDP
                ? "/" + tunnel.getUdpPort()
                : "";
        return word(tunnel.getEncapsulation(), "TUNNEL_ENCAPSULATION_")
                + port
                + ' '
                + word(tunnel.getPayload(), "TUNNEL_PAYLOAD_");
    }

    private static String number(int value) {
        return value == 0 ? "-" : Integer.toString(value);
    }

    static Map<String, Object> document(List<Tunnel> tunnels) {
        return Json.fields()
                .put("tunnels", tunnels.stream().map(TunnelListing::document).toList())
                .map();
    }

    private static Map<String, Object> document(Tunnel tunnel) {
        List<Map<String, Object>> selectors = tunnel.getSelectorsList().stream()
                .map(selector -> Json.fields()
                        .put("local", selector.getLocal())
                        .put("remote", selector.getRemote())
                        .map())
                .toList();
        TunnelCounters counters = tunnel.getCounters();
        return Json.fields()
                .put("peer", tunnel.getPeer())
                .put("port", tunnel.getPort())
                .put("state", state(tunnel))
                .put("stateReason", tunnel.getStateReason())
                .put("local", tunnel.getLocal())
                .put("remote", tunnel.getRemote())
                .put("encapsulation", word(tunnel.getEncapsulation(), "TUNNEL_ENCAPSULATION_"))
                .put("udpPort", tunnel.getUdpPort())
                .put("payload", word(tunnel.getPayload(), "TUNNEL_PAYLOAD_"))
                .put(
                        "transport",
                        word(tunnel.getTransport(), "TUNNEL_TRANSPORT_").replace('-', '_'))
                .put("io", tunnel.getIo())
                .put("dontFragment", tunnel.getDontFragment())
                .put("label", tunnel.getLabel())
                .put("selectors", selectors)
                .put("keyFile", tunnel.getKeyFile())
                .put("mtu", tunnel.getMtu())
                .put("pathMtu", tunnel.getPathMtu())
                .put("sasIn", tunnel.getSasIn())
                .put("sasOut", tunnel.getSasOut())
                .put("gatewayMac", tunnel.getGatewayMac())
                .put("saStateError", tunnel.getSaStateError())
                .put("sent", counters.getSent())
                .put("refused", counters.getRefused())
                .put("received", counters.getReceived())
                .put("keepalives", counters.getKeepalives())
                .put("ikeMessages", counters.getIkeMessages())
                .put("coalesced", counters.getCoalesced())
                .put("icmpErrors", counters.getIcmpErrors())
                .put("neighbourMessages", counters.getNeighbourMessages())
                .put("receiveErrors", counters.getReceiveErrors())
                .put("unreachable", counters.getUnreachable())
                .put("drops", PortListing.drops(counters.getDropsList()))
                .put("dropsByReason", PortListing.dropDocument(counters.getDropsList()))
                .map();
    }

    static String word(Enum<?> constant, String prefix) {
        return SettingsMessages.label(constant).substring(prefix.length());
    }
}
