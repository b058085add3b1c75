package io.weir.datapath.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a classic capture file with nanoseconds, in little endian (draft-ietf-opsawg-pcap); ports, directions and comments
 * are lost. The same frames make the same bytes.
 *
 * <p>Threading: not thread-safe.
 */
public final class ClassicPcapWriter implements PcapWriter {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final OutputStream out;
    private final ByteBuffer header =
            ByteBuffer.allocate(ClassicPcapFormat.FILE_HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /** Writes the file header; the writer closes the stream in the end. */
    public ClassicPcapWriter(OutputStream out) throws IOException {
        this.out = out;
        header.putInt(ClassicPcapFormat.MAGIC_NANOSECONDS)
                .putShort((short) ClassicPcapFormat.MAJOR_VERSION)
                .putShort((short) ClassicPcapFormat.MINOR_VERSION)
                .putLong(0)
                .putInt(PcapReader.MAX_CAPTURED_LENGTH)
                .putInt(PcapReader.LINK_TYPE_ETHERNET);
        out.write(header.array(), 0, ClassicPcapFormat.FILE_HEADER_LENGTH);
    }

    @Override
    public void write(PcapFrame frame) throws IOException {
        header.clear()
                .putInt((int) (frame.timestampNs() / NS_PER_SECOND))
                .putInt((int) (frame.timestampNs() % NS_PER_SECOND))
                .putInt(frame.bytes().length)
                .putInt(frame.originalLength());
        out.write(header.array(), 0, ClassicPcapFormat.RECORD_HEADER_LENGTH);
        out.write(frame.bytes());
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
