package io.weir.control.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.BridgeSettings.MulticastRouter;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortSettings.Io;
import io.weir.datapath.port.VlanSettings;
import io.weir.identity.document.Problems;
import io.weir.identity.label.LevelRange;

/** Reads one element of {@code ports}. */
final class PortConfig {
    private static final String NAME = "[A-Za-z0-9._-]{1,32}";

    /** {@code IFNAMSIZ} without the closing zero, netdevice(7). */
    private static final int MAX_DEVICE_BYTES = 15;

    /** What {@code bpdu} may say. */
    private enum Bpdu {
        NONE,
        FILTER,
        GUARD
    }

    private final Problems problems;
    private final PolicyMode hostMode;

    /** @param hostMode what holds when a port does not say its policy's mode */
    PortConfig(Problems problems, PolicyMode hostMode) {
        this.problems = problems;
        this.hostMode = hostMode;
    }

    /** The port; empty, with problems reported, when anything in the section is wrong. */
    Optional<PortSettings> read(Section port) {
        int before = problems.count();
        String name = name(port);
        PortSettings.Type type = type(port);
        String device = device(port, type, name);
        String netns = netns(port);
        Io io = port.choice(ConfigKey.PORT_IO, Io.class, Io.AUTO);
        int mtu = port.integer(ConfigKey.PORT_MTU);
        boolean enabled = port.flag(ConfigKey.PORT_ENABLED);
        Path in = file(port, ConfigKey.PORT_IN);
        Path out = file(port, ConfigKey.PORT_OUT);
        oneFile(port, in, out);
        foreignKeys(port, type);
        Optional<VlanSettings> vlan = new VlanConfig(port.section(ConfigKey.PORT_VLAN)).read();
        BridgeSettings bridge = bridge(port, type);
        PolicySettings policy = policy(port.section(ConfigKey.PORT_POLICY), type);
        if (problems.count() > before || vlan.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new PortSettings(name, type, device, netns, io, mtu, in, out, enabled, vlan.get(), bridge, policy));
    }

    private static String name(Section port) {
        String name = port.required(ConfigKey.PORT_NAME).orElse("");
        if (!name.isEmpty() && !name.matches(NAME)) {
            port.problem(
                    ConfigKey.PORT_NAME,
                    "must be " + ConfigKey.PORT_NAME.allowed() + ": was " + name,
                    "choose such a name");
        }
        return name;
    }

    private static PortSettings.Type type(Section port) {
        if (port.required(ConfigKey.PORT_TYPE).isEmpty()) {
            return PortSettings.Type.NETDEV;
        }
        return port.choice(ConfigKey.PORT_TYPE, PortSettings.Type.class, PortSettings.Type.NETDEV);
    }

    private static String device(Section port, PortSettings.Type type, String name) {
        if (type == PortSettings.Type.PCAP) {
            return "";
        }
        if (type == PortSettings.Type.ESP) {
            return port.required(ConfigKey.PORT_PEER).orElse("");
        }
        boolean missing = type == PortSettings.Type.NETDEV && !port.has(ConfigKey.PORT_DEVICE);
        if (missing && port.has(ConfigKey.PORT_TYPE)) {
            port.problem(ConfigKey.PORT_DEVICE, "is missing", "name the interface, as ip link shows it");
        }
        String device = port.text(ConfigKey.PORT_DEVICE).orElse(name);
        boolean sayable = device.chars()
                .noneMatch(c -> c == '/' || c == ':' || Character.isISOControl(c) || Character.isWhitespace(c));
        int bytes = device.getBytes(StandardCharsets.UTF_8).length;
        if (!missing && (!sayable || bytes > MAX_DEVICE_BYTES || device.equals(".") || device.equals(".."))) {
            String remedy =
                    port.has(ConfigKey.PORT_DEVICE) ? "choose such a name" : "write device: with a name of its own";
            port.problem(
                    ConfigKey.PORT_DEVICE,
                    "must be 1 to 15 bytes without slash, colon or space: was " + device,
                    remedy);
        }
        return device;
    }

    private static @Nullable String netns(Section port) {
        String netns = port.text(ConfigKey.PORT_NETNS).orElse("");
        boolean plain = !netns.contains("/") && !netns.equals(".") && !netns.equals("..");
        boolean sayable = netns.indexOf('\0') < 0;
        if (!netns.isEmpty() && (!sayable || (!plain && !netns.startsWith("/")))) {
            port.problem(
                    ConfigKey.PORT_NETNS,
                    "must be a name or an absolute path: was " + netns,
                    "write a name that ip netns list shows, or /proc/PID/ns/net");
        }
        return netns.isEmpty() ? null : netns;
    }

    private static @Nullable Path file(Section port, ConfigKey key) {
        Path file = port.path(key).map(Path::toAbsolutePath).orElse(null);
        if (file != null && Files.exists(file) && !Files.isRegularFile(file)) {
            port.problem(key, "must be a regular file: was " + file, "name a file, no folder, pipe or device");
        }
        return file;
    }

