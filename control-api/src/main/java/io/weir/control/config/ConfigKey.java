package io.weir.control.config;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.identity.document.Durations;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.tunnel.TunnelSettings;

import static io.weir.control.config.ConfigKey.Change.LIVE;
import static io.weir.control.config.ConfigKey.Change.RESTART;

/**
 * Every key of {@code weir.yaml}: the reader takes ranges and defaults from here, an unknown key is one that is not here,
 * and {@code docs/configuration.md} is printed from here.
 */
public enum ConfigKey {
    HOST(
            "host",
            "1 to 64 letters, digits, dots, dashes",
            "the machine's host name",
            RESTART,
            "Name of this host in statistics and records."),
    DATA_DIR(
            "dataDir",
            "absolute path",
            "/var/lib/weir",
            RESTART,
            "Folder of what outlives a reboot: revisions, grants and quarantines (`policy.log`), the journal, the numbers that SAs have used (`sa.state`). `pcap` ports that are added over the API read and write below it only. Made when first needed; two daemons cannot share one."),
    RUN_DIR(
            "runDir",
            "absolute path",
            "/run/weir",
            RESTART,
            "Folder of the lock, the socket and the tables that survive a restart of the daemon, on tmpfs: elsewhere frames wait for the disk. Two daemons cannot share one."),
    API("api", "section", "", RESTART, "How the command line and controllers reach the daemon."),
    API_SOCKET(
            "api.socket",
            "absolute path, at most 107 bytes",
            "weir.sock in runDir",
            RESTART,
            "Unix socket of the gRPC services; mode 0660: whoever is neither its owner nor in its group cannot connect."),
    API_GROUP(
            "api.group",
            "name or number of a group",
            "the daemon's own group",
            RESTART,
            "Group that the socket is given to."),
    API_ROLES(
            "api.roles",
            "section",
            "members of the socket's group are operators",
            RESTART,
            "Who may do what on the socket. `viewer` reads; `operator` also changes ports, policy, grants and modes, captures and replays; `admin` everything. User 0 and the daemon's own user are admin always, whoever is not named has no role, the highest of several counts."),
    API_ROLES_VIEWER("api.roles.viewer", "section", "", RESTART, "Who is viewer."),
    API_VIEWER_USERS("api.roles.viewer.users", "list of names or numbers", "none", RESTART, "Users with that role."),
    API_VIEWER_GROUPS("api.roles.viewer.groups", "list of names or numbers", "none", RESTART, "Groups with that role."),
    API_ROLES_OPERATOR("api.roles.operator", "section", "", RESTART, "Who is operator."),
    API_OPERATOR_USERS(
            "api.roles.operator.users", "list of names or numbers", "none", RESTART, "Users with that role."),
    API_OPERATOR_GROUPS(
            "api.roles.operator.groups", "list of names or numbers", "none", RESTART, "Groups with that role."),
    API_ROLES_ADMIN("api.roles.admin", "section", "", RESTART, "Who is admin."),
    API_ADMIN_USERS("api.roles.admin.users", "list of names or numbers", "none", RESTART, "Users with that role."),
    API_ADMIN_GROUPS("api.roles.admin.groups", "list of names or numbers", "none", RESTART, "Groups with that role."),
    API_TCP(
            "api.tcp",
            "section",
            "no TCP listener",
            RESTART,
            "The same services for other hosts, over TLS 1.3 with certificates on both sides; there is no listener without."),
    TCP_ADDRESS(
            "api.tcp.address",
            "IP address and port",
            "must be said",
            RESTART,
            "Where it listens, such as `192.0.2.1:7443` or `[::]:7443`."),
    TCP_CERTIFICATE(
            "api.tcp.certificate",
            "absolute path",
            "must be said",
            RESTART,
            "PEM file of the daemon's certificate, followed by those between it and its authority."),
    TCP_KEY(
            "api.tcp.key",
            "absolute path",
            "must be said",
            RESTART,
            "PEM file of the certificate's private key (PKCS #8, no password); refused when others than its owner may read it."),
    TCP_CLIENT_CA(
            "api.tcp.clientCa",
            "absolute path",
            "must be said",
            RESTART,
            "PEM file of the authorities whose client certificates are accepted."),
    TCP_ROLES(
            "api.tcp.roles",
            "list",
            "must be said",
            RESTART,
            "Which client certificates have which role; each element says one of `cn`, `ou`, `uri`, the highest of several counts, a certificate that none matches has no role."),
    TCP_ROLE_ROLE(
            "api.tcp.roles[].role",
            "viewer | operator | admin",
            "must be said",
            RESTART,
            "The role, as in `api.roles`."),
    TCP_ROLE_CN("api.tcp.roles[].cn", "text", "none", RESTART, "Common name of the certificate's subject."),
    TCP_ROLE_OU("api.tcp.roles[].ou", "text", "none", RESTART, "An organizational unit of the certificate's subject."),
    TCP_ROLE_URI(
            "api.tcp.roles[].uri",
            "text",
            "none",
            RESTART,
            "A URI of the certificate's alternative names, such as `spiffe://corp/weir/viewer`."),
    JOURNAL("journal", "section", "", RESTART, "How much the flow journal in `dataDir` keeps; docs/flows.md."),
    JOURNAL_MAX_MIB(
            "journal.maxMiB",
            4,
            1 << 20,
            1024,
            RESTART,
            "Most mebibytes of all its files; the oldest records go first."),
    JOURNAL_MAX_AGE(
            "journal.maxAge",
            Shape.DURATION,
            60_000_000_000L,
            31_536_000_000_000_000L,
            604_800_000_000_000L,
            RESTART,
            "How long records are kept; at least a minute."),
    METRICS("metrics", "section", "", RESTART, "Counters for Prometheus."),
    METRICS_ADDRESS(
            "metrics.address",
            "IP address and port",
            "off",
            RESTART,
            "Where `GET /metrics` is answered, such as `127.0.0.1:9464` or `[::1]:9464`; whoever can reach it can read the counters. Nothing listens when it is not said."),
    WORKERS(
            "workers",
            1,
            SwitchSettings.MAX_WORKERS,
            1,
            RESTART,
            "Threads that forward frames. Each port belongs to one."),
    IDLE(
            "idle",
            "block | backoff | spin",
            "block",
            RESTART,
            "What a worker does when no frame is there: sleep in the kernel; poll for a while, then sleep; poll for ever (lowest latency, costs one core a worker)."),
    POLICY(
            "policy",
            "section",
            "",
            RESTART,
            "What decides which flows may pass: component manifests, told with `weir apply`."),
    POLICY_MODE(
            "policy.mode",
            "off | audit | enforce",
            "enforce",
            RESTART,
            "How far ports that do not say it themselves are judged. `off`: a plain switch; `audit`: judged and recorded, but what would be denied passes; `enforce`: what no manifest allows is dropped. Other than `off` needs `workers: 1`."),
    LABELS("labels", "section", "", RESTART, "Security labels: what they mean on this host, and on the wire."),
    LABELS_DOMAIN(
            "labels.domain",
            "absolute path",
            "none: levels count, types do not",
            RESTART,
            "Label domain file: names of levels, types and which of them may talk, trusted types; docs/labels.md."),
    LABELS_CIPSO("labels.cipso", "section", "", RESTART, "Labels in IPv4 options (CIPSO, FIPS 188)."),
    CIPSO_DOI(
            "labels.cipso.doi",
            1,
            4_294_967_295L,
            3,
            RESTART,
            "Domain of interpretation; options of another one are refused where a port looks at them."),
    CIPSO_TAGS(
            "labels.cipso.tags",
            "list of 1, 2, 5",
            "[1, 2, 5]",
            RESTART,
            "Tag types that are understood; one is written in the first of them that can say the level."),
    LABELS_CALIPSO("labels.calipso", "section", "", RESTART, "Labels in IPv6 options (CALIPSO, RFC 5570)."),
    CALIPSO_DOI(
            "labels.calipso.doi",
            1,
            4_294_967_295L,
            16,
            RESTART,
            "Domain of interpretation; options of another one are refused where a port looks at them."),
    BRIDGE("bridge", "section", "", RESTART, "The bridge as a whole."),
    BRIDGE_AGEING(
            "bridge.ageing",
            Shape.DURATION,
            0,
            1_000_000_000_000_000L,
            300_000_000_000L,
            RESTART,
            "Time without a frame after which a learned MAC address is forgotten; `0s` never."),
    BRIDGE_MAC_TABLE("bridge.macTable", Shape.POWER_OF_TWO, 64, 1 << 20, 16_384, RESTART, "Most MAC addresses in all."),
    BRIDGE_SNOOPING("bridge.snooping", true, RESTART, "Whether IGMP and MLD reports decide where multicast goes."),
    BRIDGE_FORWARD_LINK_LOCAL(
            "bridge.forwardLinkLocal",
            Shape.BITS,
            0,
            0xFFF8,
            0,
            RESTART,
            "Bit n lets frames to 01:80:c2:00:00:0n pass, as `group_fwd_mask` of a Linux bridge. Bits 0 (spanning tree), 1 (pause) and 2 (LACP) cannot be set."),
    BRIDGE_RECOVERY(
            "bridge.recovery",
            Shape.DURATION,
            0,
            1_000_000_000_000_000L,
            300_000_000_000L,
            RESTART,
            "How long a port stays shut after BPDU guard or a loop; `0s` until an operator enables it again."),
    BRIDGE_MAC_MOVES(
            "bridge.macMovesPerSecond",
            1,
            1_000_000,
            8,
            RESTART,
            "Moves of one MAC address between ports from which on a loop is assumed."),
    STATIC("bridge.static", "list", "none", RESTART, "MAC addresses bound to a port: neither learned nor aged."),
    STATIC_MAC(
            "bridge.static[].mac",
            "unicast MAC address",
            "must be said",
            RESTART,
            "The address, such as `52:54:00:aa:01:02`."),
    STATIC_VLAN(
            "bridge.static[].vlan",
            1,
            VlanSettings.MAX_VLAN,
            VlanSettings.DEFAULT_VLAN,
            RESTART,
            "VLAN in which the address is bound."),
    STATIC_PORT("bridge.static[].port", "name of a port", "must be said", RESTART, "Port behind which the address is."),
    PEERS(
            "peers",
            "list",
            "none",
            RESTART,
            "Hosts to which there are tunnels in ESP (RFC 4303); a port of type `esp` lets frames into one. `weir sas` adds and removes SAs of the running daemon."),
    PEER_NAME(
            "peers[].name",
            "1 to 32 letters, digits, dots, dashes, underscores",
            "must be said",
            RESTART,
            "Unique name, which the port says as `peer`."),
    PEER_LOCAL(
            "peers[].local", "IP address", "must be said", RESTART, "Address of this host, the source of ESP packets."),
    PEER_REMOTE("peers[].remote", "IP address of the same family", "must be said", RESTART, "Address of the peer."),
    PEER_ENCAPSULATION(
            "peers[].encapsulation",
            "udp | raw",
            "udp",
            RESTART,
            "How ESP packets travel. `udp`: in UDP datagrams (RFC 3948). `raw`: as IP protocol 50."),
    PEER_PORT("peers[].port", 1, 65_535, TunnelSettings.DEFAULT_PORT, RESTART, "UDP port of both sides."),
    PEER_PAYLOAD(
            "peers[].payload",
            "ethernet | ip",
            "ethernet",
            RESTART,
            "What ESP packets hold. `ethernet`: whole frames, between Weir hosts. `ip`: IP packets, for any gateway that speaks IPsec; the port stands for the addresses of `selectors`."),
    PEER_TRANSPORT(
            "peers[].transport",
            "auto | socket | epoll | io_uring",
            "auto",
            RESTART,
            "Who moves the datagrams: the fastest that the machine has, Weir's own system calls, Netty's epoll or io_uring. `raw` takes `auto` or `socket`."),
    PEER_DONT_FRAGMENT(
            "peers[].dontFragment",
            true,
            RESTART,
            "Whether ESP packets may not be fragmented on their path; the tunnel then takes no more than the path."),
    PEER_DSCP(
            "peers[].dscp",
            "unlabelled | copy | clear",
            "unlabelled",
            RESTART,
            "What the wire sees of the packets' DSCP, which guests choose: that of packets without a level, of all, of none. Congestion marks are always carried."),
    PEER_LABEL(
            "peers[].label",
            "level or range of levels",
            "any",
            RESTART,
            "Levels that may pass the tunnel, such as `s0-s5`; every SA's level lies in it."),
    PEER_SELECTORS(
            "peers[].selectors",
            "list",
            "everything",
            RESTART,
            "Inner addresses that may pass a tunnel with `payload: ip`, which must say them."),
    SELECTOR_LOCAL(
            "peers[].selectors[].local", "network", "must be said", RESTART, "At this side, such as `10.8.0.0/16`."),
    SELECTOR_REMOTE(
            "peers[].selectors[].remote",
            "network",
            "must be said",
            RESTART,
            "At the peer's side; of the same family."),
    PEER_KEY_FILE(
            "peers[].keyFile",
            "absolute path",
            "must be said where there are SAs",
            RESTART,
            "File of the SAs' keys: a line `0x1001: HEX` each, key then salt (AEAD) or authentication key. It belongs to root and has no rights for anyone else, or the daemon does not start."),
    PEER_SAS(
            "peers[].sas",
            "list",
            "none",
            RESTART,
            "Security associations (RFC 4301) with keys set by hand: one of each direction for each level; several of a level while keys change; of the outbound ones, which all have the same `label`, the last counts. Types play no part in choosing the SA."),
    SA_DIRECTION("peers[].sas[].direction", "in | out", "must be said", RESTART, "Which way its packets go."),
    SA_SPI(
            "peers[].sas[].spi",
            256,
            4_294_967_295L,
            0,
            RESTART,
            "Security parameter index, the number in every packet. Unique within the peer, inbound ones on the whole host."),
    SA_LABEL(
            "peers[].sas[].label",
            "security context or level",
            "none",
            RESTART,
            "Level of all packets of the SA, alone or in a context such as `system_u:system_r:app_t:s2`; no range. Without, it carries frames without level: all where nothing has a label; once a component, port, peer or domain has one, none leaves by it, and what arrives by it has the default level. All SAs of a peer have one, or none."),
    SA_CIPHER(
            "peers[].sas[].cipher",
            "aes-128-gcm-16 | aes-192-gcm-16 | aes-256-gcm-16 | chacha20-poly1305 | aes-128-cbc-hmac-sha2-256-128 | aes-256-cbc-hmac-sha2-256-128 | aes-256-cbc-hmac-sha2-512-256",
            "aes-256-gcm-16",
            RESTART,
            "How its packets are encrypted and authenticated. Those with CBC are for old peers."),
    SA_ESN(
            "peers[].sas[].esn",
            true,
            RESTART,
            "Whether sequence numbers have 64 bits, on both sides; without, the SA ends after 2^32 packets."),
    SA_REPLAY_WINDOW(
            "peers[].sas[].replayWindow",
            64,
            SaSettings.DEFAULT_REPLAY_WINDOW,
            SaSettings.DEFAULT_REPLAY_WINDOW,
            RESTART,
            "Packets that may arrive out of order, a multiple of 64; inbound only."),
    SA_TFC(
            "peers[].sas[].tfc",
            0,
            9000,
            0,
            RESTART,
            "Bytes that each inner packet is padded to at least, so that its length tells nothing; outbound only."),
    SA_LIFETIME(
            "peers[].sas[].lifetime",
            "section",
            "",
            RESTART,
            "When the SA ends, whichever comes first; 0 for no limit."),
    LIFETIME_SECONDS(
            "peers[].sas[].lifetime.seconds",
            0,
            4_000_000_000L,
            0,
            RESTART,
            "Time since its key was first added here."),
    LIFETIME_BYTES("peers[].sas[].lifetime.bytes", 0, Long.MAX_VALUE, 0, RESTART, "Bytes of ESP packets."),
    LIFETIME_PACKETS("peers[].sas[].lifetime.packets", 0, Long.MAX_VALUE, 0, RESTART, "Packets sealed or accepted."),
    PORTS(
            "ports",
            "list",
            "none",
            LIVE,
            "Ports that exist from the start; `weir port add` and `weir port remove` change the running switch."),
    PORT_NAME(
            "ports[].name",
            "1 to 32 letters, digits, dots, dashes, underscores",
            "must be said",
            LIVE,
            "Unique name in every table and counter."),
    PORT_TYPE(
            "ports[].type",
            "tap | netdev | pcap | esp",
            "must be said",
            LIVE,
            "`tap`: Weir makes the interface, in a namespace when `netns` says so. `netdev`: an interface that exists, such as QEMU's tap, a veth end, a NIC. `pcap`: a capture file in, a capture file out. `esp`: the tunnel to a peer; needs `workers: 1`."),
    PORT_PEER(
            "ports[].peer",
            "name of a peer",
            "esp: must be said",
            LIVE,
            "Peer at the other end of an esp port's tunnel; one port each."),
    PORT_DEVICE(
            "ports[].device",
            "interface name, 1 to 15 bytes",
            "tap: the port's name; netdev: must be said",
            LIVE,
            "The kernel's interface."),
    PORT_NETNS(
            "ports[].netns",
            "name or absolute path",
            "the daemon's own",
            LIVE,
            "Network namespace of the device; of an esp port that of the peer's addresses."),
    PORT_IO(
            "ports[].io",
            "auto | packet | xdp",
            "auto",
            LIVE,
            "How a netdev port moves frames. `packet`: AF_PACKET, super-frames pass whole. `xdp`: AF_XDP, most frames a second, no offloads."),
    PORT_MTU(
            "ports[].mtu",
            Shape.MTU,
            PortSettings.MIN_MTU,
            PortSettings.MAX_MTU,
            0,
            LIVE,
            "Largest network-layer packet in bytes; 0 takes the device's own."),
    PORT_ENABLED("ports[].enabled", true, LIVE, "Whether frames pass."),
    PORT_IN(
            "ports[].in",
            "path",
            "none",
            LIVE,
            "Capture file that a pcap port replays: a regular file; below `dataDir` and called `.pcap` or `.pcapng` when the port is added to a running switch."),
    PORT_OUT(
            "ports[].out",
            "path",
            "none",
            LIVE,
            "Capture file that a pcap port writes: a regular file or none yet, and not that of `in`; below `dataDir` and called `.pcap` or `.pcapng` when the port is added to a running switch."),
    PORT_POLICY("ports[].policy", "section", "", LIVE, "How the port stands to the policy."),
    PORT_POLICY_MODE(
            "ports[].policy.mode",
            "off | audit | enforce",
            "`policy.mode` of the host",
            LIVE,
            "How far traffic of the port is judged."),
    PORT_POLICY_ROLE(
            "ports[].policy.role",
            "vm | uplink | host",
            "vm",
            LIVE,
            "What is behind the port, for traffic that no component claims. `vm`: a guest, whose senders must be bound to it; `uplink`: other hosts (`reserved.world`); `host`: this host's own stack (`reserved.host`)."),
    PORT_POLICY_DHCP(
            "ports[].policy.dhcp",
            "none | client | server",
            "none",
            LIVE,
            "What of DHCP and DHCPv6 the port may speak: `client`, whose requests reach ports with `server` only; `server`, also for relays."),
    PORT_POLICY_ROUTER(
            "ports[].policy.router",
            false,
            LIVE,
            "Whether the port may send IPv6 router advertisements and redirects, and from IP addresses of other ports; an uplink always may the former."),
    PORT_POLICY_WIRE_LABEL(
            "ports[].policy.wireLabel",
            "none | verify | required | strip",
            "none",
            LIVE,
            "What is done with label options in the port's IP packets. `none`: they are options like any others. `verify`: one that is there must be well-formed, and is the packet's level; one that leaves is true. `required`: as `verify`, and no IP packet enters or leaves without. `strip`: taken off both ways, and mean nothing."),
    PORT_POLICY_LABEL(
            "ports[].policy.label",
            "level or range of levels",
            "any",
            LIVE,
            "Levels of the flows that may enter or leave by the port, such as `s2` or `s2-s5:c0.c3`. An esp port has the range of its peer."),
    PORT_VLAN(
            "ports[].vlan",
            "section",
            "{access: 1}",
            LIVE,
            "VLANs of the port: one of `access`, `trunk` (with or without `native`), `native` alone, `tunnel`."),
    VLAN_ACCESS(
            "ports[].vlan.access",
            1,
            VlanSettings.MAX_VLAN,
            VlanSettings.DEFAULT_VLAN,
            LIVE,
            "Untagged frames belong to this VLAN; tagged ones are refused."),
    VLAN_TRUNK(
            "ports[].vlan.trunk",
            "list of VLANs and ranges",
            "none",
            LIVE,
            "VLANs carried tagged, such as `[10, 20, 30-39]`."),
    VLAN_NATIVE(
            "ports[].vlan.native",
            1,
            VlanSettings.MAX_VLAN,
            0,
            LIVE,
            "VLAN of a trunk's untagged frames; without it they are refused."),
    VLAN_TUNNEL(
            "ports[].vlan.tunnel",
            1,
            VlanSettings.MAX_VLAN,
            0,
            LIVE,
            "Service VLAN that all frames of the port belong to, whatever tags they carry (QinQ)."),
    VLAN_TAG_TYPE(
            "ports[].vlan.tagType",
            "0x8100 | 0x88a8",
            "0x8100; tunnel: 0x88a8",
            LIVE,
            "EtherType of the tag that the port reads and writes."),
    PORT_LEARNING("ports[].learning", true, LIVE, "Whether source addresses are learned."),
    PORT_MAC_LIMIT("ports[].macLimit", 0, 1 << 20, 0, LIVE, "Most addresses learned on the port; 0 for no limit."),
    PORT_STICKY(
            "ports[].sticky",
            false,
            LIVE,
            "Whether a learned address stays with the port until flushed, and refuses to move."),
    PORT_ISOLATED(
            "ports[].isolated", false, LIVE, "Whether frames between this port and other isolated ports are dropped."),
    PORT_HAIRPIN(
            "ports[].hairpin",
            false,
            LIVE,
            "Whether a frame may leave by the port it came from (reflective relay, for macvlan in VEPA mode)."),
    PORT_SPLIT_HORIZON(
            "ports[].splitHorizon",
            "true | false",
            "esp: true; else false",
            LIVE,
            "Whether frames between this port and others with split horizon are dropped, so that a full mesh of tunnels has no loop."),
    PORT_FLOOD("ports[].flood", "section", "", LIVE, "Which flooded frames leave by the port."),
    FLOOD_UNKNOWN("ports[].flood.unknown", true, LIVE, "Frames to unknown unicast addresses."),
    FLOOD_BROADCAST("ports[].flood.broadcast", true, LIVE, "Broadcast frames."),
    FLOOD_MULTICAST("ports[].flood.multicast", true, LIVE, "Multicast frames that nobody asked for."),
    PORT_BPDU(
            "ports[].bpdu",
            "none | filter | guard",
            "none",
            LIVE,
            "What a spanning-tree frame does: nothing; it is dropped; it shuts the port for `bridge.recovery`."),
    PORT_MULTICAST_ROUTER(
            "ports[].multicastRouter",
            "auto | always | never",
            "auto",
            LIVE,
            "Whether a multicast router is behind the port; `auto` learns it from queries."),
    PORT_FAST_LEAVE(
            "ports[].fastLeave",
            false,
            LIVE,
            "Whether a leave message ends a membership at once: for ports with one listener."),
    PORT_SUPPRESS_NEIGHBOURS(
            "ports[].suppressNeighbours",
            false,
            LIVE,
            "Whether ARP requests and neighbour solicitations towards the port are answered by the switch when it knows the answer."),
    PORT_STORM(
            "ports[].storm",
            "section",
            "",
            LIVE,
            "Storm control: limits on flooded frames that enter by the port, in frames per second; 0 for no limit."),
    STORM_BROADCAST("ports[].storm.broadcast", 0, 100_000_000, 0, LIVE, "Broadcast frames per second."),
    STORM_MULTICAST("ports[].storm.multicast", 0, 100_000_000, 0, LIVE, "Multicast frames per second."),
    STORM_UNKNOWN("ports[].storm.unknown", 0, 100_000_000, 0, LIVE, "Frames per second to unknown unicast addresses.");

