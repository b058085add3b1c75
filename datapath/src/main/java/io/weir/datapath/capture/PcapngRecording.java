package io.weir.datapath.capture;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes what a capture session yields to a pcapng file or pipe, and in the end what it came to.
 *
 * <p>Threading: not thread-safe; on a thread that may block, as the output may.
 */
public final class PcapngRecording implements Closeable {
    private static final int FRAMES_A_DRAIN = 256;

    private final CaptureSession session;
    private final PcapngWriter writer;
    private long lastTimestampNs;

    /** Writes the file header; the recording closes the stream in the end. */
    public PcapngRecording(CaptureSession session, OutputStream out, String application) throws IOException {
        this.session = session;
        this.writer = new PcapngWriter(out, application, session.request().snaplenBytes());
        writer.flush();
    }

    /** Writes frames that wait, and says how many; 0 means that there are none at the moment. */
    public int drain() throws IOException {
        int frames = session.drain(this::write, FRAMES_A_DRAIN);
        if (frames > 0) {
            writer.flush();
        }
        return frames;
    }

    private void write(CapturedFrame frame) throws IOException {
        lastTimestampNs = Math.max(lastTimestampNs, frame.timestampNs());
        writer.write(frame.toPcapFrame());
    }

    /** Writes all that waits and the counts of each port; stop the session before, or the counts may miss frames. */
    @Override
    public void close() throws IOException {
        try (writer) {
            while (drain() > 0) {
                // A stopped session runs dry.
            }
            for (Map.Entry<String, CaptureSession.PortCount> port :
                    session.counts().entrySet()) {
                CaptureSession.PortCount count = port.getValue();
                writer.statistics(port.getKey(), lastTimestampNs, count.matched(), count.shed());
            }
        }
    }
}
