package io.weir.kernel.packetsocket;

import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * Off-heap messages for one recvmmsg or sendmmsg: for each its mmsghdr, two iovecs (header and payload, in this order;
 * an unused one is empty) and room for the packet auxdata.
 *
 * <pre>
 * mmsghdr[capacity]   0 name · 8 name length · 16 iovec · 24 iovecs · 32 control · 40 control length · 48 flags
 *                     56 message length                                                          64 bytes each
 * iovec[capacity][2]  0 base · 8 length                                                          16 bytes each
 * control[capacity]   cmsghdr: 0 length · 8 level · 12 type; tpacket_auxdata: 16 status · 20 length
 *                     24 captured · 28 mac · 30 net · 32 vlan tci · 34 vlan tpid                 40 bytes each
 * </pre>
 *
 * <p>Threading: one worker. Calls with an index trust it to be in 0 to capacity - 1.
 */
public final class MessageVector implements AutoCloseable {
    private static final int MESSAGE_LENGTH = 64;
    private static final int MESSAGE_IOVEC_OFFSET = 16;
    private static final int MESSAGE_IOVECS_OFFSET = 24;
    private static final int MESSAGE_CONTROL_OFFSET = 32;
    private static final int MESSAGE_CONTROL_LENGTH_OFFSET = 40;
    private static final int MESSAGE_FLAGS_OFFSET = 48;
    private static final int MESSAGE_RECEIVED_OFFSET = 56;

    private static final int IOVEC_LENGTH = 16;
    private static final int IOVECS = 2;
    private static final int PAYLOAD = IOVEC_LENGTH;

    private static final int CONTROL_LENGTH = 40;
    private static final int CONTROL_LEVEL_OFFSET = 8;
    private static final int CONTROL_TYPE_OFFSET = 12;
    private static final int AUXDATA_STATUS_OFFSET = 16;
    private static final int AUXDATA_VLAN_TCI_OFFSET = 32;
    private static final int AUXDATA_VLAN_TPID_OFFSET = 34;
    private static final int AUXDATA_END = 36;

    private static final int CHECKSUM_NOT_READY = 1 << 3;
    private static final int VLAN_VALID = 1 << 4;
    private static final int VLAN_TPID_VALID = 1 << 6;
    private static final int CHECKSUM_VALID = 1 << 7;
    private static final int TPID_8021Q = 0x8100;

    private final int capacity;
    private final Scratch memory;
    private final long messages;
    private final long iovecs;
    private final long controls;

