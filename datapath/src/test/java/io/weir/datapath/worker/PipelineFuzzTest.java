package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.RandomSwitch.Arrival;

/**
 * Input: frames, each behind a byte that says the port (modulo their number), a byte of time in units of 10 ms, and two bytes
 * of length. Replays its corpus; searches when JAZZER_FUZZ is 1.
 */
class PipelineFuzzTest {
    private static final int HEADER_LENGTH = 4;
    private static final long TIME_UNIT_NS = 10_000_000;
    private static final List<PortSettings> PORTS = PortLines.parse("""
            a access 10 suppress-neighbours storm 100,100,100
            b access 10 isolated mac-limit 4
            c access 10 isolated hairpin
            t trunk 10,20 native 20
            s trunk 10,20 tag-type 88a8 bpdu-guard
            q tunnel 20 bpdu-filter mtu 1000
            """);

    @FuzzTest(maxDuration = "60s")
    void keepsItsLaws(byte[] input) {
        ByteBuffer frames = ByteBuffer.wrap(input);
        List<Arrival> arrivals = new ArrayList<>();
        long timeNs = 0;
        while (frames.remaining() >= HEADER_LENGTH) {
            String port = PORTS.get((frames.get() & 0xFF) % PORTS.size()).name();
            timeNs += (frames.get() & 0xFF) * TIME_UNIT_NS;
            byte[] frame = new byte[Math.min(frames.getShort() & 0xFFFF, frames.remaining())];
            frames.get(frame);
            arrivals.add(new Arrival(port, frame, timeNs));
        }

        RandomSwitch.run(PORTS, arrivals);
    }
}
