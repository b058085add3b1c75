package io.weir.kernel.inet;

import java.net.Inet6Address;
import java.net.InetAddress;

import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * A sockaddr_in or sockaddr_in6 in off-heap memory.
 *
 * <pre>
 * sockaddr_in   0 family (2) · 2 port · 4 address                                          16 bytes
 * sockaddr_in6  0 family (10) · 2 port · 4 flow · 8 address · 24 interface                  28 bytes
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
final class SocketAddress implements AutoCloseable {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final int LENGTH = 16;
    private static final int LENGTH_6 = 28;
    private static final int ADDRESS_OFFSET = 4;
    private static final int ADDRESS_OFFSET_6 = 8;
    private static final int INTERFACE_OFFSET_6 = 24;

    private final Scratch memory = new Scratch(LENGTH_6);
    private final int length;

    SocketAddress(InetAddress address, int port) {
        long base = memory.address();
        byte[] bytes = address.getAddress();
        Memory.writeShort(base + 2, Short.reverseBytes((short) port));
        if (address instanceof Inet6Address six) {
            length = LENGTH_6;
            Memory.writeShort(base, AF_INET6);
            Memory.copy(bytes, 0, base + ADDRESS_OFFSET_6, bytes.length);
            Memory.writeInt(base + INTERFACE_OFFSET_6, six.getScopeId());
        } else {
            length = LENGTH;
            Memory.writeShort(base, AF_INET);
            Memory.copy(bytes, 0, base + ADDRESS_OFFSET, bytes.length);
        }
    }

    long address() {
        return memory.address();
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        memory.close();
    }
}
