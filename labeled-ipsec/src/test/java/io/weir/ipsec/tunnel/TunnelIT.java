package io.weir.ipsec.tunnel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real guests, sockets, SAs and switches; see {@link TwoHosts}. */
@Timeout(120)
class TunnelIT {
    private static final long BYTES = 64L << 20;

    @Test
    void shouldCarryStreamsBothWaysThoughGuestsHaveALargerMtu() {
        try (TwoHosts hosts = new TwoHosts(TwoHosts.Options.DEFAULT)) {
            TwoHosts.exec(hosts.guest(0), "ping -c 3 -i 0.2 -W 2 10.8.0.2");

            assertStream(hosts, "-c 10.8.0.2");
            assertStream(hosts, "-c 10.8.0.2 -R");
            assertStream(hosts, "-c fd08::2");

            assertTrue(
                    hosts.tunnel(1).counters().coalesced() > 1000,
                    hosts.tunnel(1).toString());
            assertEquals(1500, hosts.tunnel(0).pathMtu());
            assertEquals("socket", hosts.tunnel(0).io());
        }
    }

    private static void assertStream(TwoHosts hosts, String arguments) {
        hosts.serve(1);
        String report = TwoHosts.exec(hosts.guest(0), "iperf3 " + arguments + " -n " + BYTES + " -J");
        Matcher bytes = Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)")
                .matcher(report);
        assertTrue(bytes.find(), report);
        // The server stops to count when the client has sent all, whatever is still in the sockets' buffers: megabytes.
        assertTrue(Long.parseLong(bytes.group(1)) >= BYTES / 2, report);
    }

    @Test
    void shouldTellGuestsWhatFits() {
        try (TwoHosts hosts = new TwoHosts(TwoHosts.Options.DEFAULT)) {
            String output =
                    TwoHosts.exec(hosts.guest(0), "sh -c 'ping -M do -s 1472 -c 3 -i 0.3 -W 1 10.8.0.2 || true'");

            assertTrue(output.contains("mtu = " + hosts.tunnel(0).mtu()), output);
            assertTrue(hosts.dropped(0, DropReason.ESP_MTU_EXCEEDED) >= 1);
            TwoHosts.exec(hosts.guest(0), "ping -M do -s " + (hosts.tunnel(0).mtu() - 28) + " -c 1 -W 2 10.8.0.2");
            TwoHosts.exec(hosts.guest(0), "ping -M dont -s 3000 -c 1 -W 2 10.8.0.2");
            // The first tells this guest, the second the other one, which answers in fragments too.
            TwoHosts.exec(hosts.guest(0), "ping -6 -s 3000 -c 4 -i 0.3 -W 2 fd08::2");
        }
    }

    @Test
    void shouldCarryStreamsInRawEsp() {
        TwoHosts.Options raw =
                new TwoHosts.Options(Encapsulation.RAW, Transport.AUTO, EspCipher.CHACHA20_POLY1305, 1500, 0);
        try (TwoHosts hosts = new TwoHosts(raw)) {
            assertStream(hosts, "-c 10.8.0.2");
        }
    }
}
