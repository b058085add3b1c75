package io.weir.datapath.label;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;

/** What a Linux 6.1 guest with NetLabel, 10.78.0.2, sent to a Linux without, and got back: six pings in IPv4, six in IPv6. */
final class Recording {
    private Recording() {}

    static List<byte[]> frames() {
        try (InputStream file = Objects.requireNonNull(Recording.class.getResourceAsStream("linux-labels.pcap"));
                PcapReader reader = PcapReader.of(file, "linux-labels.pcap")) {
            List<byte[]> frames = new ArrayList<>();
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame.bytes());
            }
            return frames;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The guest's pings in the order of the {@link LinuxVectors}. */
    static List<byte[]> pings4() {
        return frames().stream()
                .filter(frame -> type(frame) == 0x0800 && isFromGuest(frame))
                .toList();
    }

    /** What the other Linux, which knows no such domain, says to {@link #pings4}, one to each: parameter problem. */
    static List<byte[]> answers4() {
        return frames().stream()
                .filter(frame -> type(frame) == 0x0800 && !isFromGuest(frame))
                .toList();
    }

    static List<byte[]> pings6() {
        return frames().stream()
                .filter(frame -> type(frame) == 0x86DD && frame[20] == 0 && frame[56] == CalipsoOption.TYPE)
                .toList();
    }

    private static int type(byte[] frame) {
        return (frame[12] & 0xFF) << 8 | (frame[13] & 0xFF);
    }

    private static boolean isFromGuest(byte[] frame) {
        return frame[29] == 2;
    }
}
