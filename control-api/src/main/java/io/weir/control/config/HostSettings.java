package io.weir.control.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.weir.control.access.ApiSettings;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.identity.document.Problem;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LevelRange;

/**
 * What {@code weir.yaml} says, concluded once and immutable.
 *
 * @param host name of this host
 * @param dataDir folder of files that callers of the API may use
 * @param runDir folder of the lock and of what survives a restart
 * @param api how callers reach the daemon
 * @param policyMode how far ports are judged that do not say it themselves
 * @param bridge settings of the switch as a whole
 * @param ports ports that exist from the start, names and devices unique
 * @param records how much is recorded and where counters can be read
 * @param domain what security labels mean, {@link LabelDomain#NONE} when nothing is said
 * @param peers hosts to which there are tunnels, names unique
 * @param warnings what is no mistake, and probably not meant
 */
public record HostSettings(
        String host,
        Path dataDir,
        Path runDir,
        ApiSettings api,
        PolicyMode policyMode,
        SwitchSettings bridge,
        List<PortSettings> ports,
        RecordSettings records,
        LabelDomain domain,
        List<PeerSettings> peers,
        List<Problem> warnings) {
    public HostSettings {
        ports = List.copyOf(ports);
        peers = List.copyOf(peers);
        warnings = List.copyOf(warnings);
    }

    /** Levels that may pass the tunnels, by the names of those peers that say it. */
    public Map<String, LevelRange> peerLabels() {
        return peers.stream()
                .filter(peer -> !peer.label().equals(LevelRange.ALL))
                .collect(Collectors.toUnmodifiableMap(PeerSettings::name, PeerSettings::label));
    }

    /** Unix socket of the gRPC services. */
    public Path socket() {
        return api.socket();
    }
}
