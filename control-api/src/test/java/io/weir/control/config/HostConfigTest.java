package io.weir.control.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                        "weir.yaml:1: policy: mode is not said, which means enforce, and this build has no policy engine yet; "
                                + "say policy: {mode: off}",
                        "weir.yaml:2: polcy: unknown key; did you mean policy?",
                        "weir.yaml:3: workers: must be 1 to 64: was 99; choose a value in that range",
                        "weir.yaml:6: ports[1].vlan.access: must be 1 to 4094: was 5000; choose a value in that range"),
                errors);
    }

    /** One mistake a line: what is appended to a valid head, the key it is reported at, and words of the message. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            host: "bad name"                                       | host                   | must be 1 to 64
            dataDir: relative                                      | dataDir                | must be an absolute path: was relative
            runDir: relative                                       | runDir                 | must be an absolute path: was relative
            api: {socket: weir.sock}                               | api.socket             | must be an absolute path: was weir.sock
            api: {tcp: 1}                                          | api.tcp                | keys here are: socket
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
            {name: a, type: bridge, device: e}                     | type            | must be tap | netdev | pcap: was bridge
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
            {name: a, type: tap, name: b}                          | name            | written twice
            {name: a, type: pcap, in: /dev/zero}                   | in              | must be a regular file: was /dev/zero
            {name: a, type: pcap, out: /tmp}                       | out             | must be a regular file: was /tmp
            {name: a, type: pcap, in: /x/a, out: /x/y/../a}        | out             | must be another file than in
            {name: a, type: pcap, in: "/x\\0y"}                    | in              | no file can be called so
            {name: a, type: netdev, device: "e\\0"}                | device          | must be 1 to 15 bytes
            {name: a, type: tap, netns: "/run\\0"}                 | netns           | must be a name or an absolute path
            """)
    void shouldNameKeyValueAndRemedyWhenAPortIsWrong(String port, String key, String words) {
        List<String> errors = errors(OFF + "ports:\n  - " + port + '\n');

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("weir.yaml:3: ports[0]." + key + ": "), errors.getFirst());
        assertTrue(errors.getFirst().contains(words), errors.getFirst());
    }

    @ParameterizedTest
    @CsvSource({"audit", "enforce"})
    void shouldRefuseToPretendWhenPolicyIsAskedFor(String mode) {
        List<String> errors = errors("policy: {mode: " + mode + "}\n");

        assertEquals(
                List.of("weir.yaml:1: policy.mode: this build has no policy engine yet: was " + mode
                        + "; say policy: {mode: off}"),
                errors);
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
