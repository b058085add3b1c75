package io.weir.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;

import io.weir.control.v1.CaptureChunk;

/** The chunks of a capture as one stream of bytes. */
final class ChunkInput extends InputStream {
    private static final int END = -1;

    private final Iterator<CaptureChunk> chunks;
    private InputStream current = InputStream.nullInputStream();

    ChunkInput(Iterator<CaptureChunk> chunks) {
        this.chunks = chunks;
    }

    @Override
    public int read() throws IOException {
        int octet = current.read();
        while (octet == END && advance()) {
            octet = current.read();
        }
        return octet;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = current.read(target, offset, length);
        while (count == END && advance()) {
            count = current.read(target, offset, length);
        }
        return count;
    }

    /** Waits for the next chunk; false at the end. */
    private boolean advance() {
        boolean more = chunks.hasNext();
        if (more) {
            current = chunks.next().getPcapng().newInput();
        }
        return more;
    }
}
