package io.weir.datapath.capture;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;

/** Writes frames to a capture file. Threading: not thread-safe. */
public interface PcapWriter extends Closeable, Flushable {
    /** Writes one frame; nothing may reach the file before {@link #flush}. */
    void write(PcapFrame frame) throws IOException;
}
