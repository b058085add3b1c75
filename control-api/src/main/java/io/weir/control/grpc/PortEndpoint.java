package io.weir.control.grpc;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import io.weir.control.audit.ChangeEntry;
import io.weir.control.policy.PortLabels;
import io.weir.control.v1.AddPortRequest;
import io.weir.control.v1.ChangePortRequest;
import io.weir.control.v1.Event;
import io.weir.control.v1.FlushMacsRequest;
import io.weir.control.v1.FlushMacsResponse;
import io.weir.control.v1.GetStatisticsRequest;
import io.weir.control.v1.ListGroupsRequest;
import io.weir.control.v1.ListGroupsResponse;
import io.weir.control.v1.ListMacsRequest;
import io.weir.control.v1.ListMacsResponse;
import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.ListPortsResponse;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortServiceGrpc;
import io.weir.control.v1.RemovePortRequest;
import io.weir.control.v1.RemovePortResponse;
import io.weir.control.v1.Statistics;
import io.weir.control.v1.WatchEventsRequest;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.MacEntry;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;

/**
 * {@code weir.v1.PortService} over a switch.
 *
 * <p>Threading: called by gRPC's threads, any number at once; the switch serialises.
 */
public final class PortEndpoint extends PortServiceGrpc.PortServiceImplBase {
    private final Switch bridge;
    private final DataDirectory data;
    private final EventLog events;
    private final ChangeLog changes;
    private final PortLabels labels;
    private final PolicyMode hostMode;
    private final String host;
    private final String version;

    /**
     * @param data where capture files of ports may be
     * @param changes where changes of ports are recorded
     * @param labels what the policy knows of ports
     * @param hostMode how far ports are judged that do not say it
     * @param host name of this host, for statistics
     * @param version version of this build, for statistics
     */
    public PortEndpoint(
            Switch bridge,
            DataDirectory data,
            EventLog events,
            ChangeLog changes,
            PortLabels labels,
            PolicyMode hostMode,
            String host,
            String version) {
        this.bridge = bridge;
        this.data = data;
        this.events = events;
        this.changes = changes;
        this.labels = labels;
        this.hostMode = hostMode;
        this.host = host;
        this.version = version;
    }

    @Override
    public void listPorts(ListPortsRequest request, StreamObserver<ListPortsResponse> observer) {
        Answers.unary(
                observer,
                () -> ListPortsResponse.newBuilder()
                        .addAllPorts(bridge.ports().stream()
                                .map(StatusMessages::message)
                                .toList())
                        .build());
    }

    @Override
    public void addPort(AddPortRequest request, StreamObserver<Port> observer) {
        Answers.unary(observer, () -> {
            PortSettings settings = data.admit(SettingsMessages.settings(request.getSettings(), hostMode));
            refuseSecondWorker(settings);
            refuseTaken(settings);
            changes.record(ChangeEntry.Kind.PORT, settings.name(), "added: " + policy(settings));
            return StatusMessages.message(labels.change(settings, () -> bridge.addPort(settings)));
        });
    }

    /** The switch refuses a taken name or device too; here it gets the status code that says so. */
    private void refuseTaken(PortSettings wanted) {
        for (PortStatus port : bridge.ports()) {
            PortSettings present = port.settings();
            if (present.name().equals(wanted.name())) {
                throw Status.ALREADY_EXISTS
                        .withDescription("port name is taken: was " + wanted.name()
                                + "; choose another name, or remove that port first")
                        .asRuntimeException();
            }
            if (wanted.type() != PortSettings.Type.PCAP && present.sameDevice(wanted)) {
                throw Status.ALREADY_EXISTS
                        .withDescription("device is taken by port " + present.name() + ": was " + wanted.device()
                                + "; remove that port first")
                        .asRuntimeException();
            }
        }
    }

    @Override
    public void changePort(ChangePortRequest request, StreamObserver<Port> observer) {
        Answers.unary(observer, () -> {
            PortSettings settings = SettingsMessages.settings(request.getSettings(), hostMode);
            requirePort(settings.name());
            refuseSecondWorker(settings);
            refuseOtherFiles(settings);
            changes.record(ChangeEntry.Kind.PORT, settings.name(), "changed: " + policy(settings));
            return StatusMessages.message(labels.change(settings, () -> bridge.changePort(settings)));
        });
    }

    /** What of a port decides over what it may send. */
    private static String policy(PortSettings settings) {
        PolicySettings policy = settings.policy();
        return "policy.mode=" + SettingsMessages.label(policy.mode()) + " policy.role="
                + SettingsMessages.label(policy.role()) + " policy.dhcp=" + SettingsMessages.label(policy.dhcp())
                + " policy.router=" + policy.router() + " policy.wireLabel="
                + SettingsMessages.label(policy.wireLabel())
                + (policy.label().isEmpty() ? "" : " policy.label=" + policy.label());
    }

