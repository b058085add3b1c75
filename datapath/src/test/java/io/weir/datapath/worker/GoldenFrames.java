package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static io.weir.datapath.wire.SampleFrames.counting;
import static io.weir.datapath.worker.GoldenInput.TWO_PORTS;
import static io.weir.datapath.worker.Traffic.*;

/** All golden inputs: those of {@link MalformedFrames}, and here what well-formed frames make a switch do and refuse. */
final class GoldenFrames {
    private static final int SERVICE_TAG = 0x88A8;
    private static final int IP_C = IP_A + 2;

    private final List<GoldenInput> inputs = new ArrayList<>(MalformedFrames.inputs());

    private GoldenFrames() {}

    static List<GoldenInput> inputs() {
        GoldenFrames frames = new GoldenFrames();
        frames.portGuard();
        frames.vlanIngress();
        frames.learn();
        frames.bridge();
        frames.storm();
        frames.groups();
        frames.neighbours();
        frames.egress();
        frames.forms();
        frames.inputs.addAll(FirewallFrames.inputs());
        frames.inputs.addAll(LabelFrames.inputs());
        return frames.inputs;
    }

    private GoldenInput input(String stage, String name, String ports) {
        GoldenInput input = GoldenInput.of(stage, name, ports);
        inputs.add(input);
        return input;
    }

    private void portGuard() {
        String stage = "port-guard";
        input(stage, "port-not-ready", "a access 10 disabled\nb access 10\nc access 10\n")
                .on("a", plain(BROADCAST, HOST_A))
                .on("b", plain(BROADCAST, HOST_B));
        input(stage, "source-mac-invalid", TWO_PORTS)
                .on("a", plain(HOST_B, 0), plain(HOST_B, BROADCAST), plain(HOST_B, 0x0100_5E00_0001L));
        input(stage, "link-local-reserved", TWO_PORTS)
                .on("a", bpdu(HOST_A), plain(0x0180_C200_0002L, HOST_A), plain(0x0180_C200_000EL, HOST_A))
                .on("a", plain(0x0180_C200_0010L, HOST_A));
        input(stage, "bpdu-filtered", "a access 10 bpdu-filter\nb access 10\n")
                .on("a", bpdu(HOST_A), plain(BROADCAST, HOST_A));
        // The port is shut by the frame, drops what follows, and is open again after five minutes.
        input(stage, "bpdu-guard", "a access 10 bpdu-guard\nb access 10\n")
                .on("a", plain(BROADCAST, HOST_A), bpdu(HOST_A), plain(BROADCAST, HOST_A))
                .on("b", plain(BROADCAST, HOST_B))
                .after(300_000)
                .on("a", plain(BROADCAST, HOST_A));
        input(stage, "port-blocked", "a access 10 bpdu-guard\nb access 10\nc access 10\n")
                .on("a", bpdu(HOST_A), plain(HOST_B, HOST_A), plain(BROADCAST, HOST_A))
                .on("b", plain(BROADCAST, HOST_B));
    }

    private void vlanIngress() {
        String stage = "vlan-ingress";
        byte[] frame = plain(BROADCAST, HOST_A);
        input(stage, "vlan-not-allowed", "a trunk 10,20\nb access 10\nc access 30\n")
                .on("a", tagged(10, frame), tagged(30, frame), tagged(4095, frame));
        input(stage, "vlan-untagged-refused", "a trunk 10,20\nb access 10\n")
                .on("a", frame, tagged(0, frame), tagged(SERVICE_TAG, 10, frame));
        input(stage, "vlan-tagged-on-access", TWO_PORTS)
                .on("a", tagged(10, frame), tagged(SERVICE_TAG, 10, frame), tagged(0xA000, frame));
    }

