package io.weir.control.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import io.weir.control.flow.FlowRecorder;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;
import io.weir.ipsec.tunnel.Tunnels;

/**
 * The switch's and the firewall's counters, under the names that {@code weir ports}, {@code stats} and {@code flows} use.
 *
 * <p>Threading: any thread; one scrape at a time.
 */
public final class SwitchMetrics implements MultiCollector {
    private final Switch bridge;
    private final FlowRecorder recorder;
    private final DenySeries denies = new DenySeries();
    private final TunnelSeries tunnels;

    public SwitchMetrics(Switch bridge, FlowRecorder recorder, Tunnels tunnels) {
        this.tunnels = new TunnelSeries(tunnels);
        this.bridge = bridge;
        this.recorder = recorder;
    }

    @Override
    public synchronized MetricSnapshots collect() {
        Series series = new Series();
        ports(series, bridge.ports());
        firewall(series);
        tunnels.addTo(series);
        return series.snapshots();
    }

    private static void ports(Series series, List<PortStatus> ports) {
        port(series, ports, "rx_frames", "Frames received.", PortStatus.Counters::rxFrames);
        port(series, ports, "rx_bytes", "Bytes received.", PortStatus.Counters::rxBytes);
        port(series, ports, "tx_frames", "Frames sent.", PortStatus.Counters::txFrames);
        port(series, ports, "tx_bytes", "Bytes sent.", PortStatus.Counters::txBytes);
        port(series, ports, "kernel_drops", "Frames the kernel dropped.", PortStatus.Counters::kernelDrops);
        Map<String, Double> up = new LinkedHashMap<>();
        ports.forEach(port -> up.put(port.settings().name(), port.state() == PortStatus.State.UP ? 1.0 : 0.0));
        series.gauge("weir_port_up", "Whether frames pass.", "port", up);
        series.counter("weir_drops", "Frames dropped, by port, stage and reason.", counter -> {
            for (PortStatus port : ports) {
                for (Map.Entry<DropReason, Long> drop : port.counters().drops().entrySet()) {
                    counter.add(
                            drop.getValue(),
                            "port",
                            port.settings().name(),
                            "stage",
                            drop.getKey().stage(),
                            "reason",
                            drop.getKey().label());
                }
            }
        });
    }

    private static void port(
            Series series,
            List<PortStatus> ports,
            String name,
            String help,
            ToLongFunction<PortStatus.Counters> value) {
        series.counter(
                "weir_port_" + name,
                help,
                counter -> ports.forEach(port -> counter.add(
                        value.applyAsLong(port.counters()),
                        "port",
                        port.settings().name())));
    }

    private void firewall(Series series) {
        Map<DenySeries.Key, Long> packets = denies.of(recorder.totals());
        series.counter(
                "weir_denies",
                "Packets denied, or that would have been but for audit mode, by components and reason.",
                counter -> packets.forEach((key, count) -> counter.add(
                        count, "source", key.source(), "destination", key.destination(), "reason", key.reason())));
        series.gauge(
                "weir_sessions", "Live sessions.", (double) recorder.source().sessionCount());
        series.gauge("weir_epoch", "Epoch in force.", recorder.source().epoch());
        series.gauge("weir_revision", "Revision in force.", recorder.source().revision());
        series.counter(
                "weir_journal_shed",
                "Records of flows that are missing in the journal.",
                counter -> counter.add(recorder.journal().shed()));
        series.gauge(
                "weir_journal_errors",
                "Reasons for which records wait or are shed; weir top shows them.",
                recorder.errors().size());
    }
}
