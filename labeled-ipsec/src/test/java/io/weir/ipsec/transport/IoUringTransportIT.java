package io.weir.ipsec.transport;

class IoUringTransportIT extends DatagramTransportContract {
    @Override
    TransportSettings settings(boolean ipv6) {
        return Hosts.settings(Transport.IO_URING, Encapsulation.UDP, ipv6);
    }

    @Override
    boolean carriesTrafficClass() {
        return true;
    }
}
