package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.control.config.HostConfig;
import io.weir.control.doctor.Finding;
import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.Drop;
import io.weir.control.v1.Event;
import io.weir.control.v1.GroupEntry;
import io.weir.control.v1.MacEntry;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortCounters;
import io.weir.control.v1.PortState;
import io.weir.control.v1.Sa;
import io.weir.control.v1.SaDirection;
import io.weir.control.v1.SaLifetime;
import io.weir.control.v1.SaState;
import io.weir.control.v1.Statistics;
import io.weir.control.v1.Tunnel;
import io.weir.control.v1.TunnelCounters;
import io.weir.control.v1.TunnelEncapsulation;
import io.weir.control.v1.TunnelPayload;
import io.weir.control.v1.TunnelSelector;
import io.weir.control.v1.TunnelTransport;
import io.weir.control.v1.WorkerStatistics;
import io.weir.datapath.policy.PolicyMode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What verbs print, byte for byte: scripts depend on the JSON, people on the tables. */
@Timeout(30)
class ListingTest {
    private static final Drop DROP = Drop.newBuilder()
            .setReason("vlan-not-allowed")
            .setCode(60)
            .setStage("vlan-ingress")
            .setSeverity("error")
            .setDescription("not carried")
            .setFrames(7)
            .build();

    private static Port port(String yaml, PortState state, String reason, String io) {
        return Port.newBuilder()
                .setNumber(3)
                .setSettings(SettingsMessages.message(HostConfig.readPort("test", yaml, PolicyMode.OFF)))
                .setState(state)
                .setStateReason(reason)
                .setIo(io)
                .setMtu(1500)
                .setMacs(2)
                .setCounters(PortCounters.newBuilder()
                        .setRxFrames(1000)
                        .setTxFrames(12)
                        .setRxBytes(64000)
                        .addDrops(DROP))
                .build();
    }

    private static final List<Port> PORTS = List.of(
            port(
                    "{name: vm1, type: netdev, device: tap-vm1, vlan: {access: 10}}",
                    PortState.PORT_STATE_UP,
                    "",
                    "packet"),
            port(
                    "{name: a, type: tap, netns: blue, vlan: {trunk: [1, 2, 10-19], native: 5}}",
                    PortState.PORT_STATE_DOWN,
                    "\u001b[2Jgone",
                    "tap"),
            port(
                    "{name: q, type: pcap, in: /a.pcap, vlan: {tunnel: 100}}",
                    PortState.PORT_STATE_BLOCKED,
                    "loop",
                    "pcap"));

    private static String printed(Consumer<PrintWriter> printer) {
        StringWriter text = new StringWriter();
        printer.accept(new PrintWriter(text, true));
        return text.toString();
    }

