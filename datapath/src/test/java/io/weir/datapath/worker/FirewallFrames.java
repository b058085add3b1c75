package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;

import static io.weir.datapath.worker.FlowFrames.*;

/** Golden inputs of the stages that ask the policy: a case for each reason they drop for, and what passes beside it. */
final class FirewallFrames {
    private static final String PORTS = "a access 10 enforce\nb access 10 enforce\nc access 10 enforce\n";
    private static final String BOUND = """
            component web a 02:00:00:00:00:0a 10 10.0.0.10
            component web a 02:00:00:00:00:0a 10 fd00::a
            component db b 02:00:00:00:00:0b 10 10.0.0.11
            component db b 02:00:00:00:00:0b 10 fd00::b
            component ops c 02:00:00:00:00:0c 10 10.0.0.12
            """;
    private static final int ANYBODY = 0x0A00_0063;

    private final List<GoldenInput> inputs = new ArrayList<>();

    private FirewallFrames() {}

    static List<GoldenInput> inputs() {
        FirewallFrames frames = new FirewallFrames();
        frames.guard();
        frames.guardedNeighbours();
        frames.verdicts();
        frames.sessions();
        frames.limits();
        frames.related();
        frames.actions();
        return frames.inputs;
    }

    private GoldenInput input(String stage, String name, String ports, String policy) {
        GoldenInput input = GoldenInput.of(stage, name, ports).policy(policy);
        inputs.add(input);
        return input;
    }

    private GoldenInput guarded(String name) {
        return input("source-guard", name, PORTS, BOUND + "allow * * *\n");
    }

    private GoldenInput judged(String name, String rules) {
        return input("firewall", name, PORTS, BOUND + rules);
    }

    private void guard() {
        guarded("spoofed-mac").on("a", udp(MAC_B, MAC_C, 1, 2), udp(MAC_A, MAC_C, 1, 2));
        input(
                        "source-guard",
                        "spoofed-vlan",
                        "a trunk 10,20 enforce\nb trunk 10,20\n",
                        "component web a 02:00:00:00:00:0a 10 -\nallow * * *\n")
                .on("a", Traffic.tagged(20, opaque(MAC_A, MAC_B)), Traffic.tagged(10, opaque(MAC_A, MAC_B)));
        guarded("spoofed-ip").on("a", udp(MAC_A, MAC_B, ANYBODY, ip(MAC_B), 1, 2), udp(MAC_A, MAC_B, 1, 2));
        input("source-guard", "spoofed-by-uplink", "a access 10 enforce\nu access 10 enforce role uplink\n", BOUND)
                .on("u", udp(MAC_C, MAC_A, ip(MAC_A), ip(MAC_B), 1, 2), udp(MAC_A, MAC_B, 1, 2));
        input("source-guard", "spoofed-on-audit", PORTS.replace("enforce", "audit"), BOUND + "allow * * *\n")
                .on("a", udp(MAC_A, MAC_B, ANYBODY, ip(MAC_B), 1, 2));
    }

