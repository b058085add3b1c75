package io.weir.control.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.control.access.ApiSettings;
import io.weir.control.access.CertificateRole;
import io.weir.control.access.CertificateRole.Attribute;
import io.weir.control.access.Role;
import io.weir.control.access.SocketRoles.Members;
import io.weir.control.access.TcpSettings;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.SwitchSettings.StaticMac;
import io.weir.datapath.port.VlanSettings;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class HostConfigTest {
    private static final String OFF = "policy: {mode: off}\n";

    private static HostSettings read(String yaml) {
        return HostConfig.read("weir.yaml", yaml);
    }

    private static List<String> errors(String yaml) {
        ProblemException refused = assertThrows(ProblemException.class, () -> read(yaml));
        return refused.errors().stream().map(Problem::toString).toList();
    }

    @Test
    void shouldTakeDefaultsWhenLittleIsSaid() {
        HostSettings settings = read("host: hv7\n" + OFF);

        assertEquals("hv7", settings.host());
        assertEquals(Path.of("/run/weir/weir.sock"), settings.socket());
        assertEquals(Path.of("/var/lib/weir"), settings.dataDir());
        assertEquals(SwitchSettings.DEFAULT.ageingNs(), settings.bridge().ageingNs());
        assertEquals(
                SwitchSettings.DEFAULT.macTableCapacity(), settings.bridge().macTableCapacity());
        assertEquals(SwitchSettings.DEFAULT.recoveryNs(), settings.bridge().recoveryNs());
        assertEquals(
                SwitchSettings.DEFAULT.macMovesPerSecond(), settings.bridge().macMovesPerSecond());
        assertEquals(SwitchSettings.Idle.BLOCK, settings.bridge().idle());
        assertEquals(List.of(), settings.ports());
    }

    @Test
    void shouldTakeTheBridgeDefaultsWhenAPortSaysLittle() {
        PortSettings port = read(OFF + "ports: [{name: a, type: netdev, device: tap-a}]")
                .ports()
                .getFirst();

        assertEquals(
                new PortSettings(
                        "a",
                        PortSettings.Type.NETDEV,
                        "tap-a",
                        null,
                        PortSettings.Io.AUTO,
                        0,
                        null,
                        null,
                        true,
                        VlanSettings.access(1),
                        BridgeSettings.DEFAULT,
                        PolicySettings.OFF),
                port);
    }

    @Test
    void shouldReadEveryKeyOfTheHost() {
        HostSettings settings = read("""
                host: lab
                dataDir: /d
                runDir: /r
                api: {socket: /s/w.sock}
                journal: {maxMiB: 64, maxAge: 1h}
                metrics: {address: "[::1]:9464"}
                workers: 2
                idle: spin
                policy: {mode: off}
                bridge:
                  ageing: 5m
                  macTable: 1024
                  snooping: false
                  forwardLinkLocal: 0x4000
                  recovery: 30s
                  macMovesPerSecond: 20
                  static: [{mac: "52:54:00:AA:01:02", vlan: 10, port: a}]
                ports: [{name: a, type: tap}]
                """);

        assertEquals(Path.of("/s/w.sock"), settings.socket());
        assertEquals(
                new SwitchSettings(
                        2,
                        SwitchSettings.Idle.SPIN,
                        Path.of("/r/state"),
                        1024,
                        300_000_000_000L,
                        false,
                        0x4000,
                        30_000_000_000L,
                        20,
                        List.of(new StaticMac(0x525400AA0102L, 10, "a"))),
                settings.bridge());
        assertEquals("a", settings.ports().getFirst().device());
        assertEquals(
                new RecordSettings(
                        64L << 20, Duration.ofHours(1), new InetSocketAddress(InetAddress.ofLiteral("::1"), 9464)),
                settings.records());
    }

    @Test
    void shouldListenNowhereAndKeepAWeekWhenNothingIsSaid() {
        assertEquals(
                new RecordSettings(1L << 30, Duration.ofDays(7), null),
                read(OFF).records());
    }

    @Test
    void shouldReadEveryKeyOfAPort() {
        PortSettings port = read(OFF + """
                ports:
                  - name: p
                    type: netdev
                    device: eth1
                    netns: blue
                    io: xdp
                    mtu: 9000
                    enabled: false
                    vlan: {trunk: [10, 20-22], native: 1, tagType: 0x88a8}
                    learning: false
                    macLimit: 4
                    sticky: true
                    isolated: true
                    hairpin: true
                    flood: {unknown: false, broadcast: false, multicast: false}
                    bpdu: guard
                    multicastRouter: always
                    fastLeave: true
                    suppressNeighbours: true
                    storm: {broadcast: 1, multicast: 2, unknown: 3}
                """).ports().getFirst();

        BitSet trunk = new BitSet();
        trunk.set(10);
        trunk.set(20, 23);
        assertEquals(
                new PortSettings(
                        "p",
                        PortSettings.Type.NETDEV,
                        "eth1",
                        "blue",
                        PortSettings.Io.XDP,
                        9000,
                        null,
                        null,
                        false,
                        new VlanSettings(VlanSettings.Mode.TRUNK, 1, trunk, VlanSettings.TAG_SERVICE),
                        new BridgeSettings(
                                false,
                                4,
                                true,
                                true,
                                true,
                                false,
                                false,
                                false,
                                false,
                                true,
                                BridgeSettings.MulticastRouter.ALWAYS,
                                true,
                                true,
                                false,
                                new BridgeSettings.StormLimits(1, 2, 3)),
                        PolicySettings.OFF),
                port);
    }

    @Test
    void shouldReadAPcapPortWhenFilesAreNamed() {
        PortSettings port = read(OFF + "ports: [{name: p, type: pcap, in: /a.pcap, out: /b.pcap}]")
                .ports()
                .getFirst();

        assertEquals(Path.of("/a.pcap"), port.pcapIn());
        assertEquals(Path.of("/b.pcap"), port.pcapOut());
        assertEquals("", port.device());
        assertNull(port.netns());
    }

    @Test
    void shouldTellEveryMistakeAtOnceInTheOrderOfTheFile() {
        List<String> errors = errors("""
                host: lab
                polcy: {mode: off}
                workers: 99
                ports:
                  - {name: a, type: tap}
                  - {name: b, type: netdev, device: e0, vlan: {access: 5000}}
                """);

        assertEquals(
                List.of(
                        "weir.yaml:2: polcy: unknown key; did you mean policy?",
                        "weir.yaml:3: workers: must be 1 to 64: was 99; choose a value in that range",
                        "weir.yaml:6: ports[1].vlan.access: must be 1 to 4094: was 5000; choose a value in that range"),
                errors);
    }

    @Test
    void shouldReadWhoMayDoWhat() {
        ApiSettings api = read(OFF + """
                api:
                  group: weir
                  roles: {operator: {users: [alice, 1001], groups: [ops]}, viewer: {groups: [ops, 7]}}
                  tcp:
                    address: "[2001:db8::1]:7443"
                    certificate: /c
                    key: /k
                    clientCa: /a
                    roles: [{role: viewer, ou: x}, {role: admin, uri: "spiffe://a/b"}, {role: operator, cn: y}]
                """).api();

        assertEquals("weir", api.group());
        assertEquals(
                Map.of(
                        Role.OPERATOR, new Members(List.of("alice", "1001"), List.of("ops")),
                        Role.VIEWER, new Members(List.of(), List.of("ops", "7"))),
                api.roles().members());
        assertEquals(
                new TcpSettings(
                        new InetSocketAddress("2001:db8::1", 7443),
                        Path.of("/c"),
                        Path.of("/k"),
                        Path.of("/a"),
                        List.of(
                                new CertificateRole(Attribute.OU, "x", Role.VIEWER),
                                new CertificateRole(Attribute.URI, "spiffe://a/b", Role.ADMIN),
                                new CertificateRole(Attribute.CN, "y", Role.OPERATOR))),
                api.tcp());
    }

    /** A listener is there with all of it, or not at all. */
    @ParameterizedTest
    @ValueSource(strings = {"certificate", "key", "clientCa"})
    void shouldRefuseATcpListenerWithoutMutualTls(String missing) {
        String tcp = "address: 127.0.0.1:1, certificate: /c, key: /k, clientCa: /a, roles: [{role: viewer, cn: a}]";

        List<String> errors = errors(OFF + "api: {tcp: {" + tcp.replaceFirst(missing + ": /., ", "") + "}}\n");

        assertEquals(
                List.of("weir.yaml:2: api.tcp." + missing
                        + ": is missing, and a TCP listener without mutual TLS is refused; write " + missing
                        + ": (absolute path), or remove api.tcp"),
                errors);
    }

    /** As below, in a TCP listener that is right otherwise. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            address: hv7:7443    | [{role: viewer, cn: a}]          | address       | must be IP address and port: was hv7:7443
            address: 127.0.0.1   | [{role: viewer, cn: a}]          | address       | must be IP address and port: was 127.0.0.1
            address: 127.0.0.1:1 | []                               | roles         | says no role
            address: 127.0.0.1:1 | [{role: viewer}]                 | roles[0].role | exactly one of cn, ou, uri: was with 0
            address: 127.0.0.1:1 | [{role: viewer, cn: a, ou: b}]   | roles[0].role | exactly one of cn, ou, uri: was with 2
            address: 127.0.0.1:1 | [{role: root, cn: a}]            | roles[0].role | 'must be viewer | operator | admin: was root'
            address: 127.0.0.1:1 | [{role: none, cn: a}]            | roles[0].role | 'must be viewer | operator | admin: was none'
            address: 127.0.0.1:1 | [{cn: a}]                        | roles[0].role | is missing
            address: 127.0.0.1:1 | [{role: viewer, dn: a}, {role: viewer, cn: a}] | roles[0].dn | unknown key
            """)
    void shouldNameKeyValueAndRemedyWhenTcpIsWrong(String address, String roles, String key, String words) {
        List<String> errors = errors(
                OFF + "api: {tcp: {" + address + ", certificate: /c, key: /k, clientCa: /a, roles: " + roles + "}}\n");

        assertTrue(errors.getFirst().startsWith("weir.yaml:2: api.tcp." + key + ": "), errors::toString);
        assertTrue(errors.getFirst().contains(words.strip()), errors::toString);
    }

    /** One mistake a line: what is appended to a valid head, the key it is reported at, and words of the message. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            host: "bad name"                                       | host                   | must be 1 to 64
            dataDir: relative                                      | dataDir                | must be an absolute path: was relative
            runDir: relative                                       | runDir                 | must be an absolute path: was relative
            api: {socket: weir.sock}                               | api.socket             | must be an absolute path: was weir.sock
            api: {tpc: 1}                                          | api.tpc                | keys here are: socket, group, roles, tcp
            api: [1]                                               | api                    | must be a section of keys
            journal: {maxMiB: 3}                                   | journal.maxMiB         | must be 4 to 1048576: was 3
            journal: {maxAge: 1s}                                  | journal.maxAge         | must be a duration
            metrics: {address: localhost:9464}                     | metrics.address        | must be an IP address and a port: was localhost:9464
            metrics: {address: 127.0.0.1}                          | metrics.address        | must be an IP address and a port
            metrics: {address: "127.0.0.1:65536"}                  | metrics.address        | must be an IP address and a port
            metrics: {address: "999.0.0.1:9464"}                   | metrics.address        | must be an IP address and a port
            metrics: {address: ":9464"}                            | metrics.address        | must be an IP address and a port
            metrics: {port: 9464}                                  | metrics.port           | keys here are: address
            workers: two                                           | workers                | must be a number, 1 to 64: was two
            workers: [1]                                           | workers                | must be a single value: was a list
            workers: 0                                             | workers                | must be 1 to 64: was 0
            idle: sleep                                            | idle                   | must be block | backoff | spin: was sleep
            bridge: {ageing: 300}                                  | bridge.ageing          | must be a duration
            bridge: {ageing: 99999999999d}                         | bridge.ageing          | must be a duration
            bridge: {macTable: 1000}                               | bridge.macTable        | a power of two from 64 to 1048576: was 1000
            bridge: {snooping: maybe}                              | bridge.snooping        | must be true or false: was maybe
            bridge: {forwardLinkLocal: 0x1}                        | bridge.forwardLinkLocal| bits 0 to 2 clear: was 0x1
            bridge: {recovery: soon}                               | bridge.recovery        | must be a duration
            bridge: {macMovesPerSecond: 0}                         | bridge.macMovesPerSecond | was 0
            bridge: {ageeing: 1s}                                  | bridge.ageeing         | did you mean ageing?
            bridge: {static: [{vlan: 1, port: a}]}                 | bridge.static[0].mac   | is missing
            bridge: {static: [{mac: "01:00:5e:00:00:01", port: a}]}| bridge.static[0].mac   | must be the address of one station
            bridge: {static: [{mac: "00:00:00:00:00:00", port: a}]}| bridge.static[0].mac   | must be the address of one station
            bridge: {static: [{mac: nonsense, port: a}]}           | bridge.static[0].mac   | was nonsense
            bridge: {static: [{mac: "02:00:00:00:00:01", port: ab}]} | bridge.static[0].port | no such port: was ab
            bridge: {static: [7]}                                  | bridge.static[0]       | must be a section of keys
            labels: /etc/weir/domain.yaml                          | labels                 | must be a section of keys
            labels: {domain: domain.yaml}                          | labels.domain          | must be an absolute path: was domain.yaml
            labels: {cipso: {doi: 0}}                              | labels.cipso.doi       | must be 1 to 4294967295: was 0
            labels: {cipso: {tags: [1, 3]}}                        | labels.cipso.tags      | list of 1, 2, 5, each once: was 3
            labels: {cipso: {tags: [1, 1]}}                        | labels.cipso.tags      | each once: was 1
            labels: {cipso: {tags: []}}                            | labels.cipso.tags      | holds no tag type
            labels: {calipso: {doi: 4294967296}}                   | labels.calipso.doi     | was 4294967296
            uplinks: []                                            | uplinks                | unknown key
            dataDir: "/d\\0"                                       | dataDir                | no file can be called so
            runDir: "/r\\0"                                        | runDir                 | no file can be called so
            api: {socket: "/s\\0"}                                 | api.socket             | no file can be called so
            """)
    void shouldNameKeyValueAndRemedyWhenTheHostIsWrong(String line, String key, String words) {
        List<String> errors = errors(OFF + "ports: [{name: a, type: tap}]\n" + line + '\n');

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("weir.yaml:3: " + key + ": "), errors.getFirst());
        assertTrue(errors.getFirst().contains(words), errors.getFirst());
    }

    /** As above, for one port. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {type: tap}                                            | name            | is missing
            {name: a}                                              | type            | is missing
            {name: "a b", type: tap, device: e}                    | name            | must be 1 to 32 letters
            {name: a, type: bridge, device: e}                     | type            | must be tap | netdev | pcap | esp: was bridge
            {name: a, type: netdev}                                | device          | is missing
            {name: a, type: tap, device: sixteen-letters-}         | device          | must be 1 to 15 bytes
            {name: a, type: tap, device: a/b}                      | device          | must be 1 to 15 bytes
            {name: a-name-that-is-too-long, type: tap}             | device          | must be 1 to 15 bytes
            {name: a, type: tap, netns: a/b}                       | netns           | must be a name or an absolute path
            {name: a, type: netdev, device: e, io: fast}           | io              | must be auto | packet | xdp: was fast
            {name: a, type: tap, io: xdp}                          | io              | means nothing on a tap port
            {name: a, type: tap, in: /x}                           | in              | means nothing on a tap port
            {name: a, type: pcap, in: /x, device: e}               | device          | means nothing on a pcap port
            {name: a, type: pcap}                                  | in              | a pcap port needs in, out or both
            {name: a, type: tap, mtu: 10}                          | mtu             | must be 0, or 68 to 9216: was 10
            {name: a, type: tap, enabled: yes}                     | enabled         | must be true or false: was yes
            {name: a, type: tap, vlan: 10}                         | vlan            | must be a section of keys
            {name: a, type: tap, vlan: {access: 0}}                | vlan.access     | must be 1 to 4094: was 0
            {name: a, type: tap, vlan: {access: 1, trunk: [2]}}    | vlan.access     | exclude each other
            {name: a, type: tap, vlan: {tunnel: 1, native: 2}}     | vlan.tunnel     | exclude each other
            {name: a, type: tap, vlan: {trunk: 10}}                | vlan.trunk      | must be a list
            {name: a, type: tap, vlan: {trunk: [20-10]}}           | vlan.trunk      | was 20-10
            {name: a, type: tap, vlan: {trunk: [4095]}}            | vlan.trunk      | was 4095
            {name: a, type: tap, vlan: {tagType: 0x9100}}          | vlan.tagType    | must be 0x8100 or 0x88a8: was 0x9100
            {name: a, type: tap, macLimit: -1}                     | macLimit        | was -1
            {name: a, type: tap, bpdu: both}                       | bpdu            | must be none | filter | guard: was both
            {name: a, type: tap, multicastRouter: on}              | multicastRouter | must be auto | always | never
            {name: a, type: tap, flood: {unkown: false}}           | flood.unkown    | did you mean unknown?
            {name: a, type: tap, storm: {broadcast: many}}         | storm.broadcast | must be a number
            {name: a, type: tap, policy: enforce}                  | policy          | must be a section of keys
            {name: a, type: tap, policy: {mode: on}}               | policy.mode     | must be off | audit | enforce: was on
            {name: a, type: tap, policy: {role: guest}}            | policy.role     | must be vm | uplink | host: was guest
            {name: a, type: tap, policy: {dhcp: relay}}            | policy.dhcp     | must be none | client | server: was relay
            {name: a, type: tap, policy: {router: maybe}}          | policy.router   | must be true or false: was maybe
            {name: a, type: tap, name: b}                          | name            | written twice
            {name: a, type: pcap, in: /dev/zero}                   | in              | must be a regular file: was /dev/zero
            {name: a, type: pcap, out: /tmp}                       | out             | must be a regular file: was /tmp
            {name: a, type: pcap, in: /x/a, out: /x/y/../a}        | out             | must be another file than in
            {name: a, type: pcap, in: "/x\\0y"}                    | in              | no file can be called so
            {name: a, type: netdev, device: "e\\0"}                | device          | must be 1 to 15 bytes
            {name: a, type: tap, netns: "/run\\0"}                 | netns           | must be a name or an absolute path
            {name: a, type: tap, peer: b}                          | peer            | means nothing on a tap port
            {name: a, type: esp}                                   | peer            | is missing
            {name: a, type: esp, peer: b}                          | peer            | no such peer: was b
            {name: a, type: esp, peer: b, device: x}               | device          | means nothing on a esp port
            {name: a, type: tap, policy: {wireLabel: trust}}       | policy.wireLabel | must be none | verify | required | strip: was trust
            {name: a, type: tap, policy: {label: s16}}             | policy.label    | was s16
            {name: a, type: tap, policy: {label: s5-s2}}           | policy.label    | must dominate the low one
            {name: a, type: tap, splitHorizon: maybe}              | splitHorizon    | must be true or false: was maybe
            """)
    void shouldNameKeyValueAndRemedyWhenAPortIsWrong(String port, String key, String words) {
        List<String> errors = errors(OFF + "ports:\n  - " + port + '\n');

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("weir.yaml:3: ports[0]." + key + ": "), errors.getFirst());
        assertTrue(errors.getFirst().contains(words), errors.getFirst());
    }

    @Test
    void shouldEnforceWhenNoModeIsSaid() {
        HostSettings settings = read("ports: [{name: a, type: tap}]\n");

        assertEquals(PolicyMode.ENFORCE, settings.policyMode());
        assertEquals(PolicySettings.ENFORCED, settings.ports().getFirst().policy());
    }

    @Test
    void shouldTakeTheModeOfTheHostWhenThePortSaysNone() {
        HostSettings settings = read("""
                policy: {mode: audit}
                ports:
                  - {name: a, type: tap, policy: {role: uplink, dhcp: server, router: true}}
                  - {name: b, type: tap, policy: {mode: off, role: host, dhcp: client}}
                """);

        assertEquals(PolicyMode.AUDIT, settings.policyMode());
        assertEquals(
                List.of(
                        new PolicySettings(
                                PolicyMode.AUDIT,
                                PortRole.UPLINK,
                                PolicySettings.Dhcp.SERVER,
                                true,
                                PolicySettings.WireLabel.NONE),
                        new PolicySettings(
                                PolicyMode.OFF,
                                PortRole.HOST,
                                PolicySettings.Dhcp.CLIENT,
                                false,
                                PolicySettings.WireLabel.NONE)),
                settings.ports().stream().map(PortSettings::policy).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy: {mode: audit}
            policy: {mode: enforce}
            ports: []
            """)
    void shouldRefuseSeveralWorkersWhenTheHostIsJudged(String line) {
        assertEquals(
                List.of(
                        "weir.yaml:1: workers: must be 1 where policy.mode is not off, because sessions belong to one worker: "
                                + "was 2; say workers: 1, or policy: {mode: off} for the host and every port"),
                errors("workers: 2\n" + line + '\n'));
    }

    @Test
    void shouldRefuseSeveralWorkersWhenOnePortIsJudged() {
        String yaml = OFF + "workers: 2\nports: [{name: a, type: tap, policy: {mode: audit}}]\n";

        assertEquals(1, errors(yaml).size());
        assertEquals(2, read(yaml.replace("audit", "off")).bridge().workers());
    }

    @Test
    void shouldRefuseDuplicatesOfNamesAndDevices() {
        List<String> errors = errors(OFF + """
                ports:
                  - {name: a, type: tap, device: e0}
                  - {name: a, type: tap, device: e1}
                  - {name: b, type: netdev, device: e0}
                  - {name: c, type: netdev, device: e0, netns: other}
                """);

        assertEquals(
                List.of(
                        "weir.yaml:4: ports[1].name: name is taken by ports[0]: was a; give each port its own name",
                        "weir.yaml:5: ports[2].device: device is taken by ports[0]: was e0; give each port its own device"),
                errors);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                    | the document is empty
            - a                   | the document is not a section of keys
            'host: [1'            | not YAML
            'a: 1\t\tb: {'        | not YAML
            """)
    void shouldSayWhereWhenTheDocumentIsNoConfiguration(String yaml, String words) {
        List<String> errors = errors(yaml);

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("weir.yaml:1: "), errors.getFirst());
        assertTrue(errors.getFirst().contains(words), errors.getFirst());
    }

    @Test
    void shouldNameTheFileWhenItIsAbsent() {
        ProblemException refused =
                assertThrows(ProblemException.class, () -> HostConfig.read(Path.of("/nowhere/weir.yaml")));

        assertEquals("/nowhere/weir.yaml: no such file; name an existing, readable file", refused.getMessage());
    }

    @Test
    void shouldRefuseASocketPathThatTheKernelCannotTake() {
        List<String> errors = errors(OFF + "api: {socket: /" + "x".repeat(107) + "}\n");

        assertEquals(
                List.of("weir.yaml:2: api.socket: must be at most 107 bytes long: was 108; choose a shorter path"),
                errors);
    }
}
