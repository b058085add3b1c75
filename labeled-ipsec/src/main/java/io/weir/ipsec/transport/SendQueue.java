package io.weir.ipsec.transport;

import io.weir.kernel.Errno;
import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * Datagrams that wait for one system call. Where the kernel does not segment, each datagram is a message of its own.
 *
 * <p>Threading: one worker.
 */
final class SendQueue {
    static final int CAPACITY = 64;

    private final InetSocket socket;
    private final DatagramVector messages;
    private final MessageSender io;
    private final int headerLength;
    private final boolean dontFragment;
    private final long[] addresses = new long[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final int[] segments = new int[CAPACITY];
    private final int[] trafficClasses = new int[CAPACITY];
    private final int[] errors = new int[CAPACITY];
    private final int[] pieceErrors = new int[CAPACITY];
    private boolean segmenting;
    private int queued;
    private int refused; // datagrams since the last flush
    private int errno; // of the last of them

    /**
     * @param messages what {@code io} sends
     * @param segmenting whether to let the kernel segment
     */
    SendQueue(
            InetSocket socket,
            DatagramVector messages,
            MessageSender io,
            TransportSettings settings,
            boolean segmenting) {
        this.socket = socket;
        this.messages = messages;
        this.io = io;
        this.headerLength = settings.headerLength();
        this.dontFragment = settings.dontFragment();
        this.segmenting = segmenting;
    }

    boolean segmenting() {
        return segmenting;
    }

    void add(long address, int length, int segment, int trafficClass) {
        if (segmenting || length <= segment) {
            enqueue(address, length, segment, trafficClass);
            return;
        }
        for (int offset = 0; offset < length; offset += segment) {
            enqueue(address + offset, Math.min(segment, length - offset), segment, trafficClass);
        }
    }

    private void enqueue(long address, int length, int segment, int trafficClass) {
        if (queued == CAPACITY) {
            transmit();
        }
        addresses[queued] = address;
        lengths[queued] = length;
        segments[queued] = segment;
        trafficClasses[queued] = trafficClass;
        messages.base(queued, address, length);
        messages.sendAs(queued, trafficClass, segment < length ? segment : 0);
        queued++;
    }

    /** Sends what waits. Datagrams refused since the last flush; {@link #takeErrno} says why. */
    int flush() {
        transmit();
        int result = refused;
        refused = 0;
        return result;
    }

    /** Why the last datagram was refused that was, 0 when none was since the last call. */
    int takeErrno() {
        int result = errno;
        errno = 0;
        return result;
    }

    private void transmit() {
        int count = queued;
        if (count == 0) {
            return;
        }
        queued = 0;
        io.send(count, errors);
        for (int i = 0; i < count; i++) {
            if (errors[i] != 0) {
                failed(i, errors[i]);
            }
        }
    }

    private void failed(int i, int why) {
        boolean several = segments[i] < lengths[i];
        if (why == Errno.EAGAIN) {
            refuse(i, why);
            return;
        }
        boolean tooLong = (why == Errno.EINVAL || why == Errno.EMSGSIZE) && segments[i] + headerLength > socket.mtu();
        if (why == Errno.EIO && several) {
            // The interface completes no checksums, and this kernel segments only where that is done.
            segmenting = false;
            transmitPieces(i);
        } else if (tooLong && several && !dontFragment) {
            transmitPieces(i); // segments are never fragmented
        } else {
            refuse(i, tooLong ? Errno.EMSGSIZE : why);
        }
    }

    private void refuse(int i, int why) {
        refused += (lengths[i] + segments[i] - 1) / Math.max(1, segments[i]);
        errno = why;
    }

    private void transmitPieces(int i) {
        int count = 0;
        for (int offset = 0; offset < lengths[i]; offset += segments[i]) {
            if (count == CAPACITY) {
                sendPieces(count);
                count = 0;
            }
            messages.base(count, addresses[i] + offset, Math.min(segments[i], lengths[i] - offset));
            messages.sendAs(count++, trafficClasses[i], 0);
        }
        sendPieces(count);
    }

    private void sendPieces(int count) {
        io.send(count, pieceErrors);
        for (int i = 0; i < count; i++) {
            if (pieceErrors[i] != 0) {
                refused++;
                errno = pieceErrors[i];
            }
        }
    }
}