    private void guardedNeighbours() {
        guarded("spoofed-arp")
                .on("a", Traffic.arpRequest(MAC_A, ANYBODY, ip(MAC_B)), Traffic.arpRequest(MAC_A, 0, ANYBODY))
                .on("a", Traffic.arp(BROADCAST, 2, MAC_B, ip(MAC_B), MAC_A, ip(MAC_A)))
                .on("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)), Traffic.arpRequest(MAC_A, 0, ip(MAC_A)));
        long solicited = 0x3333_FF00_000BL;
        guarded("spoofed-nd")
                .on("a", discovery(MAC_A, MAC_B, "fd00::a", "fd00::b", 136, "fd00::63", 2))
                .on("a", discovery(MAC_A, solicited, "::", "ff02::1:ff00:b", 135, "fd00::63", 14))
                .on("a", discovery(MAC_A, solicited, "fd00::63", "ff02::1:ff00:b", 135, "fd00::b", 1))
                .on("a", discovery(MAC_A, solicited, "fd00::a", "ff02::1:ff00:b", 135, "fd00::b", 1))
                .on("a", discovery(MAC_A, solicited, "::", "ff02::1:ff00:a", 135, "fd00::a", 14))
                .on("a", discovery(MAC_A, MAC_B, "fe80::a", "fd00::b", 136, "fd00::a", 2));
        guarded("router-advertisement-refused").on("a", routerAdvertisement(MAC_A));
        input(
                        "source-guard",
                        "dhcp-server-refused",
                        "a access 10 enforce dhcp client\nb access 10 enforce\ns access 10 enforce dhcp server\n",
                        BOUND + "component dhcp s 02:00:00:00:00:0c - 10.0.0.12\n")
                .on("b", udp(MAC_B, BROADCAST, ip(MAC_B), -1, 67, 68))
                .on("a", udp(MAC_A, BROADCAST, 0, -1, 68, 67))
                .on("s", udp(MAC_C, MAC_A, ip(MAC_C), ip(MAC_A), 67, 68));
    }

    private void verdicts() {
        input("firewall", "policy-missing", PORTS + "d access 10\ne access 10\n", "")
                .on("a", udp(MAC_A, MAC_B, 1, 2))
                .on("d", opaque(MAC_C, BROADCAST));
        judged("identity-unknown", "allow web db *\n").on("a", udp(MAC_A, 0x0200_0000_00EEL, 1, 2));
        judged("assurance-too-low", "assurance-too-low web\n").on("a", udp(MAC_A, MAC_B, 1, 2));
        judged("label-denied", "label-denied web\n").on("a", udp(MAC_A, MAC_B, 1, 2));
        judged("label-type-denied", "label-type-denied web\n").on("a", udp(MAC_A, MAC_B, 1, 2));
        judged("quarantined", "quarantined db\nallow * * *\n")
                .on("b", opaque(MAC_B, MAC_C))
                .on("a", udp(MAC_A, MAC_B, 1, 2));
        learned("egress-denied", "drop web db udp/53\nallow web db *\n")
                .on("a", udp(MAC_A, MAC_B, 1, 53), udp(MAC_A, MAC_B, 1, 54));
        learned("ingress-denied", "drop-in web db udp/53\nallow web db *\n").on("a", udp(MAC_A, MAC_B, 1, 53));
        learned("egress-no-rule", "allow web db udp/53\n").on("a", udp(MAC_A, MAC_B, 1, 54), udp(MAC_A, MAC_B, 1, 53));
        learned("ingress-no-rule", "egress-only web db *\n").on("a", udp(MAC_A, MAC_B, 1, 54));
        learned("protocol-unjudged", "allow web db udp/*\n").on("a", opaque(MAC_A, MAC_B), udp(MAC_A, MAC_B, 1, 2));
        judged("neighbour-unreachable", "allow web db udp/*\n")
                .on("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_C)))
                .on("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)))
                .on("b", Traffic.arp(MAC_A, 2, MAC_B, ip(MAC_B), MAC_A, ip(MAC_A)));
        judged("flood-to-the-allowed", "allow web db udp/*\nallow web ops ether\n")
                .on("a", udp(MAC_A, BROADCAST, ip(MAC_A), ip(MAC_B), 1, 2), opaque(MAC_A, BROADCAST));
    }

    /** All three hosts have been heard, so that frames to them are not flooded. */
    private GoldenInput learned(String name, String rules) {
        return heard(judged(name, rules + "allow * * icmp/8\nallow db ops ether\nallow ops web ether\n"));
    }

    private static GoldenInput heard(GoldenInput input) {
        return input.on("b", opaque(MAC_B, MAC_C)).on("c", opaque(MAC_C, MAC_A)).on("a", icmp(MAC_A, MAC_B, 8, 0, 1));
    }

    private void sessions() {
        learned("tcp-no-session", "allow web db tcp/80\n")
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 1, 1), tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0))
                .on("b", tcp(MAC_B, MAC_A, 80, 4000, SYN | ACK, 500, 101))
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501));
        learned("tcp-invalid", "allow web db tcp/80\n")
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0))
                .on("b", tcp(MAC_B, MAC_A, 80, 4000, SYN | ACK, 500, 101))
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 501))
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, ACK, 0x7000_0000, 501));
        learned("udp-reply", "allow web db udp/53\n")
                .on("b", udp(MAC_B, MAC_A, 53, 4000))
                .on("a", udp(MAC_A, MAC_B, 4000, 53))
                .on("b", udp(MAC_B, MAC_A, 53, 4000));
        GoldenInput full = judged("session-table-full", "allow web db udp/*\nallow db web ether\nallow web db ether\n")
                .sessions(1024)
                .on("b", opaque(MAC_B, MAC_A))
                .on("a", opaque(MAC_A, MAC_B));
        for (int i = 0; i < 258; i++) {
            // Answered ones give way to nobody.
            full.on("a", udp(MAC_A, MAC_B, 1000 + i, 53)).on("b", udp(MAC_B, MAC_A, 53, 1000 + i));
        }
    }

    private void limits() {
        learned("connection-limit", "limits 1 connections=2\nallow,limits=1 web db udp/*\n")
                .on("a", udp(MAC_A, MAC_B, 1, 53), udp(MAC_A, MAC_B, 2, 53), udp(MAC_A, MAC_B, 3, 53))
                .on("a", udp(MAC_A, MAC_B, 1, 53));
        learned("connection-rate", "limits 1 new=2\nallow,limits=1 web db udp/*\n")
                .on("a", udp(MAC_A, MAC_B, 1, 53), udp(MAC_A, MAC_B, 2, 53), udp(MAC_A, MAC_B, 3, 53))
                .after(1000)
                .on("a", udp(MAC_A, MAC_B, 3, 53));
        learned("rate-exceeded", "limits 1 packets=20\nallow,limits=1 web db udp/*\n")
                .on("a", udp(MAC_A, MAC_B, 1, 53), udp(MAC_A, MAC_B, 1, 53), udp(MAC_A, MAC_B, 1, 53));
    }

    private void related() {
        byte[] query = udp(MAC_A, MAC_B, 4000, 53);
        learned("icmp-unrelated", "allow web db udp/*\n")
                .on("a", query)
                .on("b", icmpError(MAC_B, MAC_A, 3, 3, query))
                .on("b", icmpError(MAC_B, MAC_A, 3, 3, udp(MAC_A, MAC_B, 4001, 53)))
                .on("c", icmpError(MAC_C, MAC_A, 3, 3, query))
                .on("a", icmp(MAC_A, MAC_B, 0, 0, 9));
        learned("fragment-unjudged", "allow web db udp/53\n")
                .on("a", fragment(MAC_A, MAC_B, 54, true), fragment(MAC_A, MAC_B, 54, false));
        learned("fragments-of-one-verdict", "allow web db udp/53\n")
                .on("a", fragment(MAC_A, MAC_B, 53, true), fragment(MAC_A, MAC_B, 53, false));
    }

    private void actions() {
        learned("reject", "reject web db *\n")
                .on("a", tcp(MAC_A, MAC_B, 4000, 80, SYN, 100, 0), tcp(MAC_A, MAC_B, 4000, 80, ACK, 101, 77))
                .on("a", udp(MAC_A, MAC_B, 1, 53), tcp(MAC_A, MAC_B, 4000, 80, RST, 100, 0));
        String logger = "l access 99\n";
        heard(input(
                        "firewall",
                        "redirect",
                        PORTS + logger,
                        BOUND + "redirect=l web db udp/53\nallow * * ether\nallow * * icmp/8\n"))
                .on("a", udp(MAC_A, MAC_B, 1, 53));
        heard(input(
                        "firewall",
                        "redirect-in-fragments",
                        PORTS + "l access 99 mtu 100\n",
                        BOUND + "redirect=l web db udp/53\nallow * * ether\nallow * * icmp/8\n"))
                .on("a", udp(MAC_A, MAC_B, 1, 53));
        heard(input(
                        "firewall",
                        "mirror",
                        PORTS + logger,
                        BOUND + "allow,mirror=l web db udp/53\nallow * * ether\nallow * * icmp/8\n"))
                .on("a", udp(MAC_A, MAC_B, 1, 53))
                .on("b", udp(MAC_B, MAC_A, 53, 1));
        learned("redirect-target-down", "redirect=nowhere web db udp/53\n").on("a", udp(MAC_A, MAC_B, 1, 53));
    }
}
