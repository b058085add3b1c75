package io.weir.datapath.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(10)
class PcapTransmitterTest {
    private static final int PORT = 5;
    private static final int ROOM = 1 << 17;

    @TempDir
    private Path folder;

    private final CounterTable counters = new CounterTable();

    private void transmit(PcapTransmitter transmitter, byte[]... frames) {
        long address = Memory.map(ROOM);
        for (byte[] frame : frames) {
            Memory.copy(frame, 0, address, frame.length);
            transmitter.transmit(address, frame.length);
        }
        transmitter.flush();
        Memory.unmap(address, ROOM);
    }

    static List<byte[]> read(Path file) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(file)) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame.bytes());
            }
        }
        return frames;
    }

    @Test
    void shouldWriteWhatItIsGivenAndCountIt() throws IOException {
        Path file = folder.resolve("out.pcap");
        try (PcapTransmitter transmitter = new PcapTransmitter(PORT, file, counters)) {
            transmit(transmitter, SampleFrames.counting(60), SampleFrames.counting(65_000));
        }

        List<byte[]> frames = read(file);

        assertEquals(2, frames.size());
        assertArrayEquals(SampleFrames.counting(60), frames.get(0));
        assertArrayEquals(SampleFrames.counting(65_000), frames.get(1));
        assertEquals(2, counters.read(PORT, CounterTable.TX_FRAMES));
        assertEquals(65_060, counters.read(PORT, CounterTable.TX_BYTES));
    }

    @Test
    void shouldWriteMoreThanItsBufferHolds() throws IOException {
        Path file = folder.resolve("out.pcap");
        byte[][] frames = new byte[40][];
        Arrays.setAll(frames, i -> SampleFrames.counting(60_000 + i));
        try (PcapTransmitter transmitter = new PcapTransmitter(PORT, file, counters)) {
            transmit(transmitter, frames);
        }

        List<byte[]> written = read(file);

        assertEquals(40, written.size());
        assertArrayEquals(frames[39], written.get(39));
        assertEquals(40, counters.read(PORT, CounterTable.TX_FRAMES));
    }

    @Test
    void shouldBeAWholeCaptureFileWithoutFrames() throws IOException {
        Path file = folder.resolve("out.pcap");

        new PcapTransmitter(PORT, file, counters).close();

        assertEquals(List.of(), read(file));
    }

    @Test
    void shouldCountFramesThatTheFileDoesNotTakeAsRefused() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "this system has no /dev/full, the device that is always full");
        try (PcapTransmitter transmitter = new PcapTransmitter(PORT, full, counters)) {
            transmit(transmitter, SampleFrames.counting(60), SampleFrames.counting(61));
        }

        assertEquals(0, counters.read(PORT, CounterTable.TX_FRAMES));
        assertEquals(2, counters.drops(PORT, DropReason.EGRESS_REFUSED.code()));
    }

    @Test
    void shouldOnlyCountWithoutAFile() {
        try (PcapTransmitter transmitter = new PcapTransmitter(PORT, null, counters)) {
            transmit(transmitter, SampleFrames.counting(60));
        }

        assertEquals(1, counters.read(PORT, CounterTable.TX_FRAMES));
    }
}