    private static void check(String golden, String actual) throws IOException {
        Path file = Path.of("src/test/resources/golden", golden);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, actual);
        }
        assertEquals(Files.readString(file), actual, "run with -Dgolden.update=true and review the diff");
    }

    @Test
    void shouldPrintPorts() throws IOException {
        check("ports.txt", printed(out -> PortListing.table(PORTS).print(out)));
        check("ports.json", printed(out -> Json.print(out, PortListing.document(PORTS))));
    }

    @Test
    void shouldPrintTheMacTableAndGroups() throws IOException {
        List<MacEntry> macs = List.of(
                MacEntry.newBuilder()
                        .setMac("52:54:00:00:00:01")
                        .setVlan(10)
                        .setPort("vm1")
                        .setKind("learned")
                        .setAgeNs(1_250_000_000L)
                        .build(),
                MacEntry.newBuilder()
                        .setMac("52:54:00:00:00:02")
                        .setVlan(4094)
                        .setPort("a")
                        .setKind("static")
                        .build());
        List<GroupEntry> groups = List.of(GroupEntry.newBuilder()
                .setGroup("01:00:5e:01:02:03")
                .setVlan(10)
                .setPort("vm1")
                .setAgeNs(0)
                .build());

        check("fdb.txt", printed(out -> FdbCommand.table(macs).print(out)));
        check("fdb.json", printed(out -> Json.print(out, FdbCommand.document(macs))));
        check("groups.txt", printed(out -> GroupsCommand.table(groups).print(out)));
        check("groups.json", printed(out -> Json.print(out, GroupsCommand.document(groups))));
    }

    @Test
    void shouldPrintStatistics() throws IOException {
        Statistics statistics = Statistics.newBuilder()
                .setHost("hv7")
                .setVersion("1")
                .setPid(42)
                .setUptimeNs(61_000_000_000L)
                .setRxFrames(1007)
                .setTxFrames(1000)
                .addDrops(DROP)
                .addWorkers(
                        WorkerStatistics.newBuilder().setBatches(5).setSleeps(4).setAllocatedBytes(0))
                .build();

        check("stats.txt", printed(out -> StatsCommand.table(statistics).print(out)));
        check(
                "stats-drops.txt",
                printed(out -> StatsCommand.dropTable(statistics.getDropsList()).print(out)));
        check("stats.json", printed(out -> Json.print(out, StatsCommand.document(statistics))));
    }

    @Test
    void shouldPrintTunnelsAndSas() throws IOException {
        Drop replayed = DROP.toBuilder()
                .setReason("esp-replayed")
                .setCode(152)
                .setStage("esp-decrypt")
                .build();
        Tunnel tunnel = Tunnel.newBuilder()
                .setPeer("hv2")
                .setLocal("192.0.2.1")
                .setRemote("192.0.2.2")
                .setEncapsulation(TunnelEncapsulation.TUNNEL_ENCAPSULATION_UDP)
                .setUdpPort(4500)
                .setPayload(TunnelPayload.TUNNEL_PAYLOAD_ETHERNET)
                .setTransport(TunnelTransport.TUNNEL_TRANSPORT_IO_URING)
                .setDontFragment(true)
                .setLabel("s0-s5")
                .setKeyFile("/etc/weir/hv2.keys")
                .setPort("tun-hv2")
                .setState(PortState.PORT_STATE_UP)
                .setIo("socket")
                .setPathMtu(1500)
                .setMtu(1421)
                .setSasIn(2)
                .setSasOut(1)
                .setCounters(TunnelCounters.newBuilder()
                        .setSent(12)
                        .setReceived(1000)
                        .addDrops(replayed))
                .build();
        Tunnel closed = tunnel.toBuilder()
                .setPeer("gw")
                .setEncapsulation(TunnelEncapsulation.TUNNEL_ENCAPSULATION_RAW)
                .setPayload(TunnelPayload.TUNNEL_PAYLOAD_IP)
                .addSelectors(
                        TunnelSelector.newBuilder().setLocal("10.8.0.0/16").setRemote("10.9.0.0/16"))
                .clearPort()
                .clearState()
                .clearIo()
                .clearMtu()
                .clearPathMtu()
                .clearCounters()
                .setSaStateError("EIO")
                .build();
        Sa sa = Sa.newBuilder()
                .setPeer("hv2")
                .setDirection(SaDirection.SA_DIRECTION_IN)
                .setSpi(0x2001)
                .setLabel("system_u:system_r:app_t:s2")
                .setLevel("s2")
                .setCipher("aes-256-gcm-16")
                .setEsn(true)
                .setReplayWindow(4096)
                .setLifetime(SaLifetime.newBuilder().setSeconds(86_400))
                .setState(SaState.SA_STATE_EXPIRING)
                .setCurrent(true)
                .setPackets(1000)
                .setBytes(64_000)
                .setSequence(1003)
                .addDrops(replayed)
                .setAgeNs(80_000_000_000_000L)
                .setIdleNs(75_000_000_000L)
                .setLeftNs(6_400_000_000_000L)
                .build();

        List<Tunnel> tunnels = List.of(tunnel, closed);
        check("tunnels.txt", printed(out -> TunnelListing.table(tunnels).print(out)));
        check("tunnels.json", printed(out -> Json.print(out, TunnelListing.document(tunnels))));
        List<Sa> sas = List.of(
                sa,
                Sa.newBuilder(sa)
                        .setSpi(-1)
                        .setDirection(SaDirection.SA_DIRECTION_OUT)
                        .clearLabel()
                        .clearLeftNs()
                        .clearIdleNs()
                        .clearDrops()
                        .setCurrent(false)
                        .build());
        check("sas.txt", printed(out -> SaListing.table(sas).print(out)));
        check("sas.json", printed(out -> Json.print(out, SaListing.document(sas))));
    }

    @Test
    void shouldPrintFindings() throws IOException {
        List<Finding> findings = List.of(
                new Finding("tun", Finding.Level.FAIL, "does not open", "modprobe tun"),
                new Finding("kvm", Finding.Level.OK, "API version 12", ""));

        check("doctor.txt", printed(out -> DoctorCommand.table(findings).print(out)));
        check("doctor.json", printed(out -> Json.print(out, DoctorCommand.document(findings))));
    }

    @Test
    void shouldPrintAnEventOnOneLineWhateverItHolds() {
        Event event = Event.newBuilder()
                .setKind("port-down")
                .setPort("vm1")
                .setDetail("a\nb\u202e")
                .build();

        assertEquals("1970-01-01T00:00:00Z port-down vm1 a\\u{a}b\\u{202e}", EventsCommand.line(event));
        assertTrue(Json.line(EventsCommand.document(event)).contains("\"detail\":\"a\\nb"));
    }
}
