package io.weir.ipsec.transport;

import java.util.Arrays;

import io.weir.kernel.Errno;
import io.weir.kernel.inet.DatagramVector;

/**
 * sendmmsg and recvmmsg.
 *
 * <p>An ICMP error about an earlier datagram fails one call, of either kind, and is gone. So only the second error in succession is the
 * message's own.
 *
 * <p>Threading: one worker.
 */
final class SyscallIo implements MessageIo {
    private final int fd;
    private final DatagramVector outgoing;
    private final DatagramVector incoming;
    private final UnreachableCount unreachable;

    SyscallIo(int fd, DatagramVector outgoing, DatagramVector incoming, UnreachableCount unreachable) {
        this.fd = fd;
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.unreachable = unreachable;
    }

    @Override
    public void send(int count, int[] errors) {
        Arrays.fill(errors, 0, count, 0);
        int done = 0;
        boolean repeated = false;
        while (done < count) {
            int sent = outgoing.send(fd, done, count - done);
            if (sent > 0) {
                done += sent;
                repeated = false;
            } else if (sent == 0 || sent == -Errno.ENOBUFS) { // the latter of raw sockets
                Arrays.fill(errors, done, count, Errno.EAGAIN);
                return;
            } else {
                unreachable.failed(-sent);
                if (repeated) {
                    errors[done++] = -sent;
                }
                repeated = !repeated;
            }
        }
    }

    @Override
    public int receive(int[] slots) {
        int count = incoming.receive(fd, incoming.capacity());
        if (count < 0) {
            unreachable.failed(-count);
            count = incoming.receive(fd, incoming.capacity());
        }
        for (int i = 0; i < count; i++) {
            slots[i] = i;
        }
        return count;
    }

    @Override
    public void close() {}
}
