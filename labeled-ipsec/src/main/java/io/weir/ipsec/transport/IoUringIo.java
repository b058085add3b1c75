package io.weir.ipsec.transport;

import java.io.UncheckedIOException;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

import io.weir.kernel.Errno;
import io.weir.kernel.Syscall;
import io.weir.kernel.inet.DatagramVector;

/**
 * Netty's io_uring: many messages a system call, none waits in the ring.
 *
 * <p>It puts its own operations into Netty's ring. Netty's datagram channel (4.2.18) would coalesce nothing, tell no traffic class, submit
 * segmented datagrams one by one, and leave operations in the ring that hold buffers which the worker wants to use.
 *
 * <p>Threading: one worker; opened and closed by the control thread.
 */
final class IoUringIo implements MessageIo, IoUringIoHandle {
    private static final byte OP_SENDMSG = 9;
    private static final byte OP_RECVMSG = 10;
    private static final int RING_LENGTH = 128;
    private static final int WANTED_MIN = 2;

    private final int fd;
    private final DatagramVector outgoing;
    private final DatagramVector incoming;
    private final UnreachableCount unreachable;
    private final IoHandler ring;
    private final IoRegistration registration;
    private final IoUringIoOps[] sends;
    private final IoUringIoOps[] receives;
    private final int[] results; // of the operations that were submitted last
    private final SyscallIo calls; // when the ring cannot
    private long owner; // number of the thread that the ring is registered at, 0 for none
    private boolean broken;
    private int outstanding;
    private int wanted;

    /** @throws RuntimeException when the kernel makes no ring; see {@link io.netty.channel.uring.IoUring#unavailabilityCause} */
    IoUringIo(int fd, DatagramVector outgoing, DatagramVector incoming, UnreachableCount unreachable) {
        this.fd = fd;
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.unreachable = unreachable;
        calls = new SyscallIo(fd, outgoing, incoming, unreachable);
        wanted = incoming.capacity();
        results = new int[Math.max(outgoing.capacity(), incoming.capacity())];
        sends = operations(OP_SENDMSG, outgoing);
        receives = operations(OP_RECVMSG, incoming);
        ring = IoUringIoHandler.newFactory(
                        new IoUringIoHandlerConfig().setRingSize(RING_LENGTH).setSingleIssuer(false))
                .newHandler(CallingThread.INSTANCE);
        registration = register();
    }

    private IoUringIoOps[] operations(byte code, DatagramVector vector) {
        IoUringIoOps[] operations = new IoUringIoOps[vector.capacity()];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = new IoUringIoOps(
                    code,
                    (byte) 0,
                    (short) 0,
                    fd,
                    0L,
                    vector.header(i),
                    1,
                    Syscall.MSG_DONTWAIT,
                    i,
                    (short) 0,
                    (short) 0,
                    0,
                    0L);
        }
        return operations;
    }

    private IoRegistration register() {
        try {
            return ring.register(this);
        } catch (Exception e) {
            destroyRing();
            throw new IllegalStateException("register a socket at its io_uring", e);
        }
    }

    @Override
    public void send(int count, int[] errors) {
        if (!run(sends, count)) {
            calls.send(count, errors);
            return;
        }
        for (int i = 0; i < count; i++) {
            errors[i] = results[i] < 0 ? error(i) : 0;
        }
    }

    /** Error of message i, which the ring did not send. */
    private int error(int i) {
        if (results[i] == -Errno.EAGAIN) {
            return Errno.EAGAIN;
        }
        unreachable.failed(-results[i]);
        // It may have been an ICMP error about an earlier datagram, which is gone now.
        int sent = outgoing.send(fd, i, 1);
        if (sent > 0) {
            return 0;
        }
        return sent == 0 ? Errno.EAGAIN : -sent;
    }

    /** An operation that finds nothing costs little, a message left behind a system call: asks for twice as many while all come. */
    @Override
    public int receive(int[] slots) {
        for (int i = 0; i < wanted; i++) {
            incoming.prepare(i);
        }
        if (!run(receives, wanted)) {
            return calls.receive(slots);
        }
        int count = 0;
        boolean failed = false;
        for (int i = 0; i < wanted; i++) {
            if (results[i] >= 0) {
                incoming.received(i, results[i]);
                slots[count++] = i;
            }
            if (results[i] < 0 && results[i] != -Errno.EAGAIN) {
                failed = true;
                unreachable.failed(-results[i]);
            }
        }
        if (count == 0 && failed) {
            return calls.receive(slots); // after an ICMP error about a datagram that was sent, or for want of a socket
        }
        wanted = Math.min(incoming.capacity(), count == wanted ? 2 * count : Math.max(WANTED_MIN, count + 1));
        return count;
    }

    /** Whether the ring did the operations; it is not used again when it did not. */
    private boolean run(IoUringIoOps[] operations, int count) {
        if (broken) {
            return false;
        }
        own();
        outstanding = count;
        for (int i = 0; i < count; i++) {
            registration.submit(operations[i]);
        }
        try {
            while (outstanding > 0) { // once: with MSG_DONTWAIT every operation ends while it is submitted
                ring.run(NeverWaiting.INSTANCE);
            }
        } catch (UncheckedIOException _) {
            broken = true; // the kernel refused to be entered, for want of memory
        }
        return !broken;
    }

    /**
     * Netty registers the ring at the thread that initializes it, and enters it by that registration from then on. So each new thread
     * initializes it again, which enables a ring only once. A registration left behind ends with its thread.
     */
    private void own() {
        long thread = Thread.currentThread().threadId();
        if (owner != thread) {
            owner = thread;
            ring.initialize();
        }
    }

    @Override
    public void handle(IoRegistration of, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        results[(int) completion.userData()] = completion.res();
        outstanding--;
    }

    @Override
    public void close() {
        registration.cancel();
        destroyRing();
    }

    private void destroyRing() {
        own();
        ring.prepareToDestroy();
        ring.destroy();
    }

    /** Every thread is the ring's: the transport has one at a time. */
    private enum CallingThread implements ThreadAwareExecutor {
        INSTANCE;

        @Override
        public boolean isExecutorThread(Thread thread) {
            return true;
        }

        @Override
        public void execute(Runnable command) {
            command.run();
        }
    }

    /** Runs what is ready. */
    enum NeverWaiting implements IoHandlerContext {
        INSTANCE;

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
