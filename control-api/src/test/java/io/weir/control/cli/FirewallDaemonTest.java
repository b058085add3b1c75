package io.weir.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the verbs say of frames that went through a daemon's switch. */
@Timeout(120)
class FirewallDaemonTest {
    private static final int DNS = 53;
    private static final int SYSLOG = 514;
    private static final int OTHER = 2000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private LiveDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new LiveDaemon(folder);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void shouldExplainADenialWithTheReasonAndRuleThatWereRecorded() throws IOException {
        daemon.apply(LiveDaemon.WEB, LiveDaemon.DB);
        daemon.send(3, SYSLOG);
        daemon.send(1, OTHER);

        String flows =
                daemon.await(text -> text.contains(":514 ") && text.contains(":2000 "), "flows", "--verdict", "deny");
        assertTrue(
                flows.contains(
                        "10.0.0.1:1000 (web) -> 10.0.0.2:514 (db) udp ingress DENIED db/no-logs" + " ingress-denied"),
                flows);
        assertTrue(flows.contains("10.0.0.2:2000 (db) udp ingress DENIED ingress-no-rule"), flows);

        String byRule = daemon.weir(ExitCode.REFUSED, "explain", "10.0.0.1", "db", "udp/514");
        assertTrue(byRule.contains("drop (ingress-denied: "), byRule);
        assertTrue(byRule.contains("  rule: db/no-logs (component tier, drop, "), byRule);
        assertTrue(byRule.contains("judged: 10.0.0.1 on port p-web -> 10.0.0.2 on port p-db\n"), byRule);
        String atALevel = daemon.weir(ExitCode.REFUSED, "explain", "web", "db", "udp/53", "--label", "s11:c902");
        assertTrue(atALevel.contains("s11:c902 (proven by the packet) is not in s0"), atALevel);
        assertEquals(0, LevelNumbers.process().find(Level.parse("s11:c902")), "a viewer may ask");
        String byDefault = daemon.weir(ExitCode.REFUSED, "explain", "web", "10.0.0.2", "udp/2000");
        assertTrue(byDefault.contains("drop (ingress-no-rule: "), byDefault);
    }

