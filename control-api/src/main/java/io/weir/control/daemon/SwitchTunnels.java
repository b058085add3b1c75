package io.weir.control.daemon;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.weir.control.config.SpiText;
import io.weir.control.policy.TunnelPath;
import io.weir.control.policy.TunnelPaths;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.tunnel.Tunnels;

/**
 * The tunnels behind the switch's esp ports, by the same choice of an SA as the packet path's: the newest of exactly the level.
 *
 * @param labels levels that may pass to the peers that say it
 */
record SwitchTunnels(Switch bridge, Tunnels tunnels, Map<String, LevelRange> labels) implements TunnelPaths {
    @Override
    public Optional<TunnelPath> path(String port, Optional<Level> level) {
        return now().path(port, level);
    }

    /** Asks the switch once, and the tunnel once for every level. */
    @Override
    public TunnelPaths now() {
        Map<String, PortStatus> ports = bridge.ports().stream()
                .filter(port -> port.settings().type() == PortSettings.Type.ESP)
                .collect(Collectors.toUnmodifiableMap(port -> port.settings().name(), port -> port));
        Map<Asked, TunnelPath> answers = new HashMap<>();
        return (name, level) -> Optional.ofNullable(ports.get(name))
                .map(port -> answers.computeIfAbsent(new Asked(name, level), asked -> {
                    String peer = port.settings().device();
                    return path(port, level, tunnels.sas(peer), labels.getOrDefault(peer, LevelRange.ALL));
                }));
    }

    private record Asked(String port, Optional<Level> level) {}

    /**
     * What a tunnel with these SAs does.
     *
     * @param label levels that may pass to the peer
     */
    static TunnelPath path(PortStatus port, Optional<Level> level, List<SaStatus> sas, LevelRange label) {
        String peer = port.settings().device();
        String text = level.map(Level::toString).orElse("");
        boolean inRange = level.isEmpty() || label.contains(level.get());
        List<String> warnings = new ArrayList<>();
        if (!inRange) {
            warnings.add("the label of peer " + peer + " is " + label + ", which does not have " + text
                    + ": no SA at that level can be added; widen peers[].label on both hosts if it should pass");
        }
        if (port.state() != PortStatus.State.UP) {
            warnings.add("port " + port.settings().name() + " is "
                    + port.state().name().toLowerCase(Locale.ROOT)
                    + (port.stateReason().isEmpty() ? "" : ": " + port.stateReason()) + "; frames to it are dropped as "
                    + DropReason.EGRESS_PORT_DOWN.label());
        }
        SaStatus sa = sas.stream()
                .filter(any -> any.direction() == Direction.OUTBOUND && any.current() && isAt(any, level))
                .findFirst()
                .orElse(null);
        DropReason drop = sa == null
                ? DropReason.ESP_NO_SA
                : sa.expiry() == SaStatus.Expiry.HARD ? DropReason.ESP_SA_EXHAUSTED : null;
        String dropText =
                sa == null ? missing(peer, text, sas, inRange) : drop == null ? "" : expired(peer, text, sa.spi());
        return new TunnelPath(
                peer,
                port.settings().name(),
                text,
                sa == null ? 0 : sa.spi(),
                sa == null ? null : sa.expiry(),
                drop,
                dropText,
                inRange,
                warnings);
    }

    /** A level that nothing in this process has named has no number, and no SA. */
    private static boolean isAt(SaStatus sa, Optional<Level> level) {
        int number = level.map(LevelNumbers.process()::find).orElse(0);
        return sa.level() == number && level.isPresent() == (number != 0);
    }

    private static String missing(String peer, String level, List<SaStatus> sas, boolean inRange) {
        String none = "no outbound SA " + at(level) + " to " + peer;
        boolean labelled = sas.stream().anyMatch(sa -> sa.level() != 0);
        if (!inRange) {
            return none;
        }
        if (!level.isEmpty() && !labelled && !sas.isEmpty()) {
            return none + ", whose SAs have no label and take flows without level only; give both hosts SAs at " + level
                    + " instead of those";
        }
        if (level.isEmpty() && labelled) {
            return none + ", whose SAs have labels, while the flow has no level; give its components a securityLabel,"
                    + " or both hosts SAs without label instead of those";
        }
        return none + "; add one (" + add(peer, level) + ")";
    }

    private static String expired(String peer, String level, int spi) {
        return "the lifetime of the newest outbound SA " + at(level) + " to " + peer + ", " + SpiText.of(spi)
                + ", is over; add the next (" + add(peer, level) + ")";
    }

    private static String at(String level) {
        return level.isEmpty() ? "without label" : "at " + level;
    }

    private static String add(String peer, String level) {
        return "weir sas add --peer " + peer + " --direction out --spi N" + (level.isEmpty() ? "" : " --label " + level)
                + " --key-file FILE, after its inbound twin on " + peer;
    }
}
