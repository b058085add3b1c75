package io.weir.datapath.parse;

import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.SampleFrames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The short way must find in a frame what the long way finds, or leave it alone. */
class CommonFrameTest {
    private static final int HEADERS = 60;

    private final ParseBench bench = new ParseBench();
    private final PacketBatch full = new PacketBatch();
    private int taken;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldAgreeWithTheLongWayWhenOneByteHasAnyOtherValue() {
        for (Map.Entry<String, byte[]> sample : SampleFrames.all().entrySet()) {
            byte[] frame = sample.getValue().clone();
            for (int i = 0; i < Math.min(frame.length, HEADERS); i++) {
                byte before = frame[i];
                for (int value = 0; value < 256; value++) {
                    frame[i] = (byte) value;
                    compare(sample.getKey() + " with " + value + " at " + i, frame);
                }
                frame[i] = before;
            }
        }
        assertTrue(taken > 10_000, "taken: " + taken);
    }

    @Test
    void shouldAgreeWithTheLongWayWhenFramesAreTruncated() {
        for (Map.Entry<String, byte[]> sample : SampleFrames.all().entrySet()) {
            for (int length = 0; length <= sample.getValue().length; length++) {
                compare(sample.getKey() + " cut to " + length, Arrays.copyOf(sample.getValue(), length));
            }
        }
        assertTrue(taken > 0);
    }

    @Test
    void shouldAgreeOnWhatIsDhcpWhateverThePorts() {
        byte[] frame = udp();
        int[] ports = {0, 1, 66, 67, 68, 69, 545, 546, 547, 548, 0x4300, 0x8043, 65_535};
        for (int source : ports) {
            for (int destination : ports) {
                port(frame, 34, source);
                port(frame, 36, destination);
                compare(source + " to " + destination, frame);

                boolean dhcp = source == 67 || source == 68 || destination == 67 || destination == 68;
                assertEquals(dhcp, bench.batch.is(0, PacketBatch.IS_DHCP), source + " to " + destination);
            }
        }
        assertEquals(ports.length * ports.length, taken);
    }

    @Test
    void shouldLeaveAloneWhenHeadersAreWrong() {
        byte[] frame = udp();
        frame[16] = 0x7F; // IPv4 total length beyond the frame

        bench.write(frame);
        begin(bench.batch, frame.length);

        assertFalse(CommonFrame.parse(bench.batch, 0));
    }

    private static byte[] udp() {
        byte[] frame = new byte[60];
        frame[12] = 8;
        frame[14] = 0x45;
        frame[17] = 46;
        frame[22] = 64;
        frame[23] = 17;
        frame[39] = 26;
        return frame;
    }

    private static void port(byte[] frame, int at, int port) {
        frame[at] = (byte) (port >>> 8);
        frame[at + 1] = (byte) port;
    }

    private void begin(PacketBatch batch, int length) {
        batch.reset(0, 0);
        batch.add(bench.address(), length, 0);
    }

    private void compare(String what, byte[] frame) {
        PacketBatch batch = bench.batch;
        bench.write(frame);
        begin(batch, frame.length);
        if (!CommonFrame.parse(batch, 0)) {
            return;
        }
        taken++;
        begin(full, frame.length);

        assertEquals(DropReason.NONE, bench.stage.parseInFull(full, 0), what);

        assertEquals(full.destinationMac(0), batch.destinationMac(0), what);
        assertEquals(full.sourceMac(0), batch.sourceMac(0), what);
        assertEquals(full.traits(0), batch.traits(0), what);
        assertEquals(full.outerTag(0), batch.outerTag(0), what);
        assertEquals(full.etherType(0), batch.etherType(0), what);
        assertEquals(full.networkOffset(0), batch.networkOffset(0), what);
        assertEquals(full.transportOffset(0), batch.transportOffset(0), what);
        assertEquals(full.ipProtocol(0), batch.ipProtocol(0), what);
        assertEquals(full.packetLength(0), batch.packetLength(0), what);
    }
}
