package io.weir.control.metrics;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.audit.NumberNames;
import io.weir.control.config.HostConfig;
import io.weir.control.flow.FlowRecorder;
import io.weir.control.flow.RecordFeed;
import io.weir.control.flow.ScriptedFirewall;
import io.weir.control.journal.JournalSettings;
import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.worker.Switch;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.tunnel.TunnelSettings;
import io.weir.ipsec.tunnel.Tunnels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The text that Prometheus reads, over a real socket. */
@Timeout(60)
class MetricsEndpointTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private static HttpResponse<String> ask(MetricsEndpoint endpoint, String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        }
    }

    /** An endpoint over a switch without ports and a firewall that denied 5 packets of component 18. */
    private interface Use {
        void with(MetricsEndpoint endpoint) throws Exception;
    }

    private void serving(Use use) throws Exception {
        ScriptedFirewall firewall = new ScriptedFirewall();
        JournalSettings journal = new JournalSettings(folder.resolve("journal"), 16 << 20, Duration.ofDays(1));
        String yaml = "runDir: " + folder.resolve("run") + "\npolicy: {mode: off}\n";
        try (SaStateFile state = SaStateFile.inMemory(() -> 1);
                Tunnels tunnels = new Tunnels(CryptoLibrary.best(), state);
                Switch bridge = new Switch(HostConfig.read("weir.yaml", yaml).bridge());
                FlowRecorder recorder = new FlowRecorder(firewall, new NumberNames(), journal, List.of());
                RecordFeed.Watcher watcher = recorder.feed().watch();
                MetricsEndpoint endpoint = MetricsEndpoint.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new SwitchMetrics(bridge, recorder, tunnels))) {
            tunnels.add(peer());
            firewall.deny(18, 5);
            firewall.live(1);
            recorder.start();
            while (watcher.poll(100) == null) {
                assertEquals(List.of(), recorder.errors());
            }
            use.with(endpoint);
        }
    }

    /** A peer with one SA, whose lifetime is not over soon. */
    private static TunnelSettings peer() {
        SaSettings sa = new SaSettings(
                SaSettings.Direction.OUTBOUND,
                0x1001,
                LevelNumbers.process().number(Level.parse("s2")),
                "s2",
                EspCipher.AES_256_GCM_16,
                new SaKey(new byte[36]),
                true,
                SaSettings.DEFAULT_REPLAY_WINDOW,
                0,
                new Lifetime(86_400, 0, 0));
        return new TunnelSettings(
                "hv2",
                InetAddress.ofLiteral("192.0.2.1"),
                InetAddress.ofLiteral("192.0.2.2"),
                Encapsulation.UDP,
                TunnelSettings.DEFAULT_PORT,
                TunnelSettings.Payload.ETHERNET,
                Transport.AUTO,
                List.of(),
                true,
                List.of(sa));
    }

    @Test
    void shouldAnswerWithTheCountersOfTunnelsAndSas() throws Exception {
        serving(endpoint -> {
            String body = ask(endpoint, "GET", "/metrics").body();

            for (String line : List.of(
                    "weir_tunnel_received_total{peer=\"hv2\"} 0.0",
                    "weir_tunnel_keepalives_total{peer=\"hv2\"} 0",
                    "weir_tunnel_ike_messages_total{peer=\"hv2\"} 0",
                    "weir_tunnel_neighbour_messages_total{peer=\"hv2\"} 0",
                    "weir_tunnel_unreachable_total{peer=\"hv2\"} 0",
                    "weir_tunnel_path_mtu_bytes{peer=\"hv2\"} 0.0",
                    "weir_sa_packets_total{direction=\"out\",level=\"s2\",peer=\"hv2\",spi=\"0x1001\"} 0.0",
                    "weir_sa_left_seconds{direction=\"out\",level=\"s2\",peer=\"hv2\",spi=\"0x1001\"} 863")) {
                assertTrue(body.contains(line), line + " is not in " + body);
            }
        });
    }

    @Test
    void shouldAnswerWithTheCountersOfTheSwitch() throws Exception {
        serving(endpoint -> {
            HttpResponse<String> answer = ask(endpoint, "GET", "/metrics");

            assertEquals(200, answer.statusCode());
            for (String line : List.of(
                    "weir_denies_total{destination=\"component-17\",reason=\"ingress-no-rule\",source=\"component-18\"} 5.0",
                    "weir_sessions 1.0",
                    "weir_epoch 7.0",
                    "weir_revision 4.0",
                    "weir_journal_shed_total 0.0",
                    "weir_journal_errors 0.0")) {
                assertTrue(answer.body().lines().anyMatch(line::equals), line + " is not in\n" + answer.body());
            }
            assertTrue(answer.body().contains("jvm_memory_used_bytes{"), answer.body());
        });
    }

    @Test
    void shouldRefuseOtherPathsAndMethods() throws Exception {
        serving(endpoint -> {
            assertEquals(404, ask(endpoint, "GET", "/").statusCode());
            assertEquals(405, ask(endpoint, "POST", "/metrics").statusCode());
        });
    }

    @Test
    void shouldAnswerOthersWhileManyStall() throws Exception {
        serving(endpoint -> {
            List<Socket> stalled = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++) {
                    Socket socket = new Socket(
                            InetAddress.getLoopbackAddress(), endpoint.address().getPort());
                    socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
                    stalled.add(socket);
                }

                assertEquals(200, ask(endpoint, "GET", "/metrics").statusCode());
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
            }
        });
    }
}
