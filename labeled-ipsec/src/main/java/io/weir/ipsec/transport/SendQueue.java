package io.weir.ipsec.transport;

import io.weir.kernel.Errno;
import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * Datagrams that wait for one sendmmsg. Where the kernel does not segment, each datagram is a message of its own.
 *
 * <p>Threading: one worker.
 */
final class SendQueue implements AutoCloseable {
    private static final int CAPACITY = 64;

    private final InetSocket socket;
    private final int headerLength;
    private final boolean dontFragment;
    private final DatagramVector messages;
    private final DatagramVector pieces; // of one message, when the kernel does not segment it
    private final long[] addresses = new long[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final int[] segments = new int[CAPACITY];
    private final int[] trafficClasses = new int[CAPACITY];
    private boolean segmenting;
    private int queued;
    private int refused; // datagrams since the last flush
    private int errno; // of the last of them

    /** @param segmenting whether to let the kernel segment */
    SendQueue(InetSocket socket, TransportSettings settings, int headerLength, boolean segmenting) {
        this.socket = socket;
        this.headerLength = headerLength;
        this.dontFragment = settings.dontFragment();
        this.segmenting = segmenting;
        messages = new DatagramVector(socket.ipv6(), CAPACITY);
        pieces = new DatagramVector(socket.ipv6(), CAPACITY);
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
            transmitQueued();
        }
        addresses[queued] = address;
        lengths[queued] = length;
        segments[queued] = segment;
        trafficClasses[queued] = trafficClass;
        messages.base(queued, address, length);
        messages.control(queued, trafficClass, segment < length ? segment : 0);
        queued++;
    }

    /** Sends what waits. Datagrams refused since the last flush; {@link #takeErrno} says why. */
    int flush() {
        transmitQueued();
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

    private void transmitQueued() {
        int done = 0;
        boolean repeated = false;
        while (done < queued) {
            int sent = messages.send(socket.fd(), done, queued - done);
            if (sent > 0) {
                done += sent;
                repeated = false;
            } else if (sent == 0 || sent == -Errno.ENOBUFS) { // of a raw socket
                refuse(done, queued, Errno.EAGAIN);
                done = queued;
            } else if (!repeated) {
                repeated =
                        true; // an ICMP error about an earlier datagram is reported once: only a second error is this
                // message's
            } else {
                failed(done, -sent);
                done++;
                repeated = false;
            }
        }
        queued = 0;
    }

    private void refuse(int from, int to, int why) {
        for (int i = from; i < to; i++) {
            refused += datagrams(i);
        }
        errno = why;
    }

    private int datagrams(int i) {
        return (lengths[i] + segments[i] - 1) / segments[i];
    }

    private void failed(int i, int why) {
        boolean tooLong = (why == Errno.EINVAL || why == Errno.EMSGSIZE) && segments[i] + headerLength > socket.mtu();
        boolean several = segments[i] < lengths[i];
        if (why == Errno.EIO && several) {
            segmenting =
                    false; // the interface completes no checksums, and this kernel segments only where that is done
            transmitPieces(i);
        } else if (tooLong && several && !dontFragment) {
            transmitPieces(i); // segments are never fragmented
        } else {
            refuse(i, i + 1, tooLong ? Errno.EMSGSIZE : why);
        }
    }

    private void transmitPieces(int i) {
        int count = 0;
        for (int offset = 0; offset < lengths[i]; offset += segments[i]) {
            if (count == CAPACITY) {
                transmitPieces(0, count);
                count = 0;
            }
            pieces.base(count, addresses[i] + offset, Math.min(segments[i], lengths[i] - offset));
            pieces.control(count++, trafficClasses[i], 0);
        }
        transmitPieces(0, count);
    }

    private void transmitPieces(int from, int count) {
        int done = from;
        boolean repeated = false;
        while (done < count) {
            int sent = pieces.send(socket.fd(), done, count - done);
            if (sent > 0) {
                done += sent;
                repeated = false;
            } else if (sent < 0 && !repeated) {
                repeated = true;
            } else {
                refused++;
                errno = sent == 0 ? Errno.EAGAIN : -sent;
                done++;
                repeated = false;
            }
        }
    }

    @Override
    public void close() {
        messages.close();
        pieces.close();
    }
}