    /** A vector of 1 to 1024 messages, as many as the kernel takes in one call. */
    public MessageVector(int capacity) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("capacity must be 1 to 1024: was " + capacity);
        }
        this.capacity = capacity;
        memory = new Scratch((long) capacity * (MESSAGE_LENGTH + IOVECS * IOVEC_LENGTH + CONTROL_LENGTH));
        messages = memory.address();
        iovecs = messages + (long) capacity * MESSAGE_LENGTH;
        controls = iovecs + (long) capacity * IOVECS * IOVEC_LENGTH;
        for (int i = 0; i < capacity; i++) {
            Memory.writeLong(message(i) + MESSAGE_IOVEC_OFFSET, iovec(i));
            Memory.writeLong(message(i) + MESSAGE_IOVECS_OFFSET, IOVECS);
        }
    }

    public int capacity() {
        return capacity;
    }

    /** Payload of message i: where to receive it and at most how much, or what to send. */
    public void base(int i, long address, long length) {
        Memory.writeLong(iovec(i) + PAYLOAD, address);
        Memory.writeLong(iovec(i) + PAYLOAD + Long.BYTES, length);
    }

    /** Bytes in front of the payload, for example the vnet header; length 0 for none. */
    public void header(int i, long address, long length) {
        Memory.writeLong(iovec(i), address);
        Memory.writeLong(iovec(i) + Long.BYTES, length);
    }

    /** As {@link #receive(int, int, int)} with the whole vector. */
    public int receive(int fd) {
        return receive(fd, 0, capacity);
    }

    /** Messages received into {@code count} buffers from {@code from}, never waiting; 0 for none; a negative errno. */
    public int receive(int fd, int from, int count) {
        for (int i = from; i < from + count; i++) {
            // The kernel left the lengths of the last call here.
            Memory.writeLong(message(i) + MESSAGE_CONTROL_OFFSET, controls + (long) i * CONTROL_LENGTH);
            Memory.writeLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET, CONTROL_LENGTH);
        }
        return Syscall.recvmmsg(fd, message(from), count, Syscall.MSG_DONTWAIT);
    }

    /**
     * Messages sent of {@code count} from index {@code from}, without waiting; 0 when the send buffer is full. A
     * negative errno belongs to message {@code from}: drop it and go on behind it, as with -EMSGSIZE (longer than the
     * interface allows), -ENOBUFS (driver queue full under qdisc bypass), -ENETDOWN or -ENXIO (interface down, gone).
     */
    public int send(int fd, int from, int count) {
        for (int i = from; i < from + count; i++) {
            Memory.writeLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET, 0L);
        }
        return Syscall.sendmmsg(fd, message(from), count, Syscall.MSG_DONTWAIT);
    }

    /** Bytes of received message i that lie in its buffers, vnet header included. */
    public int length(int i) {
        return Memory.readInt(message(i) + MESSAGE_RECEIVED_OFFSET);
    }

    /** Whether received message i was longer than its buffers. */
    public boolean truncated(int i) {
        return (Memory.readInt(message(i) + MESSAGE_FLAGS_OFFSET) & Syscall.MSG_TRUNC) != 0;
    }

    /** Whether the kernel took a VLAN tag off received message i. */
    public boolean vlanPresent(int i) {
        return (status(i) & VLAN_VALID) != 0;
    }

    /** Priority, drop-eligible bit and VLAN of the tag taken off message i; 0 when there was none. */
    public int vlanTci(int i) {
        return vlanPresent(i) ? Memory.readUnsignedShort(control(i) + AUXDATA_VLAN_TCI_OFFSET) : 0;
    }

    /** EtherType of the tag taken off message i, 0x8100 or 0x88a8; 0 when there was none. */
    public int vlanTpid(int i) {
        if (!vlanPresent(i)) {
            return 0;
        }
        boolean named = (status(i) & VLAN_TPID_VALID) != 0;
        return named ? Memory.readUnsignedShort(control(i) + AUXDATA_VLAN_TPID_OFFSET) : TPID_8021Q;
    }

    /** Whether a checksum of received message i is still to be filled in by its sender's offload. */
    public boolean checksumNotReady(int i) {
        return (status(i) & CHECKSUM_NOT_READY) != 0;
    }

    /** Whether the sending device or driver has verified the transport checksum of received message i. */
    public boolean checksumValid(int i) {
        return (status(i) & CHECKSUM_VALID) != 0;
    }

    /** tp_status of the auxdata, 0 when the kernel gave none. */
    private int status(int i) {
        boolean auxdata = Memory.readLong(message(i) + MESSAGE_CONTROL_LENGTH_OFFSET) >= AUXDATA_END
                && Memory.readInt(control(i) + CONTROL_LEVEL_OFFSET) == PacketSocket.SOL_PACKET
                && Memory.readInt(control(i) + CONTROL_TYPE_OFFSET) == PacketSocket.PACKET_AUXDATA;
        return auxdata ? Memory.readInt(control(i) + AUXDATA_STATUS_OFFSET) : 0;
    }

    private long message(int i) {
        return messages + (long) i * MESSAGE_LENGTH;
    }

    private long iovec(int i) {
        return iovecs + (long) i * IOVECS * IOVEC_LENGTH;
    }

    private long control(int i) {
        return controls + (long) i * CONTROL_LENGTH;
    }

    @Override
    public void close() {
        memory.close();
    }
}