    /** Both directions of a session must meet the same table, and a table has one writer. */
    private void refuseSecondWorker(PortSettings wanted) {
        int workers = bridge.statistics().workers().size();
        if (workers > 1 && wanted.policy().mode() != PolicyMode.OFF) {
            throw new IllegalArgumentException("policy.mode must be off where workers is not 1: was "
                    + SettingsMessages.label(wanted.policy().mode()) + " with " + workers
                    + " workers; say workers: 1 in weir.yaml and start again");
        }
        if (workers > 1 && wanted.type() == PortSettings.Type.ESP) {
            throw new IllegalArgumentException(
                    "an esp port needs one worker: were " + workers + "; say workers: 1 in weir.yaml and start again");
        }
    }

    /** A port keeps its capture files, which may stand in weir.yaml and lie anywhere. */
    private void refuseOtherFiles(PortSettings wanted) {
        for (PortStatus port : bridge.ports()) {
            PortSettings present = port.settings();
            boolean kept = Objects.equals(present.pcapIn(), wanted.pcapIn())
                    && Objects.equals(present.pcapOut(), wanted.pcapOut());
            if (present.name().equals(wanted.name()) && !kept) {
                throw new IllegalArgumentException("pcap_in and pcap_out cannot change while the port lives: were "
                        + wanted.pcapIn() + ", " + wanted.pcapOut() + "; remove the port and add it again");
            }
        }
    }

    @Override
    public void removePort(RemovePortRequest request, StreamObserver<RemovePortResponse> observer) {
        Answers.unary(observer, () -> {
            requirePort(request.getName());
            changes.record(ChangeEntry.Kind.PORT, request.getName(), "removed");
            labels.remove(request.getName(), () -> bridge.removePort(request.getName()));
            return RemovePortResponse.getDefaultInstance();
        });
    }

    @Override
    public void listMacs(ListMacsRequest request, StreamObserver<ListMacsResponse> observer) {
        Answers.unary(observer, () -> {
            requirePortOrNone(request.getPort());
            requireVlanOrNone(request.getVlan());
            Predicate<MacEntry> wanted =
                    entry -> (request.getPort().isEmpty() || entry.port().equals(request.getPort()))
                            && (request.getVlan() == 0 || entry.vlan() == request.getVlan());
            List<MacEntry> macs = bridge.macTable().stream().filter(wanted).toList();
            return ListMacsResponse.newBuilder()
                    .addAllMacs(macs.stream().map(StatusMessages::message).toList())
                    .build();
        });
    }

    @Override
    public void flushMacs(FlushMacsRequest request, StreamObserver<FlushMacsResponse> observer) {
        Answers.unary(observer, () -> {
            requirePortOrNone(request.getPort());
            requireVlanOrNone(request.getVlan());
            String port = request.getPort().isEmpty() ? null : request.getPort();
            return FlushMacsResponse.newBuilder()
                    .setFlushed(bridge.flushMacs(port, request.getVlan()))
                    .build();
        });
    }

    @Override
    public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> observer) {
        Answers.unary(
                observer,
                () -> ListGroupsResponse.newBuilder()
                        .addAllGroups(bridge.groups().stream()
                                .map(StatusMessages::message)
                                .toList())
                        .build());
    }

    @Override
    public void getStatistics(GetStatisticsRequest request, StreamObserver<Statistics> observer) {
        Answers.unary(
                observer,
                () -> StatusMessages.message(bridge.statistics())
                        .setHost(host)
                        .setPolicyMode(SettingsMessages.message(hostMode))
                        .setVersion(version)
                        .setPid(ProcessHandle.current().pid())
                        .build());
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<Event> observer) {
        events.watch((ServerCallStreamObserver<Event>) observer, request.getFollow());
    }

    private void requirePortOrNone(String name) {
        if (!name.isEmpty()) {
            requirePort(name);
        }
    }

    private void requirePort(String name) {
        if (bridge.ports().stream().noneMatch(port -> port.settings().name().equals(name))) {
            throw Status.NOT_FOUND
                    .withDescription("no such port: was \"" + name + "\"; weir ports lists them")
                    .asRuntimeException();
        }
    }

    private static void requireVlanOrNone(int vlan) {
        if (vlan < 0 || vlan > VlanSettings.MAX_VLAN) {
            throw new IllegalArgumentException("vlan must be 1 to 4094, or 0 for all: was "
                    + Integer.toUnsignedString(vlan) + "; choose a VLAN in that range");
        }
    }
}
