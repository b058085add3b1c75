package io.weir.ipsec.transport;

import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;

import io.weir.kernel.Errno;
import io.weir.kernel.inet.DatagramVector;

/**
 * Writes datagrams to a channel without copying them. What the kernel does not take is not left in the channel: its memory will be used
 * again.
 *
 * <p>Threading: one worker.
 */
final class ChannelSender extends ChannelInboundHandlerAdapter implements MessageSender {
    // Netty's buffers cover what lies this near to what they were made for, so that few are made.
    private static final long WINDOW = 1L << 26;
    private static final long WINDOW_ALIGNMENT = 1L << 20;
    private static final int UNSEGMENTED = 0xffff;

    private final Channel channel;
    private final WorkerEventLoop loop;
    private final ChannelReader reader;
    private final DatagramVector outgoing;
    private final int fd;
    private final InetSocketAddress local;
    private final UnreachableCount unreachable;
    private final ByteBuf[] windows = new ByteBuf[SendQueue.CAPACITY];
    private final long[] starts = new long[SendQueue.CAPACITY]; // of the windows
    private final SegmentedDatagramPacket[] packets = new SegmentedDatagramPacket[SendQueue.CAPACITY];
    private int @Nullable [] errors; // while writing
    private int count;

    ChannelSender(
            Channel channel,
            WorkerEventLoop loop,
            ChannelReader reader,
            DatagramVector outgoing,
            int fd,
            InetSocketAddress local,
            UnreachableCount unreachable) {
        this.channel = channel;
        this.loop = loop;
        this.reader = reader;
        this.outgoing = outgoing;
        this.fd = fd;
        this.local = local;
        this.unreachable = unreachable;
        Arrays.fill(windows, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void send(int count, int[] errors) {
        Arrays.fill(errors, 0, count, 0);
        this.errors = errors;
        this.count = count;
        for (int i = 0; i < count; i++) {
            channel.unsafe().write(packet(i), channel.voidPromise());
        }
        channel.unsafe().flush();
        this.errors = null; // in a turn of the loop an error may be one of reading
        ChannelOutboundBuffer left = channel.unsafe().outboundBuffer();
        if (!left.isEmpty() && !reader.unread()) {
            loop.runNow(); // after a full buffer Netty writes only when it has heard that there is room
        }
        Arrays.fill(errors, count - left.size(), count, Errno.EAGAIN);
        while (left.remove()) {}
        repeat(count, errors);
    }

    /** What failed may have failed of an ICMP error about an earlier datagram, which is gone now. */
    private void repeat(int count, int[] errors) {
        for (int i = 0; i < count; i++) {
            if (errors[i] != 0 && errors[i] != Errno.EAGAIN) {
                int sent = outgoing.send(fd, i, 1);
                errors[i] = sent > 0 ? 0 : sent == 0 ? Errno.EAGAIN : -sent;
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        int why = errno(cause);
        unreachable.failed(why);
        if (errors != null) {
            int left = channel.unsafe().outboundBuffer().size();
            errors[count - left - 1] = why;
        }
    }

    private static int errno(Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            return Errno.ECONNREFUSED; // Netty's translation of it
        }
        return cause instanceof NativeIoException error ? -error.expectedErr() : Errno.EIO;
    }

    /** Message i for Netty, which releases it. Without recipient, because the socket is connected. */
    private SegmentedDatagramPacket packet(int i) {
        long address = outgoing.address(i);
        int length = outgoing.capacity(i);
        int segment = outgoing.segmentToSend(i) == 0 ? UNSEGMENTED : outgoing.segmentToSend(i);
        SegmentedDatagramPacket packet = packets[i];
        boolean covered = packet != null && address >= starts[i] && address + length <= starts[i] + WINDOW;
        if (!covered) {
            starts[i] = address & -WINDOW_ALIGNMENT;
            windows[i] = ForeignMemory.wrap(starts[i], WINDOW);
        }
        if (!covered || packet.segmentSize() != segment) {
            packet = new SegmentedDatagramPacket(windows[i], segment, null, local);
            packets[i] = packet;
        }
        int offset = (int) (address - starts[i]);
        windows[i].setIndex(offset, offset + length).retain();
        return packet;
    }
}
