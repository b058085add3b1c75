package io.weir.ipsec.tunnel;

/**
 * A tunnel as it is at one moment, for listings.
 *
 * @param io transport in use, empty while no port has the tunnel open
 * @param pathMtu largest IP packet on the path to the peer in bytes, 0 while the tunnel is not open
 * @param mtu largest inner packet in bytes, 0 while the tunnel is not open
 * @param gatewayMac under which a tunnel of IP packets is a gateway, in the low 48 bits; 0 for Ethernet payloads
 * @param inboundSas how many there are
 * @param outboundSas how many could take a packet
 * @param counters since the port was opened
 * @param stateError errno of the last failure to keep the state of SAs on the disk, 0 when the last try went well
 */
public record TunnelStatus(
        TunnelSettings settings,
        String io,
        int pathMtu,
        int mtu,
        long gatewayMac,
        int inboundSas,
        int outboundSas,
        Counters counters,
        int stateError) {
    /**
     * What a tunnel counts beside its port.
     *
     * @param sent datagrams that the network took
     * @param refused datagrams that it did not take
     * @param received datagrams from the peer
     * @param keepalives NAT keepalives among them (RFC 3948 section 2.3)
     * @param ikeMessages IKE messages among them (RFC 3948 section 2.2)
     * @param coalesced TCP segments that were added to super-frames
     * @param icmpErrors that local senders were told by
     * @param neighbourMessages ARP packets and neighbour-discovery messages sent
     * @param receiveErrors times that the network could not be read
     * @param unreachable times that an ICMP error said that nobody listens at the peer; it may be forged
     */
    public record Counters(
            long sent,
            long refused,
            long received,
            long keepalives,
            long ikeMessages,
            long coalesced,
            long icmpErrors,
            long neighbourMessages,
            long receiveErrors,
            long unreachable) {
        static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        static Counters of(TunnelCounters from, long unreachable) {
            return new Counters(
                    from.read(TunnelCounters.SENT),
                    from.read(TunnelCounters.REFUSED),
                    from.read(TunnelCounters.RECEIVED),
                    from.read(TunnelCounters.KEEPALIVES),
                    from.read(TunnelCounters.IKE_MESSAGES),
                    from.read(TunnelCounters.COALESCED),
                    from.read(TunnelCounters.ICMP_ERRORS),
                    from.read(TunnelCounters.NEIGHBOUR_MESSAGES),
                    from.read(TunnelCounters.RECEIVE_ERRORS),
                    unreachable);
        }
    }
}