    /** How a change of the key takes effect. */
    public enum Change {
        /** The daemon must be started again. */
        RESTART,
        /** {@code weir port set} changes it while frames flow. */
        LIVE
    }

    /** How a value is written. */
    enum Shape {
        TEXT,
        INTEGER,
        FLAG,
        /** A number with a unit, kept in ns. */
        DURATION,
        POWER_OF_TWO,
        /** A mask, best written in hexadecimal. */
        BITS,
        /** A range, or 0. */
        MTU
    }

    private final String path;
    private final Shape shape;
    private final String allowed;
    private final String fallbackText;
    private final long min;
    private final long max;
    private final long fallback;
    private final Change change;
    private final String text;

    ConfigKey(String path, String values, String fallbackText, Change change, String text) {
        this(path, Shape.TEXT, values, fallbackText, 0, 0, 0, change, text);
    }

    ConfigKey(String path, boolean fallback, Change change, String text) {
        this(path, Shape.FLAG, "true | false", Boolean.toString(fallback), 0, 1, fallback ? 1 : 0, change, text);
    }

    ConfigKey(String path, long min, long max, long fallback, Change change, String text) {
        this(path, Shape.INTEGER, min, max, fallback, change, text);
    }

    ConfigKey(String path, Shape shape, long min, long max, long fallback, Change change, String text) {
        this(
                path,
                shape,
                rangeText(shape, min, max),
                fallbackText(shape, min, fallback),
                min,
                max,
                fallback,
                change,
                text);
    }

