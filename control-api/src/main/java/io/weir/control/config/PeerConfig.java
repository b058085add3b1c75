package io.weir.control.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.IpText;
import io.weir.identity.document.Problems;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.TrafficSelector;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.tunnel.TunnelSettings;
import io.weir.ipsec.tunnel.TunnelSettings.Dscp;
import io.weir.ipsec.tunnel.TunnelSettings.Payload;

/**
 * Reads {@code peers}. Names, endpoints and inbound SPIs are unique on the host; the SPIs of a peer are, both ways, because the key
 * file has one key for each.
 *
 * <p>Threading: one reader.
 */
final class PeerConfig {
    private static final String NAME = "[A-Za-z0-9._-]{1,32}";

    private final Problems problems;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> endpoints = new HashMap<>();
    private final Map<Integer, String> inbound = new HashMap<>();

    PeerConfig(Problems problems) {
        this.problems = problems;
    }

    /** The peer; empty, with problems reported, when anything in the section is wrong. */
    Optional<PeerSettings> read(Section peer) {
        int before = problems.count();
        String name = name(peer);
        Optional<InetAddress> local = address(peer, ConfigKey.PEER_LOCAL);
        Optional<InetAddress> remote = address(peer, ConfigKey.PEER_REMOTE);
        Encapsulation encapsulation = peer.choice(ConfigKey.PEER_ENCAPSULATION, Encapsulation.class, Encapsulation.UDP);
        int port = port(peer, encapsulation);
        Payload payload = peer.choice(ConfigKey.PEER_PAYLOAD, Payload.class, Payload.ETHERNET);
        Transport transport = transport(peer, encapsulation);
        LevelRange range = LabelConfig.range(peer, ConfigKey.PEER_LABEL).orElse(LevelRange.ALL);
        List<TrafficSelector> selectors = selectors(peer, payload);
        boolean dontFragment = peer.flag(ConfigKey.PEER_DONT_FRAGMENT);
        Dscp dscp = peer.choice(ConfigKey.PEER_DSCP, Dscp.class, Dscp.UNLABELLED);
        if (local.isPresent() && remote.isPresent()) {
            endpoint(peer, local.get(), remote.get(), encapsulation, port);
        }
        List<Section> written = peer.sections(ConfigKey.PEER_SAS);
        Path keyFile = keyFile(peer, !written.isEmpty());
        List<SaSettings> sas = sas(peer, written, range, keyFile);
        if (problems.count() > before || local.isEmpty() || remote.isEmpty()) {
            return Optional.empty();
        }
        TunnelSettings tunnel = new TunnelSettings(
                name,
                local.get(),
                remote.get(),
                encapsulation,
                port,
                payload,
                transport,
                selectors,
                dontFragment,
                sas,
                dscp);
        return Optional.of(new PeerSettings(tunnel, range, keyFile));
    }

    private String name(Section peer) {
        String name = peer.required(ConfigKey.PEER_NAME).orElse("");
        if (!name.isEmpty() && !name.matches(NAME)) {
            peer.problem(
                    ConfigKey.PEER_NAME,
                    "must be " + ConfigKey.PEER_NAME.allowed() + ": was " + name,
                    "choose such a name");
        }
        String other = name.isEmpty() ? null : names.putIfAbsent(name, peer.path());
        if (other != null) {
            peer.problem(
                    ConfigKey.PEER_NAME, "name is taken by " + other + ": was " + name, "give each peer its own name");
        }
        return name;
    }

    /** Names are refused: what a resolver answers must not decide where frames go. */
    private static Optional<InetAddress> address(Section peer, ConfigKey key) {
        Optional<String> text = peer.required(key);
        try {
            Optional<InetAddress> address = text.map(InetAddress::ofLiteral);
            if (address.isPresent()
                    && (address.get().isAnyLocalAddress() || address.get().isMulticastAddress())) {
                peer.problem(key, "must be the address of one host: was " + text.get(), "name a unicast address");
            }
            return address;
        } catch (IllegalArgumentException none) {
            peer.problem(key, "must be an IP address: was " + text.orElse(""), "write it as 192.0.2.1 or 2001:db8::1");
            return Optional.empty();
        }
    }

