package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.control.daemon.Daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The verbs of the firewall against a daemon with a real store and compiler, over its socket. */
@Timeout(120)
class PolicyCommandTest {
    private static final String WEB = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: web, owner: team-web}
            spec:
              identity: {instances: [{port: p-web, mac: "52:54:00:00:00:01", ips: [10.0.0.1]}]}
              isolate: {egress: false}
            """;

    private static final String DB = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: db}
            spec:
              identity: {instances: [{port: p-db, mac: "52:54:00:00:00:02", ips: [10.0.0.2]}]}
              ingress:
                - {id: sql, from: [{component: web}], l4: [{protocol: tcp, ports: "5432"}], action: allow}
            """;

    private static final String GRANT = """
            apiVersion: weir/v1
            kind: Grant
            metadata: {id: g-1, reason: INC-4432}
            spec:
              rule: {from: [{component: web}], toComponent: db, l4: [{protocol: tcp, ports: "22"}]}
              ttlSeconds: 3600
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HostSettings settings;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Daemon daemon;

    private String out = "";
    private String err = "";

    @BeforeEach
    void startDaemon() throws IOException {
        settings = HostConfig.read(
                "weir.yaml", "host: lab\ndataDir: " + folder.resolve("data") + "\nrunDir: " + folder + "\n");
        daemon = new Daemon(settings);
        daemon.start();
        Files.writeString(folder.resolve("web.yaml"), WEB);
        Files.writeString(folder.resolve("db.yaml"), DB);
        Files.writeString(folder.resolve("grant.yaml"), GRANT);
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private int weir(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + settings.socket());
        return run(arguments.toArray(new String[0]));
    }

    private int run(String... arguments) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        int exitCode = Weir.execute(
                arguments, Optional.of(new PrintWriter(printed, true)), Optional.of(new PrintWriter(complained, true)));
        out = printed.toString();
        err = complained.toString();
        return exitCode;
    }

    private void applyBoth() {
        assertEquals(
                ExitCode.DONE, weir("apply", "-f", file("web.yaml"), "-f", file("db.yaml"), "--reason", "first"), err);
    }

    @Test
    void shouldTellWhatWasAppliedAndShowItAgain() {
        applyBoth();

        assertTrue(out.startsWith("added Component db\nadded Component web\nrevision 1 in force, epoch "), out);
        assertEquals(ExitCode.DONE, weir("show"));
        assertTrue(out.contains("id: db") && out.contains("id: web"), out);
        assertEquals(ExitCode.DONE, weir("components"));
        assertTrue(out.contains("db.yaml:1"), out);
        assertEquals(ExitCode.DONE, weir("history", "-o", "json"));
        assertTrue(out.contains("\"reason\" : \"first\""), out);
        assertEquals(ExitCode.DONE, weir("events"));
        assertTrue(out.contains("policy-applied"), out);
    }

    @Test
    void shouldSayWhyWhenExplaining() {
        applyBoth();

        assertEquals(ExitCode.DONE, weir("explain", "web", "db", "tcp/5432"), out + err);
        assertTrue(out.contains("db/sql (component tier, allow, " + file("db.yaml") + ":7)"), out);
        assertEquals(ExitCode.REFUSED, weir("explain", "10.0.0.1", "10.0.0.2", "tcp/22"), err);
        assertTrue(out.contains("ingress-no-rule"), out);
        assertTrue(out.contains("nearest rule that would have allowed: db/sql"), out);
        assertEquals(ExitCode.BAD_INPUT, weir("explain", "nobody", "db", "tcp/22"));
        assertEquals(ExitCode.BAD_INPUT, weir("explain", "web", "db", "tcp"));
    }

    @Test
    void shouldNameFileAndLineOfEveryMistake() throws IOException {
        Files.writeString(
                folder.resolve("bad.yaml"),
                DB.replace("component: web", "component: wbe").replace("spec:", "sepc:"));
        Files.writeString(folder.resolve("lost.yaml"), DB.replace("component: web", "component: wbe"));

        assertEquals(ExitCode.BAD_INPUT, weir("apply", "-f", file("bad.yaml")));
        assertTrue(err.contains(file("bad.yaml") + ":4: sepc: unknown key"), err);
        assertEquals(ExitCode.BAD_INPUT, weir("apply", "-f", file("lost.yaml")));
        assertTrue(err.contains(file("lost.yaml") + ":7: "), err);
        assertEquals(ExitCode.BAD_INPUT, run("validate", "-f", file("lost.yaml")));
        assertTrue(err.contains(file("lost.yaml") + ":7: "), err);
        assertEquals(ExitCode.DONE, weir("history"));
        assertEquals("REVISION  TIME  AUTHOR  CHANGED  REMOVED  DIGEST  REASON\n", out);
    }

    @Test
    void shouldRefuseWithOneWhenTheHeadMovedOrWaits() {
        applyBoth();

        assertEquals(ExitCode.REFUSED, weir("apply", "--delete", "Component/db", "--expect", "0"));
        assertTrue(err.contains("the head is revision 1, not 0"), err);
        assertEquals(ExitCode.DONE, weir("apply", "--delete", "Component/db", "--confirm", "5m"));
        assertTrue(out.contains("unless weir confirm comes before"), out);
        assertEquals(ExitCode.REFUSED, weir("apply", "-f", file("db.yaml")));
        assertEquals(ExitCode.DONE, weir("confirm"));
        assertEquals("revision 2 confirmed\n", out);
        assertEquals(ExitCode.REFUSED, weir("confirm"));
    }

    @Test
    void shouldDiffDocumentsAndMeaningAndRollBack() throws IOException {
        applyBoth();
        Files.writeString(folder.resolve("db.yaml"), DB.replace("5432", "5432-5433"));
        assertEquals(ExitCode.DONE, weir("apply", "-f", file("db.yaml")));

        assertEquals(ExitCode.DONE, weir("diff", "1", "2"), err);
        assertTrue(out.contains("--- Component db\n+++ Component db\n@@ "), out);
        assertTrue(out.contains("allowed now: web -> db tcp/5433\n"), out);
        assertEquals(
                1,
                out.lines()
                        .filter(line -> line.contains("allowed"))
                        .filter(line -> line.contains("->"))
                        .count(),
                out);
        assertEquals(ExitCode.DONE, weir("rollback", "1"));
        assertEquals(ExitCode.REFUSED, weir("explain", "web", "db", "tcp/5433"));
        assertEquals(ExitCode.DONE, weir("explain", "web", "db", "tcp/5433", "--at", "2"), out + err);
        assertEquals(ExitCode.BAD_INPUT, weir("rollback", "9"));
    }

    @Test
    void shouldGiveAndEndAccess() {
        applyBoth();

        assertEquals(ExitCode.DONE, weir("grant", "create", "-f", file("grant.yaml")), err);
        assertEquals(ExitCode.DONE, weir("explain", "web", "db", "tcp/22"), out);
        assertEquals(ExitCode.BAD_INPUT, weir("grant", "create", "-f", file("grant.yaml")));
        assertEquals(ExitCode.DONE, weir("grant", "revoke", "g-1"));
        assertEquals(ExitCode.REFUSED, weir("explain", "web", "db", "tcp/22"));
        assertEquals(ExitCode.DONE, weir("grant", "list"));
        assertTrue(out.contains("g-1    revoked"), out);
    }

    @Test
    void shouldAuditAndQuarantine() {
        applyBoth();

        assertEquals(ExitCode.DONE, weir("mode", "audit", "component:db", "--for", "7d"), err);
        assertEquals(ExitCode.DONE, weir("explain", "web", "db", "tcp/22"), out);
        assertEquals(ExitCode.DONE, weir("quarantine", "add", "web", "--reason", "odd"), err);
        assertEquals(ExitCode.REFUSED, weir("explain", "web", "db", "tcp/5432"));
        assertTrue(out.contains("quarantined"), out);
        assertEquals(ExitCode.DONE, weir("quarantine", "release", "web"));
        assertEquals(ExitCode.BAD_INPUT, weir("quarantine", "release", "web"));
        assertEquals(ExitCode.BAD_INPUT, weir("quarantine", "release"));
    }

    @Test
    void shouldValidateOfflineAndPrintTheSchema() {
        assertEquals(ExitCode.DONE, run("validate", "-f", file("web.yaml"), "-f", file("db.yaml")), err);
        assertEquals(ExitCode.DONE, run("schema"));
        assertTrue(out.contains("\"$schema\""), out);
        assertEquals(ExitCode.BAD_INPUT, run("validate"));
    }
}
