package io.weir.kernel.inet;

import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * Off-heap messages for one recvmmsg or sendmmsg on an {@link InetSocket}: for each its mmsghdr, one iovec, and room for two control
 * messages: length of the segments and traffic class.
 *
 * <pre>
 * mmsghdr[capacity]   0 name · 8 name length · 16 iovec · 24 iovecs · 32 control · 40 control length · 48 flags
 *                     56 message length                                                          64 bytes each
 * iovec[capacity]     0 base · 8 length                                                          16 bytes each
 * control[capacity]   cmsghdr: 0 length · 8 level · 12 type · 16 data, padded to a multiple of 8 64 bytes each
 * </pre>
 *
 * <p>Threading: one worker. Calls with an index trust it to be in 0 to capacity - 1.
 */
public final class DatagramVector implements AutoCloseable {
    private static final int MESSAGE_LENGTH = 64;
    private static final int MESSAGE_IOVEC_OFFSET = 16;
    private static final int MESSAGE_IOVECS_OFFSET = 24;
    private static final int MESSAGE_CONTROL_OFFSET = 32;
    private static final int MESSAGE_CONTROL_LENGTH_OFFSET = 40;
    private static final int MESSAGE_FLAGS_OFFSET = 48;
    private static final int MESSAGE_RECEIVED_OFFSET = 56;
    private static final int IOVEC_LENGTH = 16;

    private static final int CONTROL_LENGTH = 64;
    private static final int CMSG_LEVEL_OFFSET = 8;
    private static final int CMSG_TYPE_OFFSET = 12;
    private static final int CMSG_HEADER_LENGTH = 16;
    private static final int CMSG_SPACE = 24; // of each that is used here
    private static final int CMSG_ALIGNMENT = 8;

    private final int capacity;
    private final int level;
    private final int trafficClassType;
    private final Scratch memory;
    private final long messages;
    private final long iovecs;
    private final long controls;