    private void learn() {
        String stage = "learn";
        input(stage, "mac-limit-exceeded", "a access 10 mac-limit 2\nb access 10\n")
                .on("a", plain(BROADCAST, HOST_A), plain(BROADCAST, HOST_B), plain(BROADCAST, HOST_C))
                .on("a", plain(BROADCAST, HOST_B));
        input(stage, "mac-sticky-violation", "a access 10 sticky\nb access 10\nc access 10 no-learning\n")
                .on("a", plain(BROADCAST, HOST_A))
                .on("b", plain(BROADCAST, HOST_A))
                .on("c", plain(BROADCAST, HOST_A), plain(HOST_A, HOST_C));
        GoldenInput flapping = input(stage, "mac-flapping", "a access 10\nb access 10\nc access 10\n");
        for (int i = 0; i < 6; i++) {
            flapping.on("a", plain(BROADCAST, HOST_A)).on("b", plain(BROADCAST, HOST_A));
        }
        input(stage, "unicast-after-learning", "a access 10\nb access 10\nc access 10\nd access 20\n")
                .on("a", plain(HOST_B, HOST_A))
                .on("b", plain(HOST_A, HOST_B))
                .on("a", plain(HOST_B, HOST_A))
                .on("c", plain(HOST_A, HOST_B))
                .on("a", plain(HOST_B, HOST_A))
                .on("d", plain(HOST_A, HOST_C));
    }

    private void bridge() {
        String stage = "bridge";
        input(stage, "destination-is-source", TWO_PORTS).on("a", plain(BROADCAST, HOST_A), plain(HOST_A, HOST_C));
        input(stage, "port-isolated", "a access 10 isolated\nb access 10 isolated\nc access 10\n")
                .on("b", plain(BROADCAST, HOST_B))
                .on("a", plain(HOST_B, HOST_A), plain(BROADCAST, HOST_A))
                .on("c", plain(HOST_B, HOST_C), plain(BROADCAST, HOST_C));
        input(stage, "isolated-without-others", "a access 10 isolated\nb access 10 isolated\n")
                .on("a", plain(BROADCAST, HOST_A), plain(HOST_B, HOST_A));
        input(
                        stage,
                        "flood-disabled",
                        "a access 10\nb access 10 no-flood-unknown no-flood-broadcast no-flood-multicast\n")
                .on("a", plain(BROADCAST, HOST_A), plain(HOST_B, HOST_A), multicast(HOST_A, IP_A, GROUP))
                .on("b", plain(BROADCAST, HOST_B))
                .on("a", plain(HOST_B, HOST_A));
        input(stage, "no-destination", "a access 10\nb access 20\n")
                .on("a", plain(BROADCAST, HOST_A), plain(HOST_B, HOST_A));
        input(stage, "hairpin", "a access 10 hairpin\nb access 10\n")
                .on("a", plain(BROADCAST, HOST_A), plain(BROADCAST, HOST_B), plain(HOST_A, HOST_B));
        input(stage, "split-horizon", "a access 10\nt access 10 split-horizon\nu access 10 split-horizon\n")
                .on("u", plain(BROADCAST, HOST_B))
                .on("t", plain(HOST_B, HOST_A), plain(BROADCAST, HOST_A), multicast(HOST_A, IP_A, GROUP))
                .on("a", plain(HOST_B, HOST_C), plain(BROADCAST, HOST_C))
                .on("t", plain(HOST_C, HOST_A));
        input(stage, "split-horizon-without-others", "t access 10 split-horizon\nu access 10 split-horizon\n")
                .on("t", plain(BROADCAST, HOST_A), plain(HOST_B, HOST_A), igmpQuery(HOST_A, IP_A));
        input(stage, "flood", "a access 10\nb access 10\nc trunk 10,20\nd trunk 20 native 10\ne access 20\n")
                .on("a", plain(BROADCAST, HOST_A), plain(HOST_B, HOST_A), multicast(HOST_A, IP_A, GROUP));
    }

    private void storm() {
        String stage = "storm-control";
        String ports = "a access 10 storm 20,20,20\nb access 10\n";
        byte[][] unicast = repeat(plain(HOST_B, HOST_A), 5);
        input(stage, "storm-unknown-unicast", ports)
                .on("a", unicast)
                .on("b", plain(HOST_A, HOST_B))
                .on("a", unicast);
        input(stage, "storm-broadcast", ports)
                .on("a", repeat(plain(BROADCAST, HOST_A), 5))
                .after(50)
                .on("a", plain(BROADCAST, HOST_A));
        input(stage, "storm-multicast", ports).on("a", repeat(multicast(HOST_A, IP_A, GROUP), 5));
    }

