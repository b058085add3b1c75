package io.weir.datapath.worker;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real TCP and UDP, with the guests' offloads as they are, between every two kinds of ports. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OffloadedStreamsIT {
    private static final String REASON = "skipped: needs iperf3 (apt-get install iperf3)";
    private static final int BYTES = 64 << 20;

    private TestNamespace host;
    private Switch weir;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        boolean installed = host.succeeds("iperf3 --version");
        if (!installed) {
            System.out.println(REASON);
        }
        Assumptions.assumeTrue(installed, REASON);
        weir = new Switch(TestPorts.workers(1));
        weir.start();
    }

    @AfterEach
    void delete() {
        if (weir != null) {
            weir.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"TAP,TAP", "TAP,PACKET", "PACKET,TAP", "PACKET,PACKET", "TAP,XDP", "XDP,TAP", "PACKET,XDP", "XDP,PACKET"
    })
    void shouldCarryTcp(Guest.Attachment client, Guest.Attachment server) {
        try (Guest a = guest("a", client, "10.9.0.1");
                Guest b = guest("b", server, "10.9.0.2")) {
            serve(b);

            // Small socket buffers: what is in them when the client has sent all, the server does not count.
            String report = a.namespace().exec("iperf3 -c 10.9.0.2 -w 128K -n " + BYTES + " -J");

            assertTrue(received(report) >= BYTES * 9L / 10, report);
            assertEquals(0, checksumErrors(b) + checksumErrors(a));
            assertTrue(
                    weir.statistics().drops().keySet().stream()
                            .noneMatch(reason -> reason.stage().equals("parse")),
                    weir.statistics().toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"TAP,XDP", "PACKET,XDP", "TAP,PACKET"})
    void shouldCarryUdpWithFinishedChecksums(Guest.Attachment client, Guest.Attachment server) {
        try (Guest a = guest("a", client, "10.9.0.1");
                Guest b = guest("b", server, "10.9.0.2")) {
            serve(b);

            String report = a.namespace().exec("iperf3 -c 10.9.0.2 -u -b 20M -l 1400 -n 2M -J");

            assertTrue(report.contains("\"lost_packets\":\t0"), report);
            assertEquals(0, checksumErrors(b));
            assertEquals(Map.of(), a.counters(weir).drops());
        }
    }

    private Guest guest(String name, Guest.Attachment attachment, String address) {
        Guest guest = new Guest(weir, host, name, attachment);
        TestNamespace namespace = guest.namespace();
        namespace.ip("addr add " + address + "/24 dev eth0");
        if (attachment == Guest.Attachment.XDP) {
            // AF_XDP shows frames without what their sender left undone: such a guest must finish its checksums.
            namespace.exec("ethtool -K eth0 tx off");
        }
        return guest;
    }

    /** A server for one test; it has bound its port when the command returns, and ends with its client. */
    private static void serve(Guest guest) {
        guest.namespace().exec("iperf3 -s -1 -D");
        guest.namespace()
                .exec("sh -c 'for i in $(seq 500); do ss -Hltn sport = :5201 | grep -q 5201 && exit 0; done; exit 1'");
    }

    private static long received(String report) {
        Matcher bytes = Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)")
                .matcher(report);
        assertTrue(bytes.find(), report);
        return Long.parseLong(bytes.group(1));
    }

    /** TCP and UDP frames that the guest's kernel threw away for their checksum. */
    private static long checksumErrors(Guest guest) {
        long errors = 0;
        String counters = guest.namespace().exec("nstat -asz TcpInCsumErrors UdpInCsumErrors");
        Matcher matcher = Pattern.compile("InCsumErrors\\s+(\\d+)").matcher(counters);
        int found = 0;
        while (matcher.find()) {
            errors += Long.parseLong(matcher.group(1));
            found++;
        }
        assertEquals(2, found, counters);
        return errors;
    }
}