    @Test
    void shouldExplainTheInstanceThatIsDeniedWhenOthersPass() throws IOException {
        String two = LiveDaemon.WEB.replace(
                "ips: [10.0.0.1]}]", "ips: [10.0.0.1]}, {port: p-two, mac: \"52:54:00:00:00:03\", ips: [10.0.0.3]}]");
        String narrow = LiveDaemon.DB.replace(
                "from: [{component: web}], l4: [{protocol: udp, ports: \"53\"}]",
                "from: [{cidr: 10.0.0.1/32}], l4: [{protocol: udp, ports: \"53\"}]");
        daemon.apply(two, narrow);

        String said = daemon.weir(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(
                said.contains("judged: 10.0.0.3 on port p-two -> 10.0.0.2 on port p-db, one of 2 pairs of instances,"
                        + " of which 1 pass"),
                said);
        String at = daemon.weir(ExitCode.DONE, "explain", "10.0.0.1", "db", "udp/53", "--at", "1");
        assertTrue(at.contains("revision 1 by itself: grants and quarantines of now are not in it"), at);
    }

    @Test
    void shouldDenyWithReasonsWhenThereAreNoDocuments() throws IOException {
        daemon.send(4, DNS);

        String flows = daemon.await(text -> !text.isEmpty(), "flows");
        assertTrue(flows.contains("identity-unknown") || flows.contains("policy-missing"), flows);
        String drops = daemon.weir(ExitCode.DONE, "stats", "--drops");
        assertTrue(drops.contains("identity-unknown") || drops.contains("policy-missing"), drops);
        String top = daemon.weir(ExitCode.DONE, "top", "--once");
        assertTrue(top.contains("identity-unknown") || top.contains("policy-missing"), top);
    }

    @Test
    void shouldShowTheAddressesThatDeniedArpNames() throws IOException {
        daemon.sendArp();

        String flows = daemon.await(text -> text.contains("neighbour-unreachable"), "flows", "--verdict", "deny");
        assertTrue(flows.contains("10.0.0.1 -> 10.0.0.2 arp DENIED neighbour-unreachable"), flows);
    }

    @Test
    void shouldQuarantineByTheMachineAfterTooManyDenials() throws IOException {
        daemon.apply(LiveDaemon.WEB + "  violations: {quarantineAfter: {count: 20, windowMs: 10000}}\n", LiveDaemon.DB);
        daemon.send(50, OTHER);

        String listed = daemon.await(text -> text.contains("web"), "quarantine");
        assertTrue(listed.contains("20 packets denied within 10000 ms"), listed);
        daemon.send(2, DNS);
        String flows = daemon.await(text -> text.contains(" quarantined"), "flows", "--verdict", "deny");
        assertTrue(flows.contains("10.0.0.2:53 (db)"), flows);
        String _ = daemon.await(text -> text.contains("QUARANTINE web begun"), "flows");
        assertTrue(
                daemon.weir(ExitCode.REFUSED, "explain", "web", "db", "udp/53").contains("quarantined"));

        String _ = daemon.weir(ExitCode.DONE, "quarantine", "release", "web");
        daemon.send(1, DNS);
        String _ = daemon.await(text -> text.contains("10.0.0.2:53"), "sessions");
    }

    @Test
    void shouldListLiveFlowsThatADryRunWouldCutAndChangeNothing() throws IOException {
        daemon.apply(LiveDaemon.WEB, LiveDaemon.DB);
        daemon.send(1, DNS);
        String sessions = daemon.await(text -> text.contains("10.0.0.2:53"), "sessions");
        assertTrue(sessions.contains("web") && sessions.contains("db"), sessions);

        String strict = daemon.file("strict.yaml", LiveDaemon.DB.replace("\"53\"", "\"54\""));
        String dry = daemon.weir(ExitCode.DONE, "apply", "--dry-run", "-f", strict);

        assertTrue(dry.contains("10.0.0.1:1000") && dry.contains("10.0.0.2:53"), dry);
        assertTrue(dry.contains("ingress-no-rule"), dry);
        assertTrue(daemon.weir(ExitCode.DONE, "explain", "web", "db", "udp/53").contains("revision 1"));
    }

    @Test
    void shouldRecordWhoChangedWhat() throws IOException {
        daemon.apply(LiveDaemon.WEB, LiveDaemon.DB);
        daemon.apply(LiveDaemon.DB.replace("\"53\"", "\"54\""));
        String _ = daemon.weir(ExitCode.DONE, "rollback", "1", "--reason", "too strict");
        String grant = daemon.file("grant.yaml", """
                apiVersion: weir/v1
                kind: Grant
                metadata: {id: g-1, reason: INC-4432}
                spec:
                  rule: {from: [{component: web}], toComponent: db, l4: [{protocol: tcp, ports: "22"}]}
                  ttlSeconds: 3600
                """);
        String _ = daemon.weir(ExitCode.DONE, "grant", "create", "-f", grant);
        String _ = daemon.weir(ExitCode.DONE, "grant", "revoke", "g-1");
        String brief = grant.replace("grant.yaml", "brief.yaml");
        String _ = daemon.file(
                "brief.yaml",
                Files.readString(Path.of(grant)).replace("g-1", "g-2").replace("3600", "1"));
        String _ = daemon.weir(ExitCode.DONE, "grant", "create", "-f", brief);
        String _ = daemon.weir(ExitCode.DONE, "quarantine", "add", "web", "--reason", "odd");
        String _ = daemon.weir(ExitCode.DONE, "sessions", "flush");
        String _ = daemon.weir(ExitCode.DONE, "port", "set", "p-web", "policy.mode=audit");
        String flows = daemon.await(text -> text.contains("GRANT g-2 expired"), "flows", "--since", "1h");

        String me = System.getProperty("user.name");
        for (String told : new String[] {
            "CHANGE revision by " + me + " revision 1",
            "CHANGE rollback by " + me + " revision 3",
            "GRANT g-1 created by " + me,
            "GRANT g-1 revoked by " + me,
            "QUARANTINE web begun by " + me,
            "CHANGE sessions-flushed by " + me,
            "CHANGE p-web port by " + me
        }) {
            assertTrue(flows.contains(told), told + " is not in:\n" + flows);
        }
    }

    @Test
    void shouldTakeANewModeOfAPortAtOnce() throws IOException {
        daemon.apply(LiveDaemon.WEB, LiveDaemon.DB);
        daemon.send(1, OTHER);
        String _ = daemon.await(text -> text.contains("DENIED ingress-no-rule"), "flows");

        String _ = daemon.weir(ExitCode.DONE, "port", "set", "p-db", "policy.mode=audit");
        daemon.send(1, OTHER);
        String _ = daemon.await(text -> text.contains("AUDITED ingress-no-rule"), "flows");
        String explained = daemon.weir(ExitCode.DONE, "explain", "web", "db", "udp/2000");
        assertTrue(explained.contains("without audit: drop ingress-no-rule"), explained);

        String _ = daemon.weir(ExitCode.DONE, "port", "set", "p-db", "policy.mode=off");
        String _ = daemon.weir(ExitCode.DONE, "explain", "web", "db", "udp/2000");
        String _ = daemon.weir(
                ExitCode.DONE, "port", "set", "p-db", "policy.role=uplink", "policy.dhcp=server", "policy.router=true");
        assertTrue(daemon.weir(ExitCode.DONE, "ports", "-o", "json").contains("uplink"));
    }
}
