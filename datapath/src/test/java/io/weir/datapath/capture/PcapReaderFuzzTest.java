package io.weir.datapath.capture;

import java.io.IOException;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Whatever a file holds: frames or one precise error, and what was read can be written and read again. */
class PcapReaderFuzzTest {
    @FuzzTest
    void fuzzReader(byte[] file) throws IOException {
        List<PcapFrame> frames;
        try {
            frames = PcapFilesTest.read(file);
        } catch (CaptureFileException e) {
            return;
        }
        List<PcapFrame> again = PcapFilesTest.read(PcapFilesTest.pcapng(frames));
        assertEquals(frames.size(), again.size());
        frames.forEach(frame -> FrameSummary.of(frame).chars().forEach(c -> assertEquals(true, c >= ' ' && c < 0x7F)));
    }
}
