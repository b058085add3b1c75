package io.weir.control.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;
import io.weir.identity.document.Problem;
import io.weir.identity.document.Problems;
import io.weir.identity.document.Spelling;

/**
 * Reads {@code ports}: names, devices and peers are unique, and what a port refers to is there.
 *
 * <p>Threading: one reader.
 */
final class PortsConfig {
    private final Problems problems;
    private final PolicyMode hostMode;
    private final Set<String> peers;
    private final Map<String, String> portOfPeer = new HashMap<>();

    /**
     * @param hostMode what holds when a port does not say its policy's mode
     * @param peers names that an esp port may say
     */
    PortsConfig(Problems problems, PolicyMode hostMode, Set<String> peers) {
        this.problems = problems;
        this.hostMode = hostMode;
        this.peers = peers;
    }

    List<PortSettings> read(Section root) {
        PortConfig reader = new PortConfig(problems, hostMode);
        Map<String, String> names = new HashMap<>();
        Map<String, String> devices = new HashMap<>();
        return root.sections(ConfigKey.PORTS).stream()
                .map(section -> reader.read(section)
                        .filter(port -> unique(names, port.name(), section, ConfigKey.PORT_NAME, "name"))
                        .filter(port -> switch (port.type()) {
                            case PCAP -> true;
                            case ESP -> known(port, section);
                            case TAP, NETDEV -> unique(devices, device(port), section, ConfigKey.PORT_DEVICE, "device");
                        }))
                .flatMap(Optional::stream)
                .toList();
    }

    private static String device(PortSettings port) {
        return port.netns() == null ? port.device() : port.device() + " in " + port.netns();
    }

    private boolean known(PortSettings port, Section section) {
        String peer = port.device();
        if (!peers.contains(peer)) {
            String remedy = Spelling.closest(peer, peers)
                    .map(close -> "did you mean " + close + "?")
                    .orElse("name one of peers");
            section.problem(ConfigKey.PORT_PEER, "no such peer: was " + peer, remedy);
            return false;
        }
        return unique(portOfPeer, peer, section, ConfigKey.PORT_PEER, "peer");
    }

    /** Whether the value is new; else the mistake is told. */
    static boolean unique(Map<String, String> seen, String value, Section section, ConfigKey key, String what) {
        String other = seen.putIfAbsent(value, section.path());
        if (other != null) {
            section.problem(key, what + " is taken by " + other + ": was " + value, "give each port its own " + what);
        }
        return other == null;
    }

    /** What is no mistake, and probably not meant: peers that no port leads to. */
    List<Problem> warnings(Section root) {
        List<Problem> warnings = new ArrayList<>();
        for (Section peer : root.sections(ConfigKey.PEERS)) {
            String name = peer.text(ConfigKey.PEER_NAME).orElse("");
            if (!portOfPeer.containsKey(name)) {
                warnings.add(peer.warning(
                        ConfigKey.PEER_NAME,
                        "no port leads to it: was " + name,
                        "add {name: tun-" + name + ", type: esp, peer: " + name + "} to ports"));
            }
        }
        return warnings;
    }
}
