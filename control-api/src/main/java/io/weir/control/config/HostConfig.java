package io.weir.control.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

import io.weir.control.access.ApiSettings;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.SwitchSettings.StaticMac;
import io.weir.datapath.port.WireLabelSettings;
import io.weir.identity.document.MacText;
import io.weir.identity.document.Problem;
import io.weir.identity.document.Problems;
import io.weir.identity.document.Spelling;
import io.weir.identity.label.LabelDomain;

/** Reads {@code weir.yaml} and single ports; either everything is right, or every mistake is told and nothing comes out. */
public final class HostConfig {
    private static final String HOST_NAME = "[A-Za-z0-9.-]{1,64}";

    private static final int BYTES_PER_MIB_SHIFT = 20;
    private static final String IPV4_ADDRESS = "\\d{1,3}(\\.\\d{1,3}){3}";
    private static final String IPV6_ADDRESS = "\\[[0-9A-Fa-f:.]{2,45}]";
    // 0 to 65,535.
    private static final String PORT_NUMBER = "\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]";

    private final Problems problems;
    private final Function<Path, String> fileSystem;

    private HostConfig(Problems problems, Function<Path, String> fileSystem) {
        this.problems = problems;
        this.fileSystem = fileSystem;
    }

    /** Reads a file of this machine, whose folders are looked at too. */
    public static HostSettings read(Path file) {
        Problems problems = new Problems(file.toString());
        return new HostConfig(problems, RunDirWarning::fileSystem).host(compose(problems, text(problems, file)));
    }

    /** Reads a document that stands in memory; {@code source} is what the mistakes call it. */
    public static HostSettings read(String source, String yaml) {
        return read(source, yaml, runDir -> "");
    }

    /** @param fileSystem type of that which a folder is on, empty when nobody can tell */
    static HostSettings read(String source, String yaml, Function<Path, String> fileSystem) {
        Problems problems = new Problems(source);
        return new HostConfig(problems, fileSystem).host(compose(problems, yaml));
    }

    /**
     * Reads one port from a file that holds what an element of {@code ports} would.
     *
     * @param hostMode what holds when the port does not say its policy's mode
     */
    public static PortSettings readPort(Path file, PolicyMode hostMode) {
        Problems problems = new Problems(file.toString());
        return port(problems, compose(problems, text(problems, file)), hostMode);
    }

    /**
     * Reads one port, written as an element of {@code ports} would be.
     *
     * @param hostMode what holds when the port does not say its policy's mode
     */
    public static PortSettings readPort(String source, String yaml, PolicyMode hostMode) {
        Problems problems = new Problems(source);
        return port(problems, compose(problems, yaml), hostMode);
    }

    private static PortSettings port(Problems problems, MappingNode node, PolicyMode hostMode) {
        Optional<PortSettings> port = new PortConfig(problems, hostMode).read(new Section(problems, "ports[0]", node));
        problems.conclude();
        return port.orElseThrow(problems::inOrder);
    }

