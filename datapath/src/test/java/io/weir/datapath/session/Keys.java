package io.weir.datapath.session;

import io.weir.datapath.wire.IpProtocol;

/** Keys of packets between made-up IPv4 hosts. */
final class Keys {
    static final int VLAN = 1;

    private Keys() {}

    /** Of a UDP datagram from one host to another; hosts are the last 32 bits of their addresses. */
    static SessionKey udp(int from, int fromPort, int to, int toPort) {
        return fill(new SessionKey(), IpProtocol.UDP, from, fromPort, to, toPort);
    }

    static SessionKey tcp(int from, int fromPort, int to, int toPort) {
        return fill(new SessionKey(), IpProtocol.TCP, from, fromPort, to, toPort);
    }

    static SessionKey fill(SessionKey key, int protocol, int from, int fromPort, int to, int toPort) {
        long source = SessionKey.IPV4_PREFIX | Integer.toUnsignedLong(from);
        long destination = SessionKey.IPV4_PREFIX | Integer.toUnsignedLong(to);
        return key.ends(false, 0, source, 0, destination).transport(VLAN, protocol, fromPort, toPort);
    }
}
