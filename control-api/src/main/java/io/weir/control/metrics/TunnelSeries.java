package io.weir.control.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import io.weir.control.config.SpiText;
import io.weir.datapath.pipeline.DropReason;
import io.weir.identity.label.LevelNumbers;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.tunnel.TunnelStatus;
import io.weir.ipsec.tunnel.Tunnels;

/**
 * Counters of tunnels and their SAs, under the names that {@code weir tunnels} and {@code weir sas} use. Nothing when there is no
 * peer.
 *
 * <p>Threading: one thread at a time.
 */
final class TunnelSeries {
    private static final double NS_PER_SECOND = 1e9;

    private final Tunnels tunnels;

    TunnelSeries(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    /** One SA with the labels of its series. */
    private record Labelled(List<String> labels, SaStatus sa) {
        /** Names and values in turn, with those added. */
        String[] with(String... more) {
            return Stream.concat(labels.stream(), Stream.of(more)).toArray(String[]::new);
        }
    }

    void addTo(Series series) {
        List<TunnelStatus> all = tunnels.status();
        if (all.isEmpty()) {
            return;
        }
        tunnels(series, all);
        List<Labelled> sas = all.stream()
                .map(tunnel -> tunnel.settings().name())
                .flatMap(peer -> tunnels.sas(peer).stream().map(sa -> new Labelled(labels(peer, sa), sa)))
                .toList();
        sas(series, sas);
    }

    private static void tunnels(Series series, List<TunnelStatus> all) {
        tunnel(series, all, "sent", "Datagrams that the network took.", TunnelStatus.Counters::sent);
        tunnel(series, all, "refused", "Datagrams that the network did not take.", TunnelStatus.Counters::refused);
        tunnel(series, all, "received", "Datagrams from the peer.", TunnelStatus.Counters::received);
        tunnel(series, all, "keepalives", "NAT keepalives from the peer.", TunnelStatus.Counters::keepalives);
        tunnel(series, all, "ike_messages", "IKE messages from the peer.", TunnelStatus.Counters::ikeMessages);
        tunnel(series, all, "coalesced", "TCP segments added to super-frames.", TunnelStatus.Counters::coalesced);
        tunnel(series, all, "icmp_errors", "ICMP errors to local senders.", TunnelStatus.Counters::icmpErrors);
        tunnel(
                series,
                all,
                "neighbour_messages",
                "ARP packets and neighbour-discovery messages sent.",
                TunnelStatus.Counters::neighbourMessages);
        tunnel(series, all, "receive_errors", "Failed reads.", TunnelStatus.Counters::receiveErrors);
        tunnel(series, all, "unreachable", "ICMP errors: nobody listens.", TunnelStatus.Counters::unreachable);
        Map<String, Double> path = new LinkedHashMap<>();
        Map<String, Double> state = new LinkedHashMap<>();
        for (TunnelStatus tunnel : all) {
            path.put(tunnel.settings().name(), (double) tunnel.pathMtu());
            state.put(tunnel.settings().name(), (double) tunnel.stateError());
        }
        series.gauge("weir_tunnel_path_mtu_bytes", "Largest IP packet to the peer; 0 while closed.", "peer", path);
        series.gauge("weir_tunnel_sa_state_error", "Why the state of SAs is not kept: errno.", "peer", state);
    }

    private static void tunnel(
            Series series,
            List<TunnelStatus> all,
            String name,
            String help,
            ToLongFunction<TunnelStatus.Counters> value) {
        series.counter(
                "weir_tunnel_" + name,
                help,
                counter -> all.forEach(tunnel -> counter.add(
                        value.applyAsLong(tunnel.counters()),
                        "peer",
                        tunnel.settings().name())));
    }

    private static List<String> labels(String peer, SaStatus sa) {
        String level = sa.level() == 0 ? "" : LevelNumbers.process().text(sa.level());
        return List.of("peer", peer, "direction", sa.direction().label(), "spi", SpiText.of(sa.spi()), "level", level);
    }

    private static void sas(Series series, List<Labelled> sas) {
        series.counter(
                "weir_sa_packets",
                "Packets sealed, or authentic.",
                counter -> sas.forEach(labelled -> counter.add(labelled.sa.packets(), labelled.with())));
        series.counter(
                "weir_sa_bytes",
                "Bytes of ESP packets.",
                counter -> sas.forEach(labelled -> counter.add(labelled.sa.bytes(), labelled.with())));
        series.counter("weir_sa_drops", "Packets of the SA that were refused.", counter -> {
            for (Labelled labelled : sas) {
                for (Map.Entry<DropReason, Long> drop : labelled.sa.drops().entrySet()) {
                    counter.add(
                            drop.getValue(),
                            labelled.with("reason", drop.getKey().label()));
                }
            }
        });
        Map<List<String>, Double> left = new LinkedHashMap<>();
        sas.stream()
                .filter(labelled -> labelled.sa.lifetime().seconds() > 0)
                .forEach(labelled -> left.put(
                        labelled.labels,
                        Math.max(0, labelled.sa.lifetime().seconds() - labelled.sa.ageNs() / NS_PER_SECOND)));
        series.gauge("weir_sa_left_seconds", "Time until the SA is over.", left);
    }
}
