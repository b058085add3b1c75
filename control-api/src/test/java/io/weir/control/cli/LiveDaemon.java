package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.control.daemon.Daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A daemon that enforces, with the ports {@code p-web} and {@code p-db} made of capture files, so that no rights are needed, and its
 * verbs as a user types them.
 */
final class LiveDaemon implements AutoCloseable {
    static final String WEB = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web}
            spec:
              identity: {instances: [{port: p-web, mac: "52:54:00:00:00:01", ips: [10.0.0.1]}]}
              isolate: {egress: false}
            """;

    static final String DB = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: db}
            spec:
              identity: {instances: [{port: p-db, mac: "52:54:00:00:00:02", ips: [10.0.0.2]}]}
              ingress:
                - {id: names, from: [{component: web}], l4: [{protocol: udp, ports: "53"}], action: allow}
                - {id: no-logs, from: [{component: web}], l4: [{protocol: udp, ports: "514"}], action: drop}
            """;

    private final Path folder;
    private final HostSettings settings;
    private final Daemon daemon;
    private String err = "";

    LiveDaemon(Path folder) throws IOException {
        this.folder = folder;
        settings = HostConfig.read("weir.yaml", """
                host: lab
                dataDir: %1$s/data
                runDir: %1$s/run
                ports:
                  - {name: p-web, type: pcap, out: %1$s/web.pcapng}
                  - {name: p-db, type: pcap, out: %1$s/db.pcapng}
                """.formatted(folder));
        daemon = new Daemon(settings);
        daemon.start();
    }

    @Override
    public void close() {
        daemon.close();
    }

    /** A file with that text. */
    String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** What the verb prints; it must end with that status. */
    String weir(int status, String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + settings.socket());
        StringWriter out = new StringWriter();
        StringWriter complaint = new StringWriter();
        int ended = Weir.execute(
                arguments.toArray(new String[0]),
                Optional.of(new PrintWriter(out, true)),
                Optional.of(new PrintWriter(complaint, true)));
        err = complaint.toString();
        assertEquals(status, ended, String.join(" ", words) + ": " + out + err);
        return out.toString();
    }

    /** What the last verb complained of. */
    String complaint() {
        return err;
    }

    void apply(String... texts) throws IOException {
        List<String> words = new ArrayList<>(List.of("apply"));
        for (int i = 0; i < texts.length; i++) {
            words.add("-f");
            words.add(file("doc" + i + ".yaml", texts[i]));
        }
        String _ = weir(ExitCode.DONE, words.toArray(new String[0]));
    }

    /** Lets datagrams from web to a port of db arrive on web's port. */
    void send(int count, int port) throws IOException {
        String capture = WebDatagrams.write(folder, count, port).toString();
        String _ = weir(ExitCode.DONE, "replay", capture, "--port", WebDatagrams.PORT);
    }

    /** Lets web ask by ARP for db. */
    void sendArp() throws IOException {
        String capture = WebDatagrams.writeArp(folder).toString();
        String _ = weir(ExitCode.DONE, "replay", capture, "--port", WebDatagrams.PORT);
    }

    /** Asks until the answer is as wanted; the test's own time limit ends it. */
    String await(Predicate<String> wanted, String... words) {
        while (true) {
            String answer = weir(ExitCode.DONE, words);
            if (wanted.test(answer)) {
                return answer;
            }
            Thread.onSpinWait();
        }
    }
}
