package io.weir.control.config;

import java.nio.file.Path;
import java.util.List;

import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;

/**
 * What {@code weir.yaml} says, concluded once and immutable.
 *
 * @param host name of this host
 * @param dataDir folder of files that callers of the API may use
 * @param runDir folder of the lock and of what survives a restart
 * @param socket unix socket of the gRPC services
 * @param bridge settings of the switch as a whole
 * @param ports ports that exist from the start, names and devices unique
 * @param records how much is recorded and where counters can be read
 */
public record HostSettings(
        String host,
        Path dataDir,
        Path runDir,
        Path socket,
        SwitchSettings bridge,
        List<PortSettings> ports,
        RecordSettings records) {
    public HostSettings {
        ports = List.copyOf(ports);
    }
}