    private static int port(Section peer, Encapsulation encapsulation) {
        if (encapsulation == Encapsulation.RAW && peer.has(ConfigKey.PEER_PORT)) {
            peer.problem(ConfigKey.PEER_PORT, "means nothing with encapsulation: raw", "remove it");
        }
        return peer.integer(ConfigKey.PEER_PORT);
    }

    private static Transport transport(Section peer, Encapsulation encapsulation) {
        Transport transport = peer.choice(ConfigKey.PEER_TRANSPORT, Transport.class, Transport.AUTO);
        if (encapsulation == Encapsulation.RAW && transport != Transport.AUTO && transport != Transport.SOCKET) {
            peer.problem(
                    ConfigKey.PEER_TRANSPORT,
                    "carries UDP only, and encapsulation is raw: was "
                            + peer.text(ConfigKey.PEER_TRANSPORT).orElse(""),
                    "choose auto or socket");
        }
        return transport;
    }

    private void endpoint(Section peer, InetAddress local, InetAddress remote, Encapsulation encapsulation, int port) {
        if (local instanceof Inet4Address != remote instanceof Inet4Address) {
            peer.problem(
                    ConfigKey.PEER_REMOTE,
                    "must be of the family of local " + local.getHostAddress() + ": was " + remote.getHostAddress(),
                    "write two IPv4 or two IPv6 addresses");
        } else if (local.equals(remote)) {
            peer.problem(
                    ConfigKey.PEER_REMOTE,
                    "must be another address than local: was " + remote.getHostAddress(),
                    "name the peer's address");
        } else if (remote.isLoopbackAddress() && !local.isLoopbackAddress()) {
            peer.problem(
                    ConfigKey.PEER_REMOTE,
                    "must be the address of another host, as local " + local.getHostAddress()
                            + " is no loopback address: was " + remote.getHostAddress(),
                    "name the peer's address");
        }
        String where = local.getHostAddress() + " to " + remote.getHostAddress()
                + (encapsulation == Encapsulation.UDP ? " port " + port : " raw");
        String other = endpoints.putIfAbsent(where, peer.path());
        if (other != null) {
            peer.problem(
                    ConfigKey.PEER_REMOTE,
                    "the way is taken by " + other + ": was " + where,
                    "give each peer addresses or a port of its own");
        }
    }

    private List<TrafficSelector> selectors(Section peer, Payload payload) {
        List<TrafficSelector> selectors = new ArrayList<>();
        for (Section section : peer.sections(ConfigKey.PEER_SELECTORS)) {
            Optional<IpPrefix> local = network(section, ConfigKey.SELECTOR_LOCAL);
            Optional<IpPrefix> remote = network(section, ConfigKey.SELECTOR_REMOTE);
            if (local.isPresent() && remote.isPresent()) {
                if (local.get().isIpv4() != remote.get().isIpv4()) {
                    section.problem(
                            ConfigKey.SELECTOR_REMOTE,
                            "must be of the family of local: was " + IpText.of(remote.get()),
                            "write two IPv4 or two IPv6 networks");
                }
                selectors.add(Selectors.of(local.get(), remote.get()));
            }
        }
        if (payload == Payload.ETHERNET && peer.has(ConfigKey.PEER_SELECTORS)) {
            peer.problem(
                    ConfigKey.PEER_SELECTORS,
                    "means nothing with payload: ethernet",
                    "remove it, manifests say who may talk to whom");
        }
        if (payload == Payload.IP && !peer.has(ConfigKey.PEER_SELECTORS)) {
            peer.problem(
                    ConfigKey.PEER_SELECTORS,
                    "is missing with payload: ip",
                    "say the networks at both sides: [{local: 10.8.0.0/16, remote: 10.9.0.0/16}]");
        }
        return selectors;
    }