    private void groups() {
        String ports = "a access 10\nb access 10\nc access 10\nr access 10\n";
        byte[] data = multicast(HOST_A, IP_A, GROUP);
        input("multicast-snooping", "igmp-group", ports)
                .on("a", data)
                .on("r", igmpQuery(HOST_C, IP_C))
                .on("a", data)
                .on("b", igmpReport(HOST_B, IP_B, GROUP))
                .on("a", data, multicast(HOST_A, IP_A, ALL_HOSTS));
        input("multicast-snooping", "igmp-fast-leave", "a access 10\nb access 10 fast-leave\nr access 10\n")
                .on("r", igmpQuery(HOST_C, IP_C))
                .on("b", igmpReport(HOST_B, IP_B, GROUP))
                .on("a", data)
                .on("b", igmpLeave(HOST_B, IP_B, GROUP))
                .on("a", data);
        input("bridge", "multicast-no-member", "a access 10\nb access 10\n")
                .on("a", igmpQuery(HOST_A, IP_A), data)
                .on("b", multicast(HOST_B, IP_B, GROUP));
    }

    private void neighbours() {
        String ports = "a access 10\nb access 10 suppress-neighbours\nc access 10 suppress-neighbours\n";
        input("neighbour-suppression", "arp-reply", ports)
                .on("b", arpRequest(HOST_B, IP_B, IP_A))
                .on("a", arp(HOST_B, 2, HOST_A, IP_A, HOST_B, IP_B), arpRequest(HOST_A, IP_A, IP_B))
                .on("a", arpRequest(HOST_A, IP_A, IP_C), arpRequest(HOST_A, 0, IP_B));
        input(
                        "neighbour-suppression",
                        "arp-reply-to-trunk",
                        "a trunk 10\nb access 10 suppress-neighbours\nc access 10\n")
                .on("b", arpRequest(HOST_B, IP_B, IP_A))
                .on("a", tagged(10, arpRequest(HOST_A, IP_A, IP_B)));
    }

    private void egress() {
        byte[] large = frame(HOST_B, HOST_A, OPAQUE, counting(1001));
        byte[] fits = frame(HOST_B, HOST_A, OPAQUE, counting(1000));
        input("egress", "egress-mtu-exceeded", "a access 10\nb access 10 mtu 1000\nc trunk 10 mtu 1000\nd access 10\n")
                .on("a", large, fits);
        input("egress", "egress-port-down", "a access 10\nb access 10 bpdu-guard\n")
                .on("b", plain(BROADCAST, HOST_B), bpdu(HOST_B))
                .on("a", plain(HOST_B, HOST_A));
    }

    private void forms() {
        byte[] frame = plain(HOST_B, HOST_A);
        input("egress", "access-to-trunk-push", "a access 10\nt trunk 10,20\n").on("a", frame, tagged(0x6000, frame));
        input("egress", "trunk-to-access-pop", "t trunk 10,20\nb access 20\n")
                .on("t", tagged(20, frame), tagged(0xE014, frame), tagged(10, frame));
        input("egress", "native-vlan", "t trunk 10,20 native 20\nu trunk 10 native 20\n")
                .on("t", frame, tagged(20, frame), tagged(10, frame), tagged(20, tagged(7, frame)));
        input("egress", "tag-type-retag", "t trunk 10\nu trunk 10 tag-type 88a8\n")
                .on("t", tagged(0xA00A, frame))
                .on("u", tagged(SERVICE_TAG, 0x600A, plain(HOST_A, HOST_B)));
        input("egress", "qinq-tunnel", "q tunnel 100\nt trunk 100 tag-type 88a8\np tunnel 100\n")
                .on("q", tagged(7, frame), frame, tagged(8, tagged(9, frame)))
                .on("t", tagged(SERVICE_TAG, 100, tagged(7, plain(HOST_A, HOST_B))));
    }

    private static byte[][] repeat(byte[] frame, int count) {
        byte[][] frames = new byte[count][];
        Arrays.fill(frames, frame);
        return frames;
    }
}
