package io.weir.control.flow;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.config.HostConfig;
import io.weir.control.journal.JournalSettings;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowRecord;
import io.weir.datapath.capture.Direction;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapngWriter;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.Switch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Frames through a real switch, denied by a policy of one sentence, until they are records. */
@Timeout(60)
class SwitchFirewallTest {
    private static final int FRAMES = 20_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    /** Component 16 may not talk to component 17, and there is nobody else. */
    private static final class NobodyTalks implements Policy {
        @Override
        public int epoch() {
            return 7;
        }

        @Override
        public int portId(String portName) {
            return 1;
        }

        @Override
        public String portName(int portId) {
            return "a";
        }

        @Override
        public int guard(FlowKey sender) {
            return DropReason.NONE;
        }

        @Override
        public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
            verdict.begin(epoch());
            verdict.identities(16, 17);
            verdict.decide(Action.DROP, DropReason.INGRESS_NO_RULE.code());
        }

        @Override
        public boolean couldTalk(FlowKey ends, long nowNs) {
            return false;
        }

        @Override
        public Levels levels() {
            return Levels.NONE;
        }

        @Override
        public int level(FlowKey ends) {
            return 0;
        }

        @Override
        public boolean mayLeave(int level, int portId) {
            return true;
        }

        @Override
        public @Nullable Limits limits(int number) {
            return null;
        }
    }

    /** UDP from 10.0.0.1:1000 to 10.0.0.2:2000, without checksums. */
    private static byte[] datagram() {
        byte[] frame = new byte[60];
        byte[] head = {
            0x52,
            0x54,
            0,
            0,
            0,
            2,
            0x52,
            0x54,
            0,
            0,
            0,
            1,
            0x08,
            0x00, // Ethernet II, IPv4
            0x45,
            0,
            0,
            46,
            0,
            0,
            0x40,
            0,
            64,
            17,
            0,
            0,
            10,
            0,
            0,
            1,
            10,
            0,
            0,
            2, // RFC 791 section 3.1
            0x03,
            (byte) 0xE8,
            0x07,
            (byte) 0xD0,
            0,
            26,
            0,
            0 // RFC 768
        };
        System.arraycopy(head, 0, frame, 0, head.length);
        return frame;
    }

    private Path input() throws Exception {
        Path file = folder.resolve("in.pcapng");
        try (OutputStream out = Files.newOutputStream(file);
                PcapngWriter writer = new PcapngWriter(out, "test", 65_535)) {
            byte[] frame = datagram();
            for (int i = 0; i < FRAMES; i++) {
                writer.write(new PcapFrame("a", Direction.RX, i * 1_000_000L, frame.length, frame, "", 0));
            }
        }
        return file;
    }

    private static PortSettings port(String yaml) {
        PortSettings port = HostConfig.readPort("test", yaml, PolicyMode.OFF);
        return new PortSettings(
                port.name(),
                port.type(),
                port.device(),
                port.netns(),
                port.io(),
                port.mtu(),
                port.pcapIn(),
                port.pcapOut(),
                port.enabled(),
                port.vlan(),
                port.bridge(),
                PolicySettings.ENFORCED);
    }

    private static long droppedByPolicy(Switch bridge) {
        return bridge.statistics().drops().getOrDefault(DropReason.INGRESS_NO_RULE, 0L);
    }

    @Test
    void shouldRecordEveryDeniedPacketOnceWithItsNames() throws Exception {
        String yaml = "runDir: " + folder.resolve("run") + "\npolicy: {mode: off}\n";
        JournalSettings journal = new JournalSettings(folder.resolve("journal"), 16 << 20, Duration.ofDays(1));
        Path input = input();
        try (Switch bridge = new Switch(HostConfig.read("weir.yaml", yaml).bridge())) {
            SwitchNames names = new SwitchNames(
                    bridge::ports, number -> number == 16 ? "web.front" : null, number -> null, component -> "");
            try (FlowRecorder recorder =
                            new FlowRecorder(new SwitchFirewall(bridge, () -> 7, () -> 4), names, journal, List.of());
                    RecordFeed.Watcher watcher = recorder.feed().watch()) {
                bridge.policy(new NobodyTalks());
                bridge.start();
                bridge.addPort(port("{name: b, type: pcap, out: " + folder.resolve("out.pcapng") + "}"));
                bridge.addPort(port("{name: a, type: pcap, in: " + input + "}"));
                recorder.start();

                // Frames that come before the port is programmed are dropped for that reason, and are no denial.
                long denied = 0;
                while (bridge.statistics().rxFrames() < FRAMES || denied < droppedByPolicy(bridge)) {
                    FlowRecord record = watcher.poll(100);
                    if (record != null) {
                        assertEquals(FlowKind.FLOW_KIND_DENIES, record.getKind());
                        assertEquals("ingress-no-rule", record.getReason());
                        assertEquals("web.front", record.getSource().getComponent());
                        assertEquals("identity-17", record.getDestination().getComponent());
                        assertEquals("a", record.getSource().getSwitchPort());
                        assertEquals("10.0.0.1", record.getSource().getAddress());
                        assertEquals(2000, record.getDestination().getPort());
                        denied += record.getPackets();
                    }
                }
                assertTrue(denied > 0, "no frame was judged");
                assertEquals(droppedByPolicy(bridge), denied);
                assertEquals(denied, recorder.deniedPackets());
            }
        }
    }
}