    /** A port that wrote the file it reads would begin by emptying it. */
    private static void oneFile(Section port, @Nullable Path in, @Nullable Path out) {
        if (in == null || out == null) {
            return;
        }
        boolean same = in.normalize().equals(out.normalize());
        try {
            same |= Files.exists(in) && Files.exists(out) && Files.isSameFile(in, out);
        } catch (IOException unreadable) {
            // The daemon, which may read them, looks again.
        }
        if (same) {
            port.problem(ConfigKey.PORT_OUT, "must be another file than in: was " + out, "name another file to write");
        }
    }

    /** Keys that mean nothing for the type are refused: whoever wrote them expects something that would not happen. */
    private static void foreignKeys(Section port, PortSettings.Type type) {
        List<ConfigKey> foreign = switch (type) {
            case TAP -> List.of(ConfigKey.PORT_IN, ConfigKey.PORT_OUT, ConfigKey.PORT_IO, ConfigKey.PORT_PEER);
            case NETDEV -> List.of(ConfigKey.PORT_IN, ConfigKey.PORT_OUT, ConfigKey.PORT_PEER);
            case PCAP -> List.of(ConfigKey.PORT_DEVICE, ConfigKey.PORT_NETNS, ConfigKey.PORT_IO, ConfigKey.PORT_PEER);
            case ESP -> List.of(ConfigKey.PORT_DEVICE, ConfigKey.PORT_IO, ConfigKey.PORT_IN, ConfigKey.PORT_OUT);
        };
        foreign.forEach(key -> refuse(port, key, type));
        if (type == PortSettings.Type.PCAP && !port.has(ConfigKey.PORT_IN) && !port.has(ConfigKey.PORT_OUT)) {
            port.problem(ConfigKey.PORT_IN, "a pcap port needs in, out or both", "name a capture file");
        }
    }

    private static void refuse(Section port, ConfigKey key, PortSettings.Type type) {
        if (port.has(key)) {
            String word = type.name().toLowerCase(Locale.ROOT);
            port.problem(key, "means nothing on a " + word + " port", "remove it or change the type");
        }
    }

    private PolicySettings policy(Section policy, PortSettings.Type type) {
        return new PolicySettings(
                policy.choice(ConfigKey.PORT_POLICY_MODE, PolicyMode.class, hostMode),
                policy.choice(ConfigKey.PORT_POLICY_ROLE, PortRole.class, PortRole.VM),
                policy.choice(ConfigKey.PORT_POLICY_DHCP, PolicySettings.Dhcp.class, PolicySettings.Dhcp.NONE),
                policy.flag(ConfigKey.PORT_POLICY_ROUTER),
                policy.choice(ConfigKey.PORT_POLICY_WIRE_LABEL, WireLabel.class, WireLabel.NONE),
                label(policy, type));
    }

    /** Canonical; empty for every level. */
    private static String label(Section policy, PortSettings.Type type) {
        if (type == PortSettings.Type.ESP && policy.has(ConfigKey.PORT_POLICY_LABEL)) {
            policy.problem(
                    ConfigKey.PORT_POLICY_LABEL, "means nothing on an esp port", "say it at the peer: peers[].label");
        }
        return LabelConfig.range(policy, ConfigKey.PORT_POLICY_LABEL)
                .map(LevelRange::toString)
                .orElse("");
    }

    private static BridgeSettings bridge(Section port, PortSettings.Type type) {
        Section flood = port.section(ConfigKey.PORT_FLOOD);
        Section storm = port.section(ConfigKey.PORT_STORM);
        Bpdu bpdu = port.choice(ConfigKey.PORT_BPDU, Bpdu.class, Bpdu.NONE);
        return new BridgeSettings(
                port.flag(ConfigKey.PORT_LEARNING),
                port.integer(ConfigKey.PORT_MAC_LIMIT),
                port.flag(ConfigKey.PORT_STICKY),
                port.flag(ConfigKey.PORT_ISOLATED),
                port.flag(ConfigKey.PORT_HAIRPIN),
                flood.flag(ConfigKey.FLOOD_UNKNOWN),
                flood.flag(ConfigKey.FLOOD_BROADCAST),
                flood.flag(ConfigKey.FLOOD_MULTICAST),
                bpdu == Bpdu.FILTER,
                bpdu == Bpdu.GUARD,
                port.choice(ConfigKey.PORT_MULTICAST_ROUTER, MulticastRouter.class, MulticastRouter.AUTO),
                port.flag(ConfigKey.PORT_FAST_LEAVE),
                port.flag(ConfigKey.PORT_SUPPRESS_NEIGHBOURS),
                port.has(ConfigKey.PORT_SPLIT_HORIZON)
                        ? port.flag(ConfigKey.PORT_SPLIT_HORIZON)
                        : type == PortSettings.Type.ESP,
                new StormLimits(
                        storm.integer(ConfigKey.STORM_BROADCAST),
                        storm.integer(ConfigKey.STORM_MULTICAST),
                        storm.integer(ConfigKey.STORM_UNKNOWN)));
    }
}
