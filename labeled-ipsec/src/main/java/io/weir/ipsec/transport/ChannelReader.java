package io.weir.ipsec.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Takes what a datagram channel reads in a turn of its loop. There are two batches: a turn that must only write may read as well, and
 * the worker still uses what was read before.
 *
 * <p>Threading: one worker.
 */
final class ChannelReader extends ChannelInboundHandlerAdapter implements RecvByteBufAllocator, AutoCloseable {
    private ReadBatch visible = new ReadBatch();
    private ReadBatch next = new ReadBatch();

    /** Whether messages were read that {@link #turn} has not made visible yet. */
    boolean unread() {
        return next.count() > 0;
    }

    /** Makes visible what was read since the last turn, if anything. */
    ReadBatch turn() {
        ReadBatch old = visible;
        visible = next;
        next = old;
        next.clear();
        return visible;
    }

    /** Whether Netty can tell where its buffers lie. */
    boolean usable() {
        return visible.addressable();
    }

    ReadBatch visible() {
        return visible;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket datagram = (DatagramPacket) message;
        next.add(datagram.content());
        datagram.release();
    }

    @Override
    @Deprecated
    public Handle newHandle() {
        return new BatchRead();
    }

    @Override
    public void close() {
        visible.close();
        next.close();
    }

    /** Has a channel read until the batch is full or nothing is left. */
    private final class BatchRead implements ExtendedHandle {
        private int attempted;
        private int last;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return next.buffer();
        }

        @Override
        public int guess() {
            return ReceiveQueue.STRIDE;
        }

        @Override
        public void reset(ChannelConfig config) {}

        @Override
        public void incMessagesRead(int messages) {}

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return !next.full();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return !next.full();
        }

        @Override
        public void readComplete() {}
    }
}
