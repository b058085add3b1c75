package io.weir.ipsec.transport;

class RawTransportIT extends DatagramTransportContract {
    @Override
    TransportSettings settings(boolean ipv6) {
        return Hosts.settings(Transport.SOCKET, Encapsulation.RAW, ipv6);
    }

    @Override
    boolean carriesTrafficClass() {
        return true;
    }
}
