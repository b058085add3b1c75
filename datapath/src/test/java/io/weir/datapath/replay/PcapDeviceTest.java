package io.weir.datapath.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.capture.ClassicPcapWriter;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.wire.SampleFrames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class PcapDeviceTest {
    private static final int PORT = 6;

    @TempDir
    private Path folder;

    private static PortSettings settings(@Nullable Path in, @Nullable Path out) {
        return new PortSettings(
                "replayed",
                PortSettings.Type.PCAP,
                "",
                null,
                PortSettings.Io.AUTO,
                0,
                in,
                out,
                true,
                VlanSettings.access(1),
                BridgeSettings.DEFAULT,
                PolicySettings.OFF);
    }

    private Path capture(int frames, int length) throws IOException {
        Path file = folder.resolve("in.pcap");
        try (ClassicPcapWriter writer = new ClassicPcapWriter(Files.newOutputStream(file))) {
            for (int i = 0; i < frames; i++) {
                writer.write(PcapFrame.of("", i, SampleFrames.counting(length)));
            }
        }
        return file;
    }

    @Test
    void shouldReceiveEveryFrameOfTheFileOnce() throws IOException {
        PacketBatch batch = new PacketBatch();
        int received = 0;
        try (PcapDevice device = new PcapDevice(PORT, settings(capture(10_000, 1000), null));
                PacketPool pool = new PacketPool()) {
            Receiver receiver = device.receiver();
            while (received < 10_000) {
                batch.reset(PORT, 0);
                received += receiver.receive(batch, pool);
                for (int i = 0; i < batch.count(); i++) {
                    assertEquals(1000, batch.length(i));
                }
            }
            batch.reset(PORT, 0);
            assertEquals(0, receiver.receive(batch, pool), "one frame too many");
        }
    }

    @Test
    void shouldRefuseAFileThatCannotBeRead() {
        Path missing = folder.resolve("missing.pcap");

        PortException refused = assertThrows(PortException.class, () -> new PcapDevice(PORT, settings(missing, null)));

        assertTrue(refused.reason().contains("\"replayed\"") && refused.reason().contains("missing.pcap"));
    }

    @Test
    void shouldGiveEachWorkerAFileOfItsOwn() throws IOException {
        Path out = folder.resolve("out.pcap");
        CounterTable counters = new CounterTable();
        UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(60));
        frame.putBytes(0, SampleFrames.counting(60));
        try (PcapDevice device = new PcapDevice(PORT, settings(null, out))) {
            for (boolean owner : new boolean[] {true, false}) {
                var transmitter = device.transmitter(counters, owner);
                transmitter.transmit(frame.addressOffset(), 60);
                transmitter.flush();
            }
        }

        assertArrayEquals(
                SampleFrames.counting(60), PcapTransmitterTest.read(out).getFirst());
        assertEquals(1, PcapTransmitterTest.read(folder.resolve("out.pcap.1")).size());
    }

    @Test
    void shouldHaveEndedItsFeederWhenItIsClosedInTheMiddleOfAFile() throws IOException {
        PcapDevice device = new PcapDevice(PORT, settings(capture(20_000, 1000), null));
        device.receiver();
        Thread feeder = feeder();
        while (feeder.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(100_000);
        }

        device.close();

        assertFalse(feeder.isAlive(), "it would signal a descriptor that is closed, or somebody else's by now");
    }

    private static Thread feeder() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("weir-feeder-" + PORT))
                .findFirst()
                .orElseThrow();
    }
}
