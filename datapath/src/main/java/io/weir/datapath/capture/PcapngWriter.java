package io.weir.datapath.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Writes a pcapng file (draft-ietf-opsawg-pcapng): one section in little endian, one interface a port, timestamps in
 * nanoseconds. An interface is described when its first frame comes, so ports may appear while the capture runs. The same
 * frames make the same bytes.
 *
 * <p>The verdict stands in the frame's comment, not in epb_verdict: the kinds which that option knows are those of hardware
 * and of eBPF programs, and Weir is neither.
 *
 * <p>Threading: not thread-safe.
 */
public final class PcapngWriter implements PcapWriter {
    private static final int NANOSECONDS = 9;
    private static final int INITIAL_CAPACITY = 4096;
    private static final long UNKNOWN_SECTION_LENGTH = -1;

    private final OutputStream out;
    private final int snaplen;
    private final Map<String, Integer> interfaces = new HashMap<>();
    private ByteBuffer block = allocate(INITIAL_CAPACITY);

    /** As {@link #PcapngWriter(OutputStream, String, int)}, to a channel that blocks. */
    public PcapngWriter(WritableByteChannel out, String application, int snaplen) throws IOException {
        this(Channels.newOutputStream(out), application, snaplen);
    }

    /**
     * Writes the section header; the writer closes the stream in the end.
     *
     * @param application what made the file, shown by Wireshark
     * @param snaplen most bytes kept of a frame
     */
    public PcapngWriter(OutputStream out, String application, int snaplen) throws IOException {
        this.out = out;
        this.snaplen = snaplen;
        begin(PcapngFormat.SECTION_HEADER, 64 + application.length() * 4);
        block.putInt(PcapngFormat.BYTE_ORDER_MAGIC)
                .putShort((short) PcapngFormat.MAJOR_VERSION)
                .putShort((short) 0)
                .putLong(UNKNOWN_SECTION_LENGTH);
        option(PcapngOptions.SECTION_APPLICATION, application);
        end(true);
    }

    @Override
    public void write(PcapFrame frame) throws IOException {
        int index = declare(frame.port());
        byte[] bytes = frame.bytes();
        begin(PcapngFormat.ENHANCED_PACKET, 96 + bytes.length + frame.comment().length() * 4);
        block.putInt(index)
                .putInt((int) (frame.timestampNs() >>> 32))
                .putInt((int) frame.timestampNs())
                .putInt(bytes.length)
                .putInt(frame.originalLength());
        padded(bytes);
        int options = block.position();
        if (!frame.comment().isEmpty()) {
            option(PcapngOptions.COMMENT, frame.comment());
        }
        if (frame.direction() != Direction.UNKNOWN) {
            head(PcapngOptions.FRAME_FLAGS, Integer.BYTES).putInt(flags(frame.direction()));
        }
        if (frame.shedBefore() != 0) {
            head(PcapngOptions.FRAME_DROP_COUNT, Long.BYTES).putLong(frame.shedBefore());
        }
        end(block.position() > options);
    }

    private static int flags(Direction direction) {
        return direction == Direction.RX ? PcapngOptions.INBOUND : PcapngOptions.OUTBOUND;
    }

    /**
     * Writes what a port's capture came to; once a port, at the end.
     *
     * @param timestampNs time of the count in ns since 1970
     * @param received frames that the capture asked for
     * @param shed frames of these that were lost because the reader was slow
     */
    public void statistics(String port, long timestampNs, long received, long shed) throws IOException {
        int index = declare(port);
        begin(PcapngFormat.INTERFACE_STATISTICS, 64);
        block.putInt(index).putInt((int) (timestampNs >>> 32)).putInt((int) timestampNs);
        head(PcapngOptions.STATISTICS_RECEIVED, Long.BYTES).putLong(received);
        head(PcapngOptions.STATISTICS_DROPPED, Long.BYTES).putLong(shed);
        end(true);
    }

    /** Index of the port's interface in the section, which is described unless it is already. */
    private int declare(String port) throws IOException {
        Integer known = interfaces.get(port);
        if (known != null) {
            return known;
        }
        int index = interfaces.size();
        interfaces.put(port, index);
        begin(PcapngFormat.INTERFACE_DESCRIPTION, 64 + port.length() * 4);
        block.putShort((short) PcapReader.LINK_TYPE_ETHERNET)
                .putShort((short) 0)
                .putInt(snaplen);
        if (!port.isEmpty()) {
            option(PcapngOptions.INTERFACE_NAME, port);
        }
        head(PcapngOptions.INTERFACE_TIME_RESOLUTION, 1).put((byte) NANOSECONDS);
        pad();
        end(true);
        return index;
    }

    private void begin(int type, int capacity) {
        if (block.capacity() < capacity) {
            block = allocate(capacity);
        }
        block.clear().putInt(type).putInt(0);
    }

    private void option(int code, String text) {
        byte[] value = text.getBytes(UTF_8);
        if (value.length > PcapngOptions.MAX_LENGTH) {
            value = Arrays.copyOf(value, PcapngOptions.MAX_LENGTH);
        }
        head(code, value.length);
        padded(value);
    }

    private ByteBuffer head(int code, int length) {
        return block.putShort((short) code).putShort((short) length);
    }

    private void padded(byte[] bytes) {
        block.put(bytes);
        pad();
    }

    private void pad() {
        while (block.position() % 4 != 0) {
            block.put((byte) 0);
        }
    }

    /** Closes the block and hands it over whole, so that a reader of a pipe never waits inside one. */
    private void end(boolean hasOptions) throws IOException {
        if (hasOptions) {
            block.putInt(PcapngOptions.END);
        }
        int length = block.position() + Integer.BYTES;
        block.putInt(length).putInt(Integer.BYTES, length);
        out.write(block.array(), block.arrayOffset(), length);
    }

    private static ByteBuffer allocate(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
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