    private static String text(Problems problems, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            String why =
                    Files.exists(file) ? "cannot be read as UTF-8 text: " + unreadable.getMessage() : "no such file";
            problems.add(0, "", why, "name an existing, readable file");
            throw problems.inOrder();
        }
    }

    private static MappingNode compose(Problems problems, String yaml) {
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(yaml)
                    .orElse(null);
            if (root instanceof MappingNode map) {
                return map;
            }
            problems.add(
                    1,
                    "",
                    root == null ? "the document is empty" : "the document is not a section of keys",
                    "write key: value lines");
        } catch (MarkedYamlEngineException broken) {
            int line = broken.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            problems.add(line, "", "not YAML: " + broken.getProblem(), "mind indentation, brackets and quotes");
        } catch (YamlEngineException broken) {
            problems.add(0, "", "not YAML: " + broken.getMessage(), "mind indentation, brackets and quotes");
        }
        throw problems.inOrder();
    }

    private HostSettings host(MappingNode node) {
        Section root = new Section(problems, "", node);
        String host = hostName(root);
        Path dataDir = folder(root, ConfigKey.DATA_DIR);
        Path runDir = folder(root, ConfigKey.RUN_DIR);
        ApiSettings api = ApiConfig.read(root.section(ConfigKey.API), runDir);
        PolicyMode mode =
                root.section(ConfigKey.POLICY).choice(ConfigKey.POLICY_MODE, PolicyMode.class, PolicyMode.ENFORCE);
        Section labels = root.section(ConfigKey.LABELS);
        LabelDomain domain = LabelConfig.domain(labels);
        PeerConfig peerReader = new PeerConfig(problems);
        List<PeerSettings> peers = root.sections(ConfigKey.PEERS).stream()
                .map(peerReader::read)
                .flatMap(Optional::stream)
                .toList();
        PortsConfig portReader = new PortsConfig(problems, mode, peerReader.names());
        List<PortSettings> ports = portReader.read(root);
        SwitchSettings bridge = bridge(root, runDir, ports, LabelConfig.wire(labels));
        oneWorker(root, bridge.workers(), mode, ports);
        RecordSettings records = records(root);
        problems.conclude();
        List<Problem> warnings = new ArrayList<>(portReader.warnings(root));
        warnings.addAll(new LabelWarnings(root, mode).all());
        if (!peers.isEmpty()) {
            RunDirWarning.of(root, runDir, fileSystem.apply(runDir)).ifPresent(warnings::add);
        }
        return new HostSettings(host, dataDir, runDir, api, mode, bridge, ports, records, domain, peers, warnings);
    }

    private static String hostName(Section root) {
        String host = root.text(ConfigKey.HOST).orElseGet(HostConfig::machineName);
        if (!host.matches(HOST_NAME)) {
            root.problem(ConfigKey.HOST, "must be " + ConfigKey.HOST.allowed() + ": was " + host, "write host: a-name");
        }
        return host;
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    private static Path folder(Section root, ConfigKey key) {
        Path path = root.path(key).orElse(Path.of(key.fallbackText()));
        if (!path.isAbsolute()) {
            root.problem(key, "must be an absolute path: was " + path, "begin it with /");
        }
        return path;
    }

    private static RecordSettings records(Section root) {
        Section journal = root.section(ConfigKey.JOURNAL);
        return new RecordSettings(
                (long) journal.integer(ConfigKey.JOURNAL_MAX_MIB) << BYTES_PER_MIB_SHIFT,
                Duration.ofNanos(journal.durationNs(ConfigKey.JOURNAL_MAX_AGE)),
                metrics(root.section(ConfigKey.METRICS)));
    }

    private static @Nullable InetSocketAddress metrics(Section metrics) {
        String text = metrics.text(ConfigKey.METRICS_ADDRESS).orElse("");
        if (text.isEmpty()) {
            return null;
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean literal = host.matches(IPV4_ADDRESS) || host.matches(IPV6_ADDRESS);
        if (literal && text.substring(colon + 1).matches(PORT_NUMBER)) {
            InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
            if (!address.isUnresolved()) {
                return address;
            }
        }
        metrics.problem(
                ConfigKey.METRICS_ADDRESS,
                "must be an IP address and a port: was " + text,
                "write it as 127.0.0.1:9464 or \"[::1]:9464\"");
        return null;
    }

    /** Both directions of a session must meet the same table, and a table has one writer; an SA's sequence numbers have one too. */
    private static void oneWorker(Section root, int workers, PolicyMode hostMode, List<PortSettings> ports) {
        boolean judged = hostMode != PolicyMode.OFF
                || ports.stream().anyMatch(port -> port.policy().mode() != PolicyMode.OFF);
        if (workers > 1 && ports.stream().anyMatch(port -> port.type() == PortSettings.Type.ESP)) {
            root.problem(
                    ConfigKey.WORKERS,
                    "must be 1 where there are esp ports, because the numbers of an SA belong to one worker: was "
                            + workers,
                    "say workers: 1, or remove the esp ports");
        } else if (workers > 1 && judged) {
            root.problem(
                    ConfigKey.WORKERS,
                    "must be 1 where policy.mode is not off, because sessions belong to one worker: was " + workers,
                    "say workers: 1, or policy: {mode: off} for the host and every port");
        }
    }

    private SwitchSettings bridge(Section root, Path runDir, List<PortSettings> ports, WireLabelSettings wireLabels) {
        Section bridge = root.section(ConfigKey.BRIDGE);
        return new SwitchSettings(
                root.integer(ConfigKey.WORKERS),
                root.choice(ConfigKey.IDLE, SwitchSettings.Idle.class, SwitchSettings.Idle.BLOCK),
                runDir.resolve("state"),
                bridge.integer(ConfigKey.BRIDGE_MAC_TABLE),
                bridge.durationNs(ConfigKey.BRIDGE_AGEING),
                bridge.flag(ConfigKey.BRIDGE_SNOOPING),
                bridge.integer(ConfigKey.BRIDGE_FORWARD_LINK_LOCAL),
                bridge.durationNs(ConfigKey.BRIDGE_RECOVERY),
                bridge.integer(ConfigKey.BRIDGE_MAC_MOVES),
                staticMacs(bridge, ports),
                SwitchSettings.DEFAULT_SESSIONS,
                wireLabels);
    }

    private static List<StaticMac> staticMacs(Section bridge, List<PortSettings> ports) {
        Set<String> names = new HashSet<>();
        ports.forEach(port -> names.add(port.name()));
        Map<String, String> seen = new HashMap<>();
        return bridge.sections(ConfigKey.STATIC).stream()
                .map(section -> staticMac(section, names))
                .filter(entry -> entry.found()
                        && PortsConfig.unique(
                                seen,
                                MacText.of(entry.mac.mac()) + " in VLAN " + entry.mac.vlan(),
                                entry.section,
                                ConfigKey.STATIC_MAC,
                                "address"))
                .map(StaticLine::mac)
                .toList();
    }

    private record StaticLine(Section section, StaticMac mac) {
        boolean found() {
            return mac.mac() != MacText.INVALID;
        }
    }

    private static StaticLine staticMac(Section section, Set<String> portNames) {
        String macText = section.required(ConfigKey.STATIC_MAC).orElse("");
        long mac = MacText.parse(macText);
        if (!macText.isEmpty() && !MacText.unicast(mac)) {
            section.problem(
                    ConfigKey.STATIC_MAC,
                    "must be the address of one station: was " + macText,
                    "write it as 52:54:00:aa:01:02, not a group address");
        }
        String port = section.required(ConfigKey.STATIC_PORT).orElse("");
        if (!port.isEmpty() && !portNames.contains(port)) {
            String remedy = Spelling.closest(port, portNames)
                    .map(close -> "did you mean " + close + "?")
                    .orElse("name one of the ports below");
            section.problem(ConfigKey.STATIC_PORT, "no such port: was " + port, remedy);
        }
        return new StaticLine(section, new StaticMac(mac, section.integer(ConfigKey.STATIC_VLAN), port));
    }
}
