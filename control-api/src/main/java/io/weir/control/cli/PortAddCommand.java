package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.config.HostConfig;
import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.AddPortRequest;
import io.weir.control.v1.GetStatisticsRequest;
import io.weir.control.v1.Port;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;

/** {@code weir port add}. */
@Command(
        name = "add",
        description = "Add a port; nothing is added when anything is wrong.",
        footer = {
            "",
            "Examples:",
            "  weir port add --name vm1 --type netdev --device tap-vm1 --vlan access=10",
            "  weir port add --name a --type tap --device eth0 --netns ns-a --vlan 'trunk=10,20-29;native=1'",
            "  weir port add --name tun-hv2 --type esp --peer hv2",
            "  weir port add --name guest --type netdev --device tap3 --set isolated=true --set bpdu=guard"
        })
final class PortAddCommand extends DaemonVerb {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "YAML with the keys of one element of ports; excludes the other options.")
    private @Nullable Path file;

    @Option(names = "--name", paramLabel = "NAME", description = "Unique name.")
    private @Nullable String name;

    @Option(names = "--type", paramLabel = "tap|netdev|pcap|esp", description = "What the port is.")
    private @Nullable String type;

    @Option(names = "--device", paramLabel = "DEVICE", description = "The kernel's interface.")
    private @Nullable String device;

    @Option(names = "--peer", paramLabel = "PEER", description = "The other end of an esp port's tunnel.")
    private @Nullable String peer;

    @Option(names = "--netns", paramLabel = "NETNS", description = "Network namespace of the device.")
    private @Nullable String netns;

    @Option(names = "--io", paramLabel = "auto|packet|xdp", description = "How a netdev port moves frames.")
    private @Nullable String io;

    @Option(names = "--mtu", paramLabel = "BYTES", description = "Largest packet.")
    private @Nullable String mtu;

    @Option(names = "--vlan", paramLabel = "WORDS", description = "access=10, 'trunk=10,20-29;native=1' or tunnel=100.")
    private @Nullable String vlan;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other key of docs/configuration.md, such as flood.unknown=false.")
    private List<String> words = List.of();

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        AddPortRequest request = AddPortRequest.newBuilder()
                .setSettings(SettingsMessages.message(settings(hostMode(daemon))))
                .build();
        Port port = daemon.ports().addPort(request);
        output.print(out, PortListing.document(port), PortListing.table(List.of(port)));
        return ExitCode.DONE;
    }

    /** What a port is under that does not say it itself. */
    private static PolicyMode hostMode(ControlChannel daemon) {
        GetStatisticsRequest request = GetStatisticsRequest.getDefaultInstance();
        return SettingsMessages.mode(daemon.ports().getStatistics(request).getPolicyMode(), PolicyMode.OFF);
    }

    private PortSettings settings(PolicyMode hostMode) {
        PortAssignments assignments = new PortAssignments(new LinkedHashMap<>());
        String[] keys = {"name", "type", "device", "peer", "netns", "io", "mtu"};
        @Nullable String[] values = {name, type, device, peer, netns, io, mtu};
        boolean any = vlan != null || !words.isEmpty();
        for (int i = 0; i < keys.length; i++) {
            String value = values[i];
            if (value != null) {
                assignments.assign(keys[i], value);
                any = true;
            }
        }
        if (file != null && any) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--file and other options exclude each other; keep one kind");
        }
        if (file != null) {
            return HostConfig.readPort(file, hostMode);
        }
        if (vlan != null) {
            assignments.vlan(vlan);
        }
        words.forEach(assignments::assign);
        return assignments.conclude("port add", hostMode);
    }
}
