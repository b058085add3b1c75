package io.weir.identity.label;

import java.util.Map;

/**
 * What a host's configuration says about labels.
 *
 * <p>Threading: immutable.
 *
 * @param domain {@link LabelDomain#NONE} when none is named
 * @param ports levels that may pass a port, by its name, also those of tunnels; any level for ports that are not in it
 */
public record LabelSettings(LabelDomain domain, Map<String, LevelRange> ports) {
    public static final LabelSettings NONE = new LabelSettings(LabelDomain.NONE, Map.of());

    public LabelSettings {
        ports = Map.copyOf(ports);
    }
}
