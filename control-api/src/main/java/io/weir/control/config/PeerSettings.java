package io.weir.control.config;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.weir.identity.label.LevelRange;
import io.weir.ipsec.tunnel.TunnelSettings;

/**
 * A peer of the configuration.
 *
 * @param tunnel how it is reached, and its first SAs with their keys, which are never printed
 * @param label levels that may pass
 * @param keyFile where the keys were, null for none
 */
public record PeerSettings(
        TunnelSettings tunnel, LevelRange label, @Nullable Path keyFile) {
    public String name() {
        return tunnel.name();
    }
}