    private static Optional<IpPrefix> network(Section selector, ConfigKey key) {
        Optional<String> text = selector.required(key);
        IpPrefix network = text.isEmpty() ? null : IpText.network(text.get());
        if (text.isPresent() && network == null) {
            selector.problem(key, "must be a network: was " + text.get(), "write it as 10.8.0.0/16 or fd00:8::/64");
        }
        return Optional.ofNullable(network);
    }

    private static @Nullable Path keyFile(Section peer, boolean needed) {
        Path file = peer.path(ConfigKey.PEER_KEY_FILE).orElse(null);
        if (file == null) {
            if (!peer.has(ConfigKey.PEER_KEY_FILE) && needed) {
                peer.problem(ConfigKey.PEER_KEY_FILE, "is missing", "name the file that holds the SAs' keys");
            }
            return null;
        }
        if (!file.isAbsolute()) {
            peer.problem(ConfigKey.PEER_KEY_FILE, "must be an absolute path: was " + file, "begin it with /");
            return null;
        }
        return file;
    }

    private List<SaSettings> sas(Section peer, List<Section> written, LevelRange range, @Nullable Path keyFile) {
        List<SaSettings> sas = new ArrayList<>();
        try (KeyFile keys = keyFile == null ? null : keys(peer, keyFile)) {
            SaConfig reader = new SaConfig(range, keys, LevelNumbers.process());
            Map<Integer, String> spis = new HashMap<>();
            Map<Integer, String> contexts = new HashMap<>();
            for (Section section : written) {
                reader.read(section).ifPresent(sa -> {
                    unique(section, spis, sa);
                    oneContext(section, contexts, sa);
                    allOrNoneLabelled(section, sas, sa);
                    sas.add(sa);
                });
            }
        }
        return sas;
    }

    private static @Nullable KeyFile keys(Section peer, Path file) {
        try {
            return KeyFile.read(file);
        } catch (KeyFileException refused) {
            peer.problem(ConfigKey.PEER_KEY_FILE, refused.problem(), refused.remedy());
            return null;
        }
    }

    private void unique(Section section, Map<Integer, String> spis, SaSettings sa) {
        String other = spis.putIfAbsent(sa.spi(), section.path());
        if (other == null && sa.direction() == SaSettings.Direction.INBOUND) {
            other = inbound.putIfAbsent(sa.spi(), section.path());
        }
        if (other != null) {
            section.problem(
                    ConfigKey.SA_SPI,
                    "SPI is taken by " + other + ": was " + SpiText.of(sa.spi()),
                    "give each SA an SPI and a key of its own");
        }
    }

    /** Packets carry a level and no type, so that of two contexts at one level the newer SA would take what is the other's. */
    private static void oneContext(Section section, Map<Integer, String> contexts, SaSettings sa) {
        if (sa.direction() != SaSettings.Direction.OUTBOUND) {
            return;
        }
        String other = contexts.putIfAbsent(sa.level(), sa.context());
        if (other != null && !SaLabel.contradict(other, sa.context())) {
            // A context says more than the level by itself.
            contexts.merge(sa.level(), sa.context(), (one, two) -> one.length() >= two.length() ? one : two);
        } else if (other != null) {
            section.problem(
                    ConfigKey.SA_LABEL,
                    "an outbound SA of the peer has the level as " + other + ": was " + sa.context(),
                    "write one context for each level, types play no part in choosing the SA");
        }
    }

    /** What an SA without label brings proves no level, and what has one never leaves by it: beside others it is a leftover. */
    private static void allOrNoneLabelled(Section section, List<SaSettings> before, SaSettings sa) {
        for (SaSettings other : before) {
            if (SaLabel.mixed(other.context(), sa.context())) {
                String name = other.direction().label() + ' ' + SpiText.of(other.spi());
                section.problem(
                        ConfigKey.SA_LABEL,
                        sa.context().isEmpty()
                                ? "is missing, and SA " + name + " of the peer has " + other.context()
                                : "SA " + name + " of the peer has none: was " + sa.context(),
                        "write a label at all SAs of the peer, or at none");
                return;
            }
        }
    }

    /** Names of the peers read so far, also of wrong ones. */
    Set<String> names() {
        return names.keySet();
    }
}
