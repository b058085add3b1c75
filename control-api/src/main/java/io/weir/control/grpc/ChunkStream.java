package io.weir.control.grpc;

import java.io.IOException;
import java.io.OutputStream;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;

import io.weir.control.v1.CaptureChunk;

/**
 * Bytes on their way to a caller, in pieces. A write waits while the caller does not read, so that what waits is bounded.
 *
 * <p>Threading: written by one thread; {@link #wake} is called by the transport's.
 */
final class ChunkStream extends OutputStream {
    private static final int CHUNK_BYTES = 32 << 10;
    private static final long LOOK_AGAIN_MS = 500;

    private final ServerCallStreamObserver<CaptureChunk> observer;
    private final Object ready = new Object();
    private byte[] chunk = new byte[CHUNK_BYTES];
    private int length;

    ChunkStream(ServerCallStreamObserver<CaptureChunk> observer) {
        this.observer = observer;
    }

    /** The caller has read, or is gone. */
    void wake() {
        synchronized (ready) {
            ready.notifyAll();
        }
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int from = offset;
        int left = count;
        while (left > 0) {
            int part = Math.min(left, CHUNK_BYTES - length);
            System.arraycopy(bytes, from, chunk, length, part);
            length += part;
            from += part;
            left -= part;
            if (length == CHUNK_BYTES) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (length == 0) {
            return;
        }
        awaitReader();
        ByteString bytes = UnsafeByteOperations.unsafeWrap(chunk, 0, length);
        observer.onNext(CaptureChunk.newBuilder().setPcapng(bytes).build());
        chunk = new byte[CHUNK_BYTES];
        length = 0;
    }

    private void awaitReader() throws IOException {
        synchronized (ready) {
            while (!observer.isReady() && !observer.isCancelled()) {
                try {
                    ready.wait(LOOK_AGAIN_MS);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", stopped);
                }
            }
        }
        if (observer.isCancelled()) {
            throw new IOException("the caller is gone");
        }
    }
}
