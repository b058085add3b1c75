package io.weir.control.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Frames of labelled components between two daemons, and what the verbs say of it. */
@Timeout(180)
class TunnelDaemonIT {
    private static final int DNS = 53;
    private static final String KEY_LAST = "d4".repeat(36);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private TwoTunnelHosts hosts;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "namespaces and key files need root");
        hosts = new TwoTunnelHosts(folder);
    }

    @AfterEach
    void stop() {
        if (hosts != null) {
            hosts.close();
        }
    }

    @Test
    void shouldCarryAFlowAtItsLevelToTheOtherHost() throws IOException {
        hosts.apply("s2", "s2-s5");

        hosts.send(DNS);

        String there = hosts.awaitB(text -> text.contains("10.0.0.2:53"), "sessions");
        assertTrue(there.contains("LABEL") && there.contains("s2"), there);
        String json = hosts.awaitB(text -> text.contains("10.0.0.2"), "sessions", "-o", "json");
        assertTrue(json.contains("\"label\" : \"s2\""), json);
        assertTrue(json.contains("\"context\" : \"u:r:web_t:s2\""), json);
        String sas = hosts.awaitB(text -> text.contains("0x1001"), "sas", "--peer", "a", "-o", "json");
        assertTrue(sas.contains("\"packets\" : 1"), sas);
        String tunnels = hosts.onA(ExitCode.DONE, "tunnels");
        assertTrue(tunnels.contains("192.0.2.2") && tunnels.contains("s0-s5") && tunnels.contains("1+1"), tunnels);
        assertTrue(hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53").contains("labels: s2 "));
        String flows = hosts.awaitB(text -> text.contains("ALLOWED"), "flows");
        assertTrue(flows.contains(" s2 "), flows);
    }

    @Test
    void shouldDenyALevelThatTheDestinationDoesNotHave() throws IOException {
        hosts.apply("s5", "s2-s3");

        hosts.send(DNS);

        String flows = hosts.awaitA(text -> text.contains("label-denied"), "flows", "--verdict", "deny");
        assertTrue(flows.contains("10.0.0.2:53 (db)") && flows.contains(" s5 "), flows);
        String explained = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(
                explained.contains(
                        "labels: label-denied: s5 (lowest of the source) is not in s2-s3, the range of the destination"),
                explained);
    }

    @Test
    void shouldDenyALevelThatThePeerDoesNotHave() throws IOException {
        hosts.apply("s7", "s7");

        String explained = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");

        assertTrue(explained.contains("is not in s0-s5, the range of the egress port"), explained);
        assertTrue(explained.contains("warning: the label of peer b is s0-s5, which does not have s7: "), explained);
    }

    @Test
    void shouldExplainWhichSaTakesAFlowAndSayWhenItIsGone() throws IOException {
        hosts.apply("s2", "s2-s5");

        String taken = hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53");
        assertTrue(taken.contains("tunnel to b by port tun-b: outbound SA 0x1001 at s2, active\n"), taken);
        String json = hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53", "-o", "json");
        assertTrue(json.contains("\"spi\" : \"0x1001\"") && json.contains("\"dropReason\" : \"\""), json);
        String here = hosts.onB(ExitCode.DONE, "explain", "web", "db", "udp/53");
        assertFalse(here.contains("tunnel to"), here);

        String _ = hosts.onA(ExitCode.DONE, words("sas remove --peer b --direction out --spi 0x1001"));
        String gone = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(gone.contains("udp/53: allow, then dropped as esp-no-sa\n"), gone);
        assertTrue(gone.contains("esp-no-sa: no outbound SA at s2 to b; add one (weir sas add --peer b "), gone);
        String goneJson = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53", "-o", "json");
        assertTrue(
                goneJson.contains("\"action\" : \"allow\"")
                        && goneJson.contains("\"dropReason\" : \"esp-no-sa\"")
                        && goneJson.contains("\"flowsDropped\" : 1"),
                goneJson);
        String byItself = hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53", "--at", "1");
        assertFalse(byItself.contains("tunnel to"), byItself);
    }

    @Test
    void shouldTakeANewRangeOfAPortAtOnceAndForgetThatOfOneThatIsGone() throws IOException {
        hosts.apply("s2", "s2-s5");
        String _ = hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53");

        String _ = hosts.onA(ExitCode.DONE, "port", "set", "p-web", "policy.label=s3-s5");
        String narrow = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(narrow.contains("s2 (lowest of the source) is not in s3-s5, the range of the ingress port"), narrow);
        assertTrue(hosts.onA(ExitCode.DONE, "ports", "-o", "json").contains("\"label\" : \"s3-s5\""));
        String proven = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53", "--label", "s4");
        assertTrue(proven.contains("s4 (proven by the packet) is not in s2, the range of the source"), proven);

        String _ = hosts.onA(ExitCode.BAD_INPUT, "port", "set", "p-web", "policy.label=s16");
        String _ = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        String _ = hosts.onA(ExitCode.BAD_INPUT, "port", "set", "tun-b", "policy.label=s2");

        String _ = hosts.onA(ExitCode.DONE, "port", "remove", "p-web");
        String _ = hosts.onA(ExitCode.DONE, "explain", "web", "db", "udp/53");
    }

    @Test
    void shouldDropAndCountALevelWithoutAnSa() throws IOException {
        hosts.apply("s5", "s5");
        String explained = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(explained.contains("allow, then dropped as esp-no-sa"), explained);

        hosts.send(DNS);

        String tunnels = hosts.awaitA(text -> text.contains("\"esp-no-sa\""), "tunnels", "-o", "json");
        assertTrue(tunnels.contains("\"drops\" : 1"), tunnels);
    }

    @Test
    void shouldChangeKeysWithoutARestart() throws IOException {
        hosts.apply("s5", "s5");
        String keys = hosts.keyFile("next.keys", "0x1005: " + TwoTunnelHosts.KEY_NEXT + "\n")
                .toString();
        String sa = " --spi 0x1005 --label u:r:t:s5 --seconds 3600 --key-file " + keys;

        String _ = hosts.onB(ExitCode.DONE, words("sas add --peer a --direction in" + sa));
        String added = hosts.onA(ExitCode.DONE, words("sas add --peer b --direction out" + sa));
        String again = hosts.onA(ExitCode.DONE, words("sas add --peer b --direction out" + sa));
        assertTrue(added.contains("0x1005") && again.contains("u:r:t:s5"), again);
        hosts.send(DNS);
        String there = hosts.awaitB(text -> text.contains("10.0.0.2:53"), "sessions");
        assertTrue(there.contains("s5"), there);

        String _ = hosts.onA(ExitCode.DONE, "sas", "remove", "--peer", "b", "--direction", "out", "--spi", "0x1005");
        assertFalse(hosts.onA(ExitCode.DONE, "sas").contains("0x1005"));
        String flows = hosts.awaitA(text -> text.contains("removed: out 0x1005"), "flows");
        assertTrue(flows.contains("CHANGE b sa by " + System.getProperty("user.name")), flows);
        assertTrue(flows.contains("added: out 0x1005 u:r:t:s5 aes-256-gcm-16"), flows);
        String events = hosts.onA(ExitCode.DONE, "events");
        assertTrue(events.contains("sa-added") && events.contains("sa-removed"), events);
        noKeyIn(flows
                + events
                + hosts.onA(ExitCode.DONE, "sas", "-o", "json")
                + hosts.onA(ExitCode.DONE, "tunnels", "-o", "json"));
    }

    @Test
    void shouldTellWhenALifetimeIsOver() throws IOException {
        hosts.apply("s5", "s5");
        String keys = hosts.keyFile("next.keys", "0x1005: " + TwoTunnelHosts.KEY_NEXT + "\n")
                .toString();
        String _ = hosts.onA(
                ExitCode.DONE,
                words("sas add --peer b --direction out --spi 0x1005 --label s5 --seconds 1 --key-file " + keys));

        String flows = hosts.awaitA(text -> text.contains("expired: out 0x1005 s5"), "flows");

        assertTrue(flows.contains("CHANGE b sa by weir"), flows);
        assertTrue(hosts.onA(ExitCode.DONE, "sas").contains("expired"));
        assertTrue(hosts.onA(ExitCode.DONE, "events").contains("sa-expired"));
        String explained = hosts.onA(ExitCode.REFUSED, "explain", "web", "db", "udp/53");
        assertTrue(explained.contains("allow, then dropped as esp-sa-exhausted"), explained);
        hosts.send(DNS);
        String _ = hosts.awaitA(text -> text.contains("\"esp-sa-exhausted\""), "tunnels", "-o", "json");
    }

    @Test
    void shouldRefuseBadSasAndChangeNothing() throws IOException {
        String before = hosts.onA(ExitCode.DONE, "sas").replaceAll("[0-9]+s", "");
        String good = hosts.keyFile("good.keys", "0x1005: " + TwoTunnelHosts.KEY_NEXT + "\n")
                .toString();
        String taken = hosts.keyFile("taken.keys", "0x1001: " + TwoTunnelHosts.KEY_NEXT + "\n")
                .toString();
        String shared = hosts.keyFile("shared.keys", "0x1005: " + TwoTunnelHosts.KEY_AB + "\n")
                .toString();
        String broken =
                hosts.keyFile("broken.keys", TwoTunnelHosts.KEY_NEXT + "\n").toString();

        refused("no such peer: was \"x\"", "--peer x --direction out --spi 0x1005");
        refused(
                "SPI is taken by the out SA of peer b",
                "--peer b --direction in --spi 0x1001 --label s5 --key-file " + taken);
        refused("--spi must be 256", "--peer b --direction out --spi 7");
        refused(
                "label must lie in the peer's label s0-s5: was s7",
                "--peer b --direction out --spi 0x1005 --label s7 --key-file " + good);
        refused(
                "label must be one level, no range: was s2-s3; add an SA for each level",
                "--peer b --direction out --spi 0x1005 --label s2-s3 --key-file " + good);
        refused("label is missing", "--peer b --direction out --spi 0x1005 --key-file " + good);
        refused("has no key for SPI 0x1006", "--peer b --direction out --spi 0x1006 --label s5 --key-file " + good);
        refused(
                "its cipher takes 20",
                "--peer b --direction out --spi 0x1005 --label s5 --cipher aes-128-gcm-16 --key-file " + good);
        refused(
                "cipher is unknown: was des",
                "--peer b --direction out --spi 0x1005 --label s5 --cipher des --key-file " + good);
        refused(
                "must be 0 (none) or more: was -5 seconds, 0 bytes, 0 packets",
                "--peer b --direction out --spi 0x1005 --label s5 --seconds -5 --key-file " + good);
        refused("line 1 is no SPI with a key", "--peer b --direction out --spi 0x1005 --label s5 --key-file " + broken);
        refused("must be an absolute path", "--peer b --direction out --spi 0x1005 --label s5 --key-file good.keys");
        refused("its key is that of", "--peer b --direction out --spi 0x1005 --label s5 --key-file " + shared);
        Files.setAttribute(Path.of(good), "unix:mode", 0644);
        refused(
                "may be used by others than root",
                "--peer b --direction out --spi 0x1005 --label s5 --key-file " + good);

        assertEquals(before, hosts.onA(ExitCode.DONE, "sas").replaceAll("[0-9]+s", ""));
    }

    @Test
    void shouldRefuseSasWithAndWithoutLabelOfOnePeer() throws IOException {
        String keys = hosts.keyFile("c.keys", "0x3001: " + TwoTunnelHosts.KEY_NEXT + "\n0x3002: " + KEY_LAST + "\n")
                .toString();
        String first = "--peer " + TwoTunnelHosts.PEER_WITHOUT_SAS + " --direction in --spi 0x3001 --key-file " + keys;
        String second =
                "--peer " + TwoTunnelHosts.PEER_WITHOUT_SAS + " --direction out --spi 0x3002 --key-file " + keys;

        String _ = hosts.onA(ExitCode.DONE, words("sas add " + first));
        refused(
                ExitCode.REFUSED,
                "the in SA 0x3001 of peer c has no label: was s2; all SAs of a peer have a label, or none",
                second + " --label s2");
        String unlabelled = hosts.onA(ExitCode.DONE, "sas", "--peer", TwoTunnelHosts.PEER_WITHOUT_SAS);
        assertTrue(unlabelled.contains("0x3001") && !unlabelled.contains("0x3002"), unlabelled);

        String _ = hosts.onA(
                ExitCode.DONE,
                words("sas remove --peer " + TwoTunnelHosts.PEER_WITHOUT_SAS + " --direction in --spi 0x3001"));
        String _ = hosts.onA(ExitCode.DONE, words("sas add " + second + " --label s2"));
        refused(
                ExitCode.REFUSED,
                "the out SA 0x3002 of peer c has label s2: was no label; all SAs of a peer have a label, or none",
                first);
        String labelled = hosts.onA(ExitCode.DONE, "sas", "--peer", TwoTunnelHosts.PEER_WITHOUT_SAS);
        assertTrue(labelled.contains("0x3002") && !labelled.contains("0x3001"), labelled);
    }

    private void refused(String why, String options) {
        refused(ExitCode.BAD_INPUT, why, options);
    }

    private void refused(int status, String why, String options) {
        String _ = hosts.onA(status, words("sas add " + options));
        assertTrue(hosts.complaint().contains(why), why + " is not in " + hosts.complaint());
        noKeyIn(hosts.complaint());
    }

    private static String[] words(String line) {
        return line.split(" ", -1);
    }

    private static void noKeyIn(String text) {
        for (String key : List.of(TwoTunnelHosts.KEY_AB, TwoTunnelHosts.KEY_BA, TwoTunnelHosts.KEY_NEXT, KEY_LAST)) {
            assertFalse(text.contains(key.substring(0, 6)), text);
        }
    }
}
