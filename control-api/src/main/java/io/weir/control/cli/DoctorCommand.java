package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.doctor.Doctor;
import io.weir.control.doctor.Finding;
import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.ListTunnelsRequest;
import io.weir.control.v1.Tunnel;

/** {@code weir doctor}: what the machine offers, what is missing, and what to do about it. */
@Command(
        name = "doctor",
        description = "Tell what this machine offers to the switch, and what to do about each lack; changes nothing.")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = "${env:WEIR_SOCKET:-" + DaemonAddress.DEFAULT_SOCKET + "}",
            description = "A running daemon's unix socket, if there is one.")
    private Path socket = Path.of(DaemonAddress.DEFAULT_SOCKET);

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        Path folder = socket.toAbsolutePath().getParent();
        List<Finding> findings = Doctor.examine(folder == null ? Path.of("/") : folder, liveDevices(), keyFiles());
        PrintWriter out = spec.commandLine().getOut();
        output.print(out, document(findings), table(findings));
        return Doctor.usable(findings) ? ExitCode.DONE : ExitCode.REFUSED;
    }

    /** Devices of the daemon's own namespace; none when no daemon answers. */
    private Set<String> liveDevices() {
        try (ControlChannel daemon = new ControlChannel(socket)) {
            return daemon.ports().listPorts(ListPortsRequest.getDefaultInstance()).getPortsList().stream()
                    .filter(port -> port.getSettings().getNetns().isEmpty())
                    .map(port -> port.getSettings().getDevice())
                    .collect(Collectors.toSet());
        } catch (CommandException | StatusRuntimeException noDaemon) {
            return Set.of();
        }
    }

    /** Of its tunnels; none when no daemon answers. */
    private Set<Path> keyFiles() {
        try (ControlChannel daemon = new ControlChannel(socket)) {
            return daemon.tunnels().listTunnels(ListTunnelsRequest.getDefaultInstance()).getTunnelsList().stream()
                    .map(Tunnel::getKeyFile)
                    .filter(file -> !file.isEmpty())
                    .map(Path::of)
                    .collect(Collectors.toSet());
        } catch (CommandException | StatusRuntimeException noDaemon) {
            return Set.of();
        }
    }

    static Table table(List<Finding> findings) {
        Table table = new Table("CHECK", "STATE", "FOUND", "WHAT TO DO");
        findings.forEach(finding -> table.row(finding.check(), finding.level(), finding.detail(), finding.remedy()));
        return table;
    }

    static Map<String, Object> document(List<Finding> findings) {
        List<Map<String, Object>> entries = findings.stream()
                .map(finding -> Json.fields()
                        .put("check", finding.check())
                        .put("level", finding.level())
                        .put("detail", finding.detail())
                        .put("remedy", finding.remedy())
                        .map())
                .toList();
        return Json.fields()
                .put("usable", Doctor.usable(findings))
                .put("findings", entries)
                .map();
    }
}
