package io.weir.ipsec.transport;

class EpollTransportIT extends DatagramTransportContract {
    @Override
    TransportSettings settings(boolean ipv6) {
        return Hosts.settings(Transport.EPOLL, Encapsulation.UDP, ipv6);
    }

    @Override
    boolean carriesTrafficClass() {
        return false;
    }
}
