package io.weir.datapath.capture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class PcapngRecordingTest {
    private static final byte[] ARP = Frames.bytes(Frames.ARP_REQUEST);
    private static final CaptureRequest TINY = CaptureRequest.EVERYTHING.withSizes(64, CaptureRequest.MIN_RING_BYTES);

    private final OffHeapFrames memory = new OffHeapFrames();
    private final WorkerCapture worker = new WorkerCapture();
    private final ActiveCaptures captures = new ActiveCaptures(List.of(worker));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void plugIn() {
        captures.portsChanged(Switchboard.ports("vm1"));
    }

    @AfterEach
    void unmap() {
        memory.close();
    }

    private void transmit(int frames) {
        for (int i = 0; i < frames; i++) {
            worker.tap().transmitted(1, memory.place(ARP), ARP.length, 0, i);
        }
    }

    @Test
    void shouldWriteFramesWithDropCountsAndStatisticsInTheEnd() throws IOException {
        CaptureSession session = captures.start(TINY, 0);
        try (PcapngRecording recording = new PcapngRecording(session, out, "weir")) {
            transmit(1000);
            while (recording.drain() > 0) {
                // empty the ring
            }
            transmit(1);
            captures.stop(session);
        }

        List<PcapFrame> frames = PcapFilesTest.read(out.toByteArray());
        String file = HexFormat.of().formatHex(out.toByteArray());
        assertEquals(session.written(), frames.size());
        assertEquals("port=vm1 verdict=forwarded", frames.getFirst().comment());
        assertEquals(session.shed(), frames.getLast().shedBefore());
        assertEquals(1001, session.written() + session.shed());
        assertTrue(file.contains("04000800e903000000000000" + "05000800" + littleEndian(session.shed())), file);
    }

    private static String littleEndian(long value) {
        return HexFormat.of().toHexDigits(Long.reverseBytes(value));
    }

    @Test
    void shouldTellAWaitingReaderTheHeaderAtOnceAndEachDrainWhole() throws IOException {
        CaptureSession session = captures.start(TINY, 0);
        try (PcapngRecording recording = new PcapngRecording(session, out, "weir")) {
            List<PcapFrame> atOnce = PcapFilesTest.read(out.toByteArray());
            transmit(2);
            recording.drain();
            List<PcapFrame> afterDrain = PcapFilesTest.read(out.toByteArray());

            assertEquals(0, atOnce.size());
            assertEquals(2, afterDrain.size());
        }
    }

    @Test
    void shouldFailWithTheOutputAndLeaveTheWorkerAlone() throws IOException {
        CaptureSession session = captures.start(TINY, 0);
        PcapngRecording recording = new PcapngRecording(session, new BrokenPipe(64), "weir");
        transmit(10);

        assertThrows(IOException.class, recording::drain);
        transmit(10);

        assertEquals(20, session.matched());
        assertEquals(20, session.written() + session.shed());
    }

    /** Takes some bytes, then its reader is gone. */
    private static final class BrokenPipe extends OutputStream {
        private int left;

        BrokenPipe(int left) {
            this.left = left;
        }

        @Override
        public void write(int octet) throws IOException {
            if (left-- == 0) {
                throw new IOException("Broken pipe");
            }
        }
    }
}
