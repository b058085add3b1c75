package io.weir.kernel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Frames that tests send, and a bounded wait for those they expect. */
public final class Frames {
    public static final int ARP_LENGTH = 42;

    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final byte[] SENDER = {0x02, 0x57, 0x45, 0x49, 0x52, 0x01};
    private static final int TIMEOUT_MS = 5_000;

    private Frames() {}

    public static byte[] arpRequest(String sender, String target) {
        return ByteBuffer.allocate(ARP_LENGTH)
                .put(BROADCAST)
                .put(SENDER)
                .putShort((short) 0x0806)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1)
                .put(SENDER)
                .put(ip(sender))
                .put(new byte[6])
                .put(ip(target))
                .array();
    }

    /** Of an experimental EtherType (0x88b5) that no kernel answers; bytes 14 to 17 hold the number. */
    public static byte[] numbered(int number, int length) {
        return ByteBuffer.allocate(length)
                .put(BROADCAST)
                .put(SENDER)
                .putShort((short) 0x88b5)
                .putInt(number)
                .array();
    }

    /** The frame with an 802.1Q tag behind its addresses. */
    public static byte[] tagged(byte[] frame, int tci) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) 0x8100)
                .putShort((short) tci)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    /** Writes an IPv4 TCP super-frame with this many data bytes, checksum left to offload; its length. */
    public static int superFrame(long address, int dataBytes) {
        ByteBuffer headers = ByteBuffer.allocate(54)
                .put(BROADCAST)
                .put(SENDER)
                .putShort((short) 0x0800)
                .putShort((short) 0x4500)
                .putShort((short) (40 + dataBytes))
                .putInt(0)
                .putShort((short) 0x4006)
                .putShort((short) 0)
                .put(ip("10.9.0.2"))
                .put(ip("10.9.0.1"))
                .putShort((short) 4000)
                .putShort((short) 5000)
                .putLong(0)
                .putShort((short) 0x5010);
        Memory.copy(headers.array(), 0, address, 54);
        return 54 + dataBytes;
    }

    /** Whether the descriptor becomes readable within the time. */
    public static boolean readable(int fd, int timeoutMs) {
        try (var entry = new Scratch(8)) {
            Memory.writeInt(entry.address(), fd);
            Memory.writeShort(entry.address() + 4, Syscall.POLLIN);
            return Syscall.poll(entry.address(), 1, timeoutMs) == 1;
        }
    }

    /** Result of a read once something is there, 0 when nothing came. */
    public static long await(int fd, long address, long length) {
        return readable(fd, TIMEOUT_MS) ? Syscall.read(fd, address, length) : 0;
    }

    private static byte[] ip(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }
}
