package io.weir.control.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.BindableService;

import io.weir.control.config.HostSettings;
import io.weir.control.config.RecordSettings;
import io.weir.control.flow.FlowRecorder;
import io.weir.control.flow.SwitchFirewall;
import io.weir.control.flow.SwitchNames;
import io.weir.control.grpc.CaptureEndpoint;
import io.weir.control.grpc.ChangeLog;
import io.weir.control.grpc.DataDirectory;
import io.weir.control.grpc.EventLog;
import io.weir.control.grpc.FlowEndpoint;
import io.weir.control.grpc.PortEndpoint;
import io.weir.control.grpc.TunnelEndpoint;
import io.weir.control.journal.JournalSettings;
import io.weir.control.metrics.MetricsEndpoint;
import io.weir.control.metrics.SwitchMetrics;
import io.weir.control.policy.PortLabels;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;
import io.weir.ipsec.tunnel.Tunnels;
import io.weir.kernel.KernelException;

/**
 * A running switch with its control server. Either everything of the configuration is up, or nothing is left.
 *
 * <p>Threading: started by one thread, closed by any, once.
 */
public final class Daemon implements AutoCloseable {
    private static final String JOURNAL_FOLDER = "journal";
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final HostSettings settings;
    private final Undo undo = new Undo();
    private List<PortStatus> ports = List.of();
    private String addresses = "";

    /** A daemon that has done nothing yet. */
    public Daemon(HostSettings settings) {
        this.settings = settings;
    }

    /**
     * Takes the run directory, opens the ports in the order of the configuration, and serves.
     *
     * @throws StartException when anything but a netdev port's missing interface stands in the way; all is undone then
     */
    public void start() {
        try {
            open();
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void open() {
        settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        RunDirectory directory = RunDirectory.take(settings.runDir());
        undo.after(directory, directory::remove);
        undo.made(freshPaths()::remove);
        Tunnels tunnels = TunnelControl.open(settings, undo);
        Switch bridge = undo.after(bridge(settings.bridge(), tunnels));
        DataDirectory data = new DataDirectory(settings.dataDir());
        data.clearSpool();
        EventLog events = new EventLog();
        bridge.listen(events::append);
        bridge.listen(event -> LOG.info("{} {} {}", event.kind(), event.port(), event.detail()));
        PublishedEpochs epochs = new PublishedEpochs(bridge);
        FlowRecorder recorder = undo.after(recorder(bridge, epochs));
        PolicyControl policy = PolicyControl.open(settings, bridge, tunnels, events, epochs, recorder.audit(), undo);
        recorder.watch(policy.engine()::denied);
        ChangeLog changes = new ChangeLog(recorder.audit(), recorder.source());
        TunnelWatch watch = undo.after(new TunnelWatch(tunnels, events, recorder.audit(), recorder.source()));
        bridge.listen(event -> watch.heard(event, () -> portSettings(bridge)));
        PortEndpoint portEndpoint = new PortEndpoint(
                bridge,
                data,
                events,
                changes,
                new PortLabels(policy.engine(), settings.peerLabels()),
                settings.policyMode(),
                settings.host(),
                Version.current());
        CaptureEndpoint captureEndpoint = new CaptureEndpoint(bridge, data, Version.current());
        List<BindableService> services =
                new ArrayList<>(List.of(portEndpoint, captureEndpoint, new FlowEndpoint(recorder)));
        services.add(new TunnelEndpoint(settings.peers(), tunnels, bridge, events, changes));
        services.addAll(policy.services());
        ControlServer control = undo.after(ControlServer.open(settings.api(), services));
        metrics(bridge, recorder, tunnels);
        bridge.start();
        recorder.start();
        watch.start();
        settings.ports().forEach(port -> add(bridge, port));
        bridge.settle();
        ports = bridge.ports();
        addresses = control.addresses();
        control.serving();
        undo.keep();
    }

    /** What of folders and tables is not there yet. */
    private FreshPaths freshPaths() {
        List<Path> folders =
                new ArrayList<>(List.of(settings.dataDir(), settings.dataDir().resolve(JOURNAL_FOLDER)));
        Path socketFolder = settings.socket().getParent();
        if (socketFolder != null) {
            folders.add(socketFolder);
        }
        try {
            return FreshPaths.before(folders, settings.bridge().stateDir());
        } catch (IOException refused) {
            throw new StartException("the tables of the switch cannot be listed: " + refused
                    + "; start as root, or name a runDir of your own");
        }
    }

    private static Switch bridge(SwitchSettings settings, Tunnels tunnels) {
        Path stateDir = settings.stateDir();
        try {
            if (stateDir != null) {
                Files.createDirectories(stateDir);
            }
            return new Switch(settings, tunnels);
        } catch (IOException | KernelException refused) {
            throw new StartException("the switch cannot start: " + refused.getMessage());
        }
    }

    private FlowRecorder recorder(Switch bridge, PublishedEpochs epochs) {
        RecordSettings records = settings.records();
        JournalSettings journal = new JournalSettings(
                settings.dataDir().resolve(JOURNAL_FOLDER), records.journalBytes(), records.journalAge());
        return new FlowRecorder(
                new SwitchFirewall(bridge, epochs::epoch, epochs::revision),
                new SwitchNames(bridge::ports, epochs::identity, epochs::rule, epochs::context),
                journal,
                List.of());
    }

    private void metrics(Switch bridge, FlowRecorder recorder, Tunnels tunnels) {
        InetSocketAddress address = settings.records().metrics();
        if (address == null) {
            return;
        }
        try {
            MetricsEndpoint endpoint =
                    undo.after(MetricsEndpoint.open(address, new SwitchMetrics(bridge, recorder, tunnels)));
            LOG.info("metrics at http://{}/metrics", endpoint.address());
        } catch (IOException refused) {
            throw new StartException("metrics.address " + address + " cannot be bound: " + refused.getMessage()
                    + "; name another address, or remove the key");
        }
    }

    private static List<PortSettings> portSettings(Switch bridge) {
        return bridge.ports().stream().map(PortStatus::settings).toList();
    }

    private static void add(Switch bridge, PortSettings port) {
        try {
            PortStatus status = bridge.addPort(port);
            if (!status.stateReason().isEmpty()) {
                LOG.warn("port {} is {}: {}", port.name(), status.state(), status.stateReason());
            }
        } catch (PortException | KernelException refused) {
            throw new StartException("port " + port.name() + ": " + refused.getMessage());
        }
    }

    /** One line for people and scripts: {@code weir ready: host hv7, 3 ports (2 up), socket /run/weir/weir.sock}. */
    public String readyLine() {
        long up = ports.stream()
                .filter(port -> port.state() == PortStatus.State.UP)
                .count();
        return "weir ready: host " + settings.host() + ", " + ports.size() + " ports (" + up + " up), " + addresses;
    }

    /** Closes the control server, the ports and the workers, and lets go of the run directory; nothing is left in the kernel. */
    @Override
    public void close() {
        undo.close();
    }
}