    ConfigKey(
            String path,
            Shape shape,
            String values,
            String fallbackText,
            long min,
            long max,
            long fallback,
            Change change,
            String text) {
        this.path = path;
        this.shape = shape;
        this.allowed = values;
        this.fallbackText = fallbackText;
        this.min = min;
        this.max = max;
        this.fallback = fallback;
        this.change = change;
        this.text = text;
    }

    private static String rangeText(Shape shape, long min, long max) {
        return switch (shape) {
            case DURATION -> "0s to " + Durations.text(max);
            case POWER_OF_TWO -> "a power of two from " + min + " to " + max;
            case BITS -> "0 to 0x" + Long.toHexString(max) + ", bits 0 to 2 clear";
            case MTU -> "0, or " + min + " to " + max;
            default -> min + " to " + max;
        };
    }

    private static String fallbackText(Shape shape, long min, long fallback) {
        if (shape == Shape.DURATION) {
            return Durations.text(fallback);
        }
        return shape == Shape.INTEGER && fallback < min ? "none" : Long.toString(fallback);
    }

    /** Full key with {@code []} for the elements of a list, such as {@code ports[].vlan.access}. */
    public String path() {
        return path;
    }

    /** Last part of the key. */
    public String word() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Key of the section it stands in, empty for the top. */
    public String section() {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** What may be written, for people. */
    public String allowed() {
        return allowed;
    }

    /** What holds when nothing is written, for people; empty for sections. */
    public String fallbackText() {
        return fallbackText;
    }

    public Change change() {
        return change;
    }

    /** What it means. */
    public String text() {
        return text;
    }

    Shape shape() {
        return shape;
    }

    long min() {
        return min;
    }

    long max() {
        return max;
    }

    /** The default of a number, flag (0 or 1) or duration (ns). */
    long fallback() {
        return fallback;
    }

    /** The words that may stand in a section, in the order of the document. */
    static List<String> words(String section) {
        List<String> words = new ArrayList<>();
        for (ConfigKey key : values()) {
            if (key.section().equals(section)) {
                words.add(key.word());
            }
        }
        return words;
    }
}
