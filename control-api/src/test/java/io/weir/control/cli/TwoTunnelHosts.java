package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.control.daemon.Daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Two daemons with a tunnel between their namespaces, each with one guest made of capture files.
 *
 * <pre>
 *   p-web -- daemon a -- tun-b ==[ namespace a -- veth -- namespace b ]== tun-a -- daemon b -- p-db
 *   10.0.0.1             192.0.2.1        ESP in UDP                192.0.2.2             10.0.0.2
 * </pre>
 */
final class TwoTunnelHosts implements AutoCloseable {
    static final String KEY_AB = "a1".repeat(36);
    static final String KEY_BA = "b2".repeat(36);
    static final String KEY_NEXT = "c3".repeat(36);

    /** Peer of both hosts at any level, without port and, at first, without SAs. */
    static final String PEER_WITHOUT_SAS = "c";

    private static final String DOCUMENTS = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web}
            spec:
              identity: {instances: [{port: WEB, ips: [10.0.0.1]}]}
              securityLabel: "u:r:web_t:WEB_LEVEL"
              isolate: {egress: false}
            ---
            apiVersion: weir/v1
            kind: Component
            metadata: {id: db}
            spec:
              identity: {instances: [{port: DB, ips: [10.0.0.2]}]}
              securityLabel: "u:r:db_t:DB_LEVEL"
              ingress:
                - {id: names, from: [{component: web}], l4: [{protocol: udp, ports: "53"}], action: allow}
            """;

    private final Path folder;
    private final List<String> namespaces = new ArrayList<>();
    private final HostSettings settingsA;
    private final HostSettings settingsB;
    private final Daemon a;
    private final Daemon b;
    private String complaint = "";

    TwoTunnelHosts(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path keys = keyFile("ab.keys", "0x1001: " + KEY_AB + "\n0x2001: " + KEY_BA + "\n");
        network();
        settingsA = HostConfig.read("a.yaml", yaml("a", "b", 1, 2, "p-web", keys));
        settingsB = HostConfig.read("b.yaml", yaml("b", "a", 2, 1, "p-db", keys));
        a = new Daemon(settingsA);
        b = new Daemon(settingsB);
        try {
            a.start();
            b.start();
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void network() throws IOException, InterruptedException {
        String nonce = Long.toHexString(ProcessHandle.current().pid());
        for (String host : List.of("a", "b")) {
            namespaces.add("weir-ctl-" + nonce + host);
            ip("netns", "add", namespaces.getLast());
        }
        ip(
                "-n",
                namespaces.get(0),
                "link",
                "add",
                "v",
                "type",
                "veth",
                "peer",
                "name",
                "v",
                "netns",
                namespaces.get(1));
        for (int i = 0; i < namespaces.size(); i++) {
            ip("-n", namespaces.get(i), "address", "add", "192.0.2." + (i + 1) + "/24", "dev", "v");
            ip("-n", namespaces.get(i), "link", "set", "v", "up");
        }
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, command + ": " + said);
    }

    private String yaml(String host, String peer, int address, int other, String guest, Path keys) {
        boolean first = host.equals("a");
        return """
                host: %1$s
                dataDir: %2$s/%1$s/data
                runDir: %2$s/%1$s/run
                peers:
                  - name: %3$s
                    local: 192.0.2.%4$d
                    remote: 192.0.2.%5$d
                    label: s0-s5
                    keyFile: %6$s
                    sas:
                      - {direction: %7$s, spi: 0x1001, label: s2}
                      - {direction: %8$s, spi: 0x2001, label: s2}
                  - {name: %11$s, local: 192.0.2.%4$d, remote: 192.0.2.3}
                ports:
                  - {name: tun-%3$s, type: esp, peer: %3$s, netns: %9$s}
                  - {name: %10$s, type: pcap, out: %2$s/%10$s.pcapng}
                """.formatted(
                        host,
                        folder,
                        peer,
                        address,
                        other,
                        keys,
                        first ? "out" : "in",
                        first ? "in" : "out",
                        namespaces.get(first ? 0 : 1),
                        guest,
                        PEER_WITHOUT_SAS);
    }

    /** A file as key files must be. */
    Path keyFile(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /** Tells both hosts who is where, and at which level. */
    void apply(String webLevel, String dbLevel) throws IOException {
        String text = DOCUMENTS.replace("WEB_LEVEL", webLevel).replace("DB_LEVEL", dbLevel);
        Path onA = Files.writeString(
                folder.resolve("a-policy.yaml"), text.replace("WEB", "p-web").replace("DB", "tun-b"));
        Path onB = Files.writeString(
                folder.resolve("b-policy.yaml"), text.replace("WEB", "tun-a").replace("DB", "p-db"));
        String _ = onA(ExitCode.DONE, "apply", "-f", onA.toString());
        String _ = onB(ExitCode.DONE, "apply", "-f", onB.toString());
    }

    /** What the verb prints on host a; it must end with that status. */
    String onA(int status, String... words) {
        return weir(settingsA, status, words);
    }

    String onB(int status, String... words) {
        return weir(settingsB, status, words);
    }

    private String weir(HostSettings host, int status, String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + host.socket());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int ended = Weir.execute(
                arguments.toArray(new String[0]),
                Optional.of(new PrintWriter(out, true)),
                Optional.of(new PrintWriter(err, true)));
        complaint = err.toString();
        assertEquals(status, ended, String.join(" ", words) + ": " + out + complaint);
        return out.toString();
    }

    /** What the last verb complained of. */
    String complaint() {
        return complaint;
    }

    /** Asks host a until the answer is as wanted; the test's own time limit ends it. */
    String awaitA(Predicate<String> wanted, String... words) {
        return await(settingsA, wanted, words);
    }

    String awaitB(Predicate<String> wanted, String... words) {
        return await(settingsB, wanted, words);
    }

    private String await(HostSettings host, Predicate<String> wanted, String... words) {
        while (true) {
            String answer = weir(host, ExitCode.DONE, words);
            if (wanted.test(answer)) {
                return answer;
            }
            Thread.onSpinWait();
        }
    }

    /** Lets a datagram from web to a port of db arrive on web's port at host a. */
    void send(int port) throws IOException {
        String capture = WebDatagrams.write(folder, 1, port).toString();
        String _ = onA(ExitCode.DONE, "replay", capture, "--port", WebDatagrams.PORT);
    }

    @Override
    public void close() {
        try {
            a.close();
            b.close();
        } finally {
            for (String namespace : namespaces) {
                try {
                    ip("netns", "delete", namespace);
                } catch (IOException | InterruptedException gone) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
