package io.weir.control.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.port.PortSettings;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.tunnel.TunnelSettings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Peers, their SAs and their ports in weir.yaml. */
@Timeout(30)
class PeerConfigTest {
    private static final String KEY_OUT = "a1".repeat(36);
    private static final String KEY_IN = "b2".repeat(36);
    private static final String KEY_SHORT = "c3".repeat(20);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path keys;

    @BeforeEach
    void keyFile() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "key files belong to root");
        keys = folder.resolve("hv2.keys");
        Files.writeString(keys, "0x1001: " + KEY_OUT + "\n0x2001: " + KEY_IN + "\n0x2002: " + KEY_SHORT + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    }

    private HostSettings read(String yaml) {
        return HostConfig.read("weir.yaml", yaml.replace("KEYS", keys.toString()));
    }

    private List<String> errors(String yaml) {
        ProblemException refused = assertThrows(ProblemException.class, () -> read(yaml));
        return refused.errors().stream().map(Problem::toString).toList();
    }

    @Test
    void shouldReadAPeerWithItsSasAndItsPort() throws IOException {
        HostSettings settings = read("""
                labels: {cipso: {doi: 7, tags: [5, 1]}, calipso: {doi: 9}}
                peers:
                  - name: hv2
                    local: 192.0.2.1
                    remote: 192.0.2.2
                    port: 4501
                    transport: io_uring
                    dscp: clear
                    label: "s0-s5:c1"
                    keyFile: KEYS
                    sas:
                      - {direction: out, spi: 0x1001, label: "system_u:system_r:app_t:s2:c1", tfc: 512, lifetime: {seconds: 60, bytes: 7, packets: 8}}
                      - {direction: in, spi: 0x2001, label: "s2:c1", esn: false, replayWindow: 128}
                ports:
                  - {name: tun-hv2, type: esp, peer: hv2}
                  - {name: vm7, type: tap, policy: {wireLabel: required, label: "s2-s5"}}
                """);

        PeerSettings peer = settings.peers().getFirst();
        TunnelSettings tunnel = peer.tunnel();
        assertEquals("hv2", tunnel.name());
        assertEquals(InetAddress.ofLiteral("192.0.2.1"), tunnel.local());
        assertEquals(InetAddress.ofLiteral("192.0.2.2"), tunnel.remote());
        assertEquals(Encapsulation.UDP, tunnel.encapsulation());
        assertEquals(4501, tunnel.port());
        assertEquals(TunnelSettings.Payload.ETHERNET, tunnel.payload());
        assertEquals(Transport.IO_URING, tunnel.transport());
        assertTrue(tunnel.dontFragment());
        assertEquals(TunnelSettings.Dscp.CLEAR, tunnel.dscp());
        assertEquals(LevelRange.parse("s0-s5:c1"), peer.label());
        SaSettings out = tunnel.sas().getFirst();
        int level = LevelNumbers.process().number(Level.parse("s2:c1"));
        assertEquals(Direction.OUTBOUND, out.direction());
        assertEquals(0x1001, out.spi());
        assertEquals(level, out.level());
        assertEquals("system_u:system_r:app_t:s2:c1", out.context());
        assertEquals(EspCipher.AES_256_GCM_16, out.cipher());
        assertEquals(512, out.tfcLength());
        assertTrue(out.esn());
        assertEquals(new Lifetime(60, 7, 8), out.lifetime());
        SaSettings in = tunnel.sas().getLast();
        assertEquals(level, in.level());
        assertEquals(128, in.replayWindow());
        assertFalse(in.esn());
        PortSettings port = settings.ports().getFirst();
        assertEquals(PortSettings.Type.ESP, port.type());
        assertEquals("hv2", port.device());
        assertTrue(port.bridge().splitHorizon());
        assertEquals("s2-s5", settings.ports().getLast().policy().label());
        assertEquals(List.of(5, 1), settings.bridge().wireLabels().cipsoTags());
        assertEquals(List.of(), settings.warnings());
    }

    @Test
    void shouldNeverPrintAKey() {
        HostSettings settings = read(peer(""));

        assertFalse(settings.toString().contains(KEY_OUT.substring(0, 4)), settings.toString());
    }

    @Test
    void shouldReadSelectorsAsRanges() {
        TunnelSettings tunnel = read("""
                peers:
                  - {name: gw, local: "2001:db8::1", remote: "2001:db8::2", encapsulation: raw, payload: ip, selectors: [{local: 10.8.0.0/16, remote: 10.9.1.1/32}, {local: "fd00:8::/64", remote: "fd00:9::/64"}]}
                """).peers().getFirst().tunnel();

        assertArrayEquals(
                new long[] {0, 0xFFFF_0A08_0000L}, tunnel.selectors().getFirst().localLow());
        assertArrayEquals(
                new long[] {0, 0xFFFF_0A08_FFFFL}, tunnel.selectors().getFirst().localHigh());
        assertArrayEquals(
                new long[] {0xFD00_0008_0000_0000L, -1L},
                tunnel.selectors().getLast().localHigh());
        assertEquals(
                "10.8.0.0/16",
                Selectors.text(
                        tunnel.selectors().getFirst().localLow(),
                        tunnel.selectors().getFirst().localHigh()));
    }

    @Test
    void shouldWarnOfAPeerThatNoPortLeadsTo() {
        HostSettings settings = read(peer(""));

        assertEquals(
                List.of(
                        "weir.yaml:3: peers[0].name: no port leads to it: was hv2; add {name: tun-hv2, type: esp, peer: hv2}"
                                + " to ports"),
                settings.warnings().stream().map(Problem::toString).toList());
    }

    @Test
    void shouldWarnOfLabelsThatDoNothing() {
        HostSettings settings = read("""
                policy: {mode: off}
                peers:
                  - name: hv2
                    local: 192.0.2.1
                    remote: 192.0.2.2
                    keyFile: KEYS
                    sas: [{direction: in, spi: 0x2001}]
                ports:
                  - {name: tun-hv2, type: esp, peer: hv2}
                  - {name: vm7, type: tap, policy: {label: "s2-s5"}}
                  - {name: vm8, type: tap, policy: {mode: enforce, label: s2}}
                """);

        assertEquals(
                List.of(
                        "weir.yaml:10: ports[1].policy.label: nothing is judged between this port and others whose mode is off,"
                                + " not by level either: was s2-s5; set mode: enforce, or remove label",
                        "weir.yaml:7: peers[0].sas[0].label: is missing, though this host uses labels: where they are in force"
                                + " every flow has a level, so none leaves by an SA without one, and what arrives by it has"
                                + " the default level; write label: LEVEL at all SAs of the peer, s0 for what has no label of"
                                + " its own"),
                settings.warnings().stream().map(Problem::toString).toList());
    }

    @Test
    void shouldNotWarnOfSasWithoutLabelWhereNothingHasOne() {
        HostSettings settings =
                read(peer("").replace(", label: s2", "") + "ports: [{name: t, type: esp, peer: hv2}]\n");

        assertEquals(List.of(), settings.warnings());
    }

    /** A peer that is right; {@code more} follows its keys. */
    private static String peer(String more) {
        return """
                policy: {mode: off}
                peers:
                  - name: hv2
                    local: 192.0.2.1
                    remote: 192.0.2.2
                    keyFile: KEYS
                    sas: [{direction: out, spi: 0x1001, label: s2}, {direction: in, spi: 0x2001, label: s2}]
                """ + more.lines().map(line -> "    " + line + "\n").reduce("", String::concat);
    }

    /** A line that replaces the one with the same key of a peer that is right, or is added. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: "h v"             | name          | must be 1 to 32 letters
            local: hv1.example.org  | local         | must be an IP address: was hv1.example.org
            local: 0.0.0.0          | local         | must be the address of one host: was 0.0.0.0
            remote: 224.0.0.1       | remote        | must be the address of one host
            remote: 192.0.2.1       | remote        | must be another address than local
            remote: 127.0.0.1       | remote        | must be the address of another host, as local 192.0.2.1 is no loopback address: was 127.0.0.1
            remote: 2001:db8::2     | remote        | must be of the family of local 192.0.2.1
            encapsulation: tcp      | encapsulation | must be udp | raw: was tcp
            port: 0                 | port          | must be 1 to 65535: was 0
            payload: frames         | payload       | must be ethernet | ip: was frames
            payload: ip             | selectors     | is missing with payload: ip
            transport: dpdk         | transport     | must be auto | socket | epoll | io_uring: was dpdk
            label: s9-s2            | label         | must dominate the low one
            label: s3-s5            | sas[0].label  | must lie in the peer's label s3-s5: was s2
            selectors: []           | selectors     | means nothing with payload: ethernet
            dontFragment: maybe     | dontFragment  | must be true or false
            keyFile: hv2.keys       | keyFile       | must be an absolute path: was hv2.keys
            keyFile: /nowhere/keys  | keyFile       | /nowhere/keys cannot be opened: ENOENT
            keyfile: x              | keyfile       | did you mean keyFile?
            sas: {spi: 7}           | sas           | must be a list
            """)
    void shouldNameKeyValueAndRemedyWhenAPeerIsWrong(String line, String key, String words) {
        String word = line.substring(0, line.indexOf(':') + 1);
        String right = peer("");
        int at = right.indexOf(word.equals("name:") ? "name:" : "    " + word);
        String wrong = at < 0 ? peer(line) : right.replaceFirst("(?m)" + word + " .*$", line);

        List<String> errors = errors(wrong);

        String first = errors.getFirst();
        assertTrue(first.contains(": peers[0]." + key + ": "), errors::toString);
        assertTrue(first.contains(words.strip()), errors::toString);
        assertTrue(first.startsWith("weir.yaml:"), errors::toString);
    }

    /** As above, for one SA. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {spi: 0x1001, label: s2}                                    | direction         | is missing
            {direction: both, spi: 0x1001, label: s2}                   | direction         | must be in | out: was both
            {direction: out, label: s2}                                 | spi               | is missing
            {direction: out, spi: 255, label: s2}                       | spi               | must be 256 to 4294967295: was 255
            {direction: out, spi: 0x100000000, label: s2}               | spi               | must be 256 to 4294967295
            {direction: out, spi: 0x1002, label: s2}                    | spi               | has no key for SPI 0x1002
            {direction: out, spi: 0x2002, label: s2}                    | spi               | has a key of 20 bytes for SPI 0x2002, its cipher takes 36
            {direction: out, spi: 0x1001, label: s2-s5}                 | label             | must be one level, no range: was s2-s5
            {direction: out, spi: 0x1001, label: "u:r:t:s2-s5"}         | label             | must be one level, no range
            {direction: out, spi: 0x1001, label: "u:r:t:s16"}           | label             | was s16
            {direction: out, spi: 0x1001, label: s2, cipher: aes-256}   | cipher            | was aes-256
            {direction: out, spi: 0x1001, label: s2, esn: 1}            | esn               | must be true or false
            {direction: out, spi: 0x1001, label: s2, replayWindow: 64}  | replayWindow      | means nothing on an outbound SA
            {direction: in, spi: 0x1001, label: s2, replayWindow: 100}  | replayWindow      | must be a multiple of 64: was 100
            {direction: in, spi: 0x1001, label: s2, tfc: 100}           | tfc               | means nothing on an inbound SA
            {direction: out, spi: 0x1001, lifetime: {seconds: -1}}      | lifetime.seconds  | was -1
            {direction: out, spi: 0x1001, key: abcd}                    | key               | unknown key
            """)
    void shouldNameKeyValueAndRemedyWhenAnSaIsWrong(String sa, String key, String words) {
        List<String> errors = errors(peer("").replaceFirst("sas: .*", "sas: [" + sa + "]"));

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("weir.yaml:7: peers[0].sas[0]." + key + ": "), errors::toString);
        assertTrue(errors.getFirst().contains(words.strip()), errors::toString);
    }

    @Test
    void shouldWantALabelOnEverySaWhenThePeerHasOne() {
        List<String> errors = errors(peer("label: s2").replace(", label: s2}", "}"));

        assertEquals(2, errors.size(), errors::toString);
        assertTrue(errors.getFirst().contains("peers[0].sas[0].label: is missing, and the peer's label is s2"));
    }

    @Test
    void shouldRefuseTwoContextsAlsoBehindALevelByItself() throws IOException {
        Files.writeString(
                keys,
                "0x1001: " + KEY_OUT + "\n0x1002: " + "d4".repeat(36) + "\n0x2001: " + KEY_IN + "\n0x1003: "
                        + "e5".repeat(36) + "\n");
        String sas = "sas: [{direction: out, spi: 0x1001, label: \"s2\"},"
                + " {direction: out, spi: 0x1002, label: \"u:r:app_t:s2\"},"
                + " {direction: out, spi: 0x1003, label: \"u:r:db_t:s2\"},"
                + " {direction: in, spi: 0x2001, label: \"u:r:db_t:s2\"}]";

        assertEquals(1, errors(peer("").replaceFirst("sas: .*", sas)).size());
    }

    @Test
    void shouldRefuseSasWithAndWithoutLabelOfOnePeer() {
        String without = peer("").replace("spi: 0x2001, label: s2", "spi: 0x2001");
        String with = peer("").replace("spi: 0x1001, label: s2", "spi: 0x1001");

        assertEquals(
                List.of(
                        "weir.yaml:7: peers[0].sas[1].label: is missing, and SA out 0x1001 of the peer has s2; write a label at"
                                + " all SAs of the peer, or at none"),
                errors(without));
        assertEquals(
                List.of(
                        "weir.yaml:7: peers[0].sas[1].label: SA out 0x1001 of the peer has none: was s2; write a label at all"
                                + " SAs of the peer, or at none"),
                errors(with));
    }

    @Test
    void shouldRefuseAnotherContextAtTheLevelOfAnOutboundSa() throws IOException {
        Files.writeString(
                keys,
                "0x1001: " + KEY_OUT + "\n0x1002: " + "d4".repeat(36) + "\n0x2001: " + KEY_IN + "\n0x2002: "
                        + "e5".repeat(36) + "\n");
        String sas = "sas: [{direction: out, spi: 0x1001, label: \"u:r:app_t:s2\"},"
                + " {direction: out, spi: 0x1002, label: \"u:r:db_t:s2\"},"
                + " {direction: in, spi: 0x2001, label: \"u:r:app_t:s2\"},"
                + " {direction: in, spi: 0x2002, label: \"u:r:db_t:s2\"}]";

        List<String> errors = errors(peer("").replaceFirst("sas: .*", sas));

        assertEquals(1, errors.size(), errors::toString);
        assertTrue(
                errors.getFirst()
                        .contains("peers[0].sas[1].label: an outbound SA of the peer has the level as u:r:app_t:s2:"
                                + " was u:r:db_t:s2;"),
                errors::toString);
        HostSettings rekeyed = read(peer("").replaceFirst("sas: .*", sas.replace("db_t", "app_t")));
        assertEquals(4, rekeyed.peers().getFirst().tunnel().sas().size());
    }

    @Test
    void shouldRefuseSpisNamesWaysAndPeersThatAreTaken() {
        List<String> errors = errors("""
                peers:
                  - {name: a, local: 192.0.2.1, remote: 192.0.2.2, keyFile: KEYS, sas: [{direction: out, spi: 0x1001}, {direction: in, spi: 0x1001}, {direction: in, spi: 0x2001}]}
                  - {name: a, local: 192.0.2.1, remote: 192.0.2.3}
                  - {name: b, local: 192.0.2.1, remote: 192.0.2.2}
                  - {name: c, local: 192.0.2.1, remote: 192.0.2.4, keyFile: KEYS, sas: [{direction: in, spi: 0x2001}]}
                  - {name: d, local: 192.0.2.1, remote: 192.0.2.5}
                ports:
                  - {name: p, type: esp, peer: d}
                  - {name: q, type: esp, peer: d}
                  - {name: r, type: esp, peer: dd}
                """);

        assertEquals(6, errors.size(), errors::toString);
        assertTrue(errors.get(0).contains("peers[0].sas[1].spi: SPI is taken by peers[0].sas[0]: was 0x1001"));
        assertTrue(errors.get(1).contains("peers[1].name: name is taken by peers[0]: was a"));
        assertTrue(errors.get(2)
                .contains("peers[2].remote: the way is taken by peers[0]: was 192.0.2.1 to 192.0.2.2 port 4500"));
        assertTrue(
                errors.get(3).contains("peers[3].sas[0].spi: SPI is taken by peers[0].sas[2]: was 0x2001"),
                errors::toString);
    }

    @Test
    void shouldRefuseSeveralWorkersWhenThereIsATunnel() {
        List<String> errors = errors("workers: 2\n" + peer("") + "ports: [{name: t, type: esp, peer: hv2}]\n");

        assertEquals(
                List.of(
                        "weir.yaml:1: workers: must be 1 where there are esp ports, because the numbers of an SA belong to one"
                                + " worker: was 2; say workers: 1, or remove the esp ports"),
                errors);
    }
}
