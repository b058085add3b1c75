package io.weir.ipsec.transport;

class SocketTransportIT extends DatagramTransportContract {
    @Override
    TransportSettings settings(boolean ipv6) {
        return Hosts.settings(Transport.SOCKET, Encapsulation.UDP, ipv6);
    }

    @Override
    boolean carriesTrafficClass() {
        return true;
    }
}
