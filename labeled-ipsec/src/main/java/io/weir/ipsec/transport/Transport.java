package io.weir.ipsec.transport;

/** Who moves the UDP datagrams of a tunnel. */
public enum Transport {
    /** The fastest that the machine has. */
    AUTO,
    /** Weir's own system calls. */
    SOCKET,
    /** Netty's epoll transport. */
    EPOLL,
    /** Netty's io_uring transport. */
    IO_URING
}