    /** A vector of 1 to 1024 messages, as many as the kernel takes in one call, for sockets of one family. */
    public DatagramVector(boolean ipv6, int capacity) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("capacity must be 1 to 1024: was " + capacity);
        }
        this.capacity = capacity;
        level = ipv6 ? InetSocket.SOL_IPV6 : InetSocket.SOL_IP;
        trafficClassType = ipv6 ? InetSocket.IPV6_TCLASS : InetSocket.IP_TOS;
        memory = new Scratch((long) capacity * (MESSAGE_LENGTH + IOVEC_LENGTH + CONTROL_LENGTH));
        messages = memory.address();
        iovecs = messages + (long) capacity * MESSAGE_LENGTH;
        controls = iovecs + (long) capacity * IOVEC_LENGTH;
        for (int i = 0; i < capacity; i++) {
            Memory.writeLong(message(i) + MESSAGE_IOVEC_OFFSET, iovec(i));
            Memory.writeLong(message(i) + MESSAGE_IOVECS_OFFSET, 1L);
            Memory.writeLong(message(i) + MESSAGE_CONTROL_OFFSET, control(i));
        }
    }

    public int capacity() {
        return capacity;
    }

    /** Payload of message i: where to receive it and at most how much, or what to send. */
    public void base(int i, long address, long length) {
        Memory.writeLong(iovec(i), address);
        Memory.writeLong(iovec(i) + Long.BYTES, length);
    }

    /** Address of message i's payload, as {@link #base} was told. */
    public long address(int i) {
        return Memory.readLong(iovec(i));
    }

    /** Bytes at {@link #address}, as {@link #base} was told. */
    public int capacity(int i) {
        return (int) Memory.readLong(iovec(i) + Long.BYTES);
    }

    /**
     * How message i is sent.
     *
     * @param trafficClass DSCP and ECN, 0 to 255
     * @param segment bytes of each datagram that the kernel makes of a UDP payload, 0 for one datagram
     */
    public void sendAs(int i, int trafficClass, int segment) {
        long at = control(i);
        if (segment != 0) {
            writeHeader(at, Short.BYTES, InetSocket.SOL_UDP, InetSocket.UDP_SEGMENT);
            Memory.writeShort(at + CMSG_HEADER_LENGTH, segment);
            at += CMSG_SPACE;
        }
        if (trafficClass != 0) { // with one, the kernel looks up the route again for each message
            writeHeader(at, Integer.BYTES, level, trafficClassType);
            Memory.writeInt(at + CMSG_HEADER_LENGTH, trafficClass);
            at += CMSG_SPACE;
        }
        Memory.writeLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET, at - control(i));
    }

    private static void writeHeader(long at, int length, int level, int type) {
        Memory.writeLong(at, CMSG_HEADER_LENGTH + length);
        Memory.writeInt(at + CMSG_LEVEL_OFFSET, level);
        Memory.writeInt(at + CMSG_TYPE_OFFSET, type);
    }

    /** Bytes of each datagram that the kernel will make of message i, 0 for one, as {@link #sendAs} was told. */
    public int segmentToSend(int i) {
        long at = find(i, InetSocket.SOL_UDP, InetSocket.UDP_SEGMENT);
        return at == 0 ? 0 : Memory.readUnsignedShort(at);
    }

    /** Where the msghdr of message i lies, for whoever hands it to the kernel otherwise than by {@link #send} and {@link #receive}. */
    public long header(int i) {
        return message(i);
    }

    /** Lets message i be received: the kernel left the lengths of the last one in it. */
    public void prepare(int i) {
        Memory.writeLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET, CONTROL_LENGTH);
    }

    /** Message i was received with that many bytes. */
    public void received(int i, int length) {
        Memory.writeInt(message(i) + MESSAGE_RECEIVED_OFFSET, length);
    }

    /**
     * Messages sent of {@code count} from index {@code from}, without waiting; 0 when the send buffer is full. A negative errno belongs
     * to message {@code from}, or is an ICMP error about an earlier datagram: then the same call succeeds when repeated.
     */
    public int send(int fd, int from, int count) {
        return Syscall.sendmmsg(fd, message(from), count, Syscall.MSG_DONTWAIT);
    }

    /**
     * Messages received into the first {@code count} buffers, never waiting; 0 for none; a negative errno, which may be an ICMP error
     * about an earlier datagram: then the same call succeeds when repeated.
     */
    public int receive(int fd, int count) {
        for (int i = 0; i < count; i++) {
            prepare(i);
        }
        return Syscall.recvmmsg(fd, messages, count, Syscall.MSG_DONTWAIT);
    }

    /** Bytes of received message i that lie in its buffer. */
    public int length(int i) {
        return Memory.readInt(message(i) + MESSAGE_RECEIVED_OFFSET);
    }

    /** Whether received message i was longer than its buffer. */
    public boolean truncated(int i) {
        return (Memory.readInt(message(i) + MESSAGE_FLAGS_OFFSET) & Syscall.MSG_TRUNC) != 0;
    }

    /** Bytes of each datagram in received message i but the last, which may be shorter; 0 when it is one datagram. */
    public int segment(int i) {
        long at = find(i, InetSocket.SOL_UDP, InetSocket.UDP_GRO);
        return at == 0 ? 0 : Memory.readInt(at);
    }

    /** DSCP and ECN of received message i, -1 when the socket does not report them. */
    public int trafficClass(int i) {
        long at = find(i, level, trafficClassType);
        return at == 0 ? -1 : Byte.toUnsignedInt(Memory.readByte(at));
    }

    /** Address of the data of a control message, 0 when there is none. */
    private long find(int i, int wantedLevel, int wantedType) {
        long at = control(i);
        long end = at + Memory.readLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET);
        while (at + CMSG_HEADER_LENGTH < end) {
            if (Memory.readInt(at + CMSG_LEVEL_OFFSET) == wantedLevel
                    && Memory.readInt(at + CMSG_TYPE_OFFSET) == wantedType) {
                return at + CMSG_HEADER_LENGTH;
            }
            at += Memory.readLong(at) + CMSG_ALIGNMENT - 1 & -CMSG_ALIGNMENT;
        }
        return 0;
    }

    private long message(int i) {
        return messages + (long) i * MESSAGE_LENGTH;
    }

    private long iovec(int i) {
        return iovecs + (long) i * IOVEC_LENGTH;
    }

    private long control(int i) {
        return controls + (long) i * CONTROL_LENGTH;
    }

    @Override
    public void close() {
        memory.close();
    }
}
