package io.weir.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Zeroed, 8-byte aligned off-heap bytes for the arguments of one set-up call, freed by {@link #close()}.
 *
 * <p>Threading: any one thread at a time.
 */
public final class Scratch implements AutoCloseable {
    private static final int ALIGNMENT = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    public Scratch(long lengthBytes) {
        segment = arena.allocate(lengthBytes, ALIGNMENT);
    }

    public long address() {
        return segment.address();
    }

    public long length() {
        return segment.byteSize();
    }

    /** Writes ASCII text at an offset; the bytes behind it stay zero, so that it ends as C expects. */
    public Scratch ascii(long offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, offset, bytes.length);
        return this;
    }

    /** Text at an offset, up to its zero byte. */
    public String text(long offset) {
        return segment.getString(offset, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        arena.close();
    }
}
