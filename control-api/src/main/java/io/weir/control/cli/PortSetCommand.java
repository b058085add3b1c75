package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.weir.control.config.PortDocument;
import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.ChangePortRequest;
import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.Port;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;

/** {@code weir port set}. */
@Command(
        name = "set",
        description = "Change keys of a port while frames flow; the other keys stay as they are.",
        footer = {
            "",
            "Examples:",
            "  weir port set vm1 enabled=false",
            "  weir port set vm1 policy.mode=audit",
            "  weir port set vm1 policy.wireLabel=required policy.label=s2-s5",
            "  weir port set vm1 vlan='trunk=10,20;native=1' storm.broadcast=500",
        })
final class PortSetCommand extends DaemonVerb {
    @Parameters(index = "0", paramLabel = "NAME", description = "The port.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Keys of docs/configuration.md; vlan=... replaces all VLAN keys.")
    private List<String> words = List.of();

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        PortSettings current = SettingsMessages.settings(current(daemon).getSettings(), PolicyMode.OFF);
        PortAssignments assignments = new PortAssignments(PortDocument.of(current));
        for (String word : words) {
            if (word.startsWith("vlan=")) {
                assignments.vlan(word.substring("vlan=".length()));
            } else {
                assignments.assign(word);
            }
        }
        ChangePortRequest request = ChangePortRequest.newBuilder()
                .setSettings(SettingsMessages.message(
                        assignments.conclude("port set", current.policy().mode())))
                .build();
        Port changed = daemon.ports().changePort(request);
        output.print(out, PortListing.document(changed), PortListing.table(List.of(changed)));
        return ExitCode.DONE;
    }

    private Port current(ControlChannel daemon) {
        return daemon.ports().listPorts(ListPortsRequest.getDefaultInstance()).getPortsList().stream()
                .filter(port -> port.getSettings().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ExitCode.BAD_INPUT, "no such port: was " + name + "; weir ports lists them"));
    }
}
