package io.weir.ipsec.tunnel;

import java.net.InetAddress;
import java.util.List;

import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.TrafficSelector;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.transport.TransportSettings;

/**
 * Everything an operator says about the tunnel to one peer.
 *
 * @param name of the peer, which the esp port names as its device
 * @param local address of this host
 * @param remote address of the peer, of the same family
 * @param port UDP port of both sides, 1 to 65,535; of no meaning for RAW
 * @param selectors inner addresses that pass, at least one range; none with Ethernet payloads, where they would not be looked at
 * @param dontFragment whether ESP packets may not be fragmented on their path
 * @param sas in force from the beginning
 * @param dscp what the wire sees of the inner packets' differentiated services (RFC 4301 section 5.1.2); congestion bits are always
 *     carried (RFC 6040)
 */
public record TunnelSettings(
        String name,
        InetAddress local,
        InetAddress remote,
        Encapsulation encapsulation,
        int port,
        Payload payload,
        Transport transport,
        List<TrafficSelector> selectors,
        boolean dontFragment,
        List<SaSettings> sas,
        Dscp dscp) {
    /** UDP port of ESP in UDP, RFC 3948. */
    public static final int DEFAULT_PORT = 4500;

    /** What ESP packets hold. */
    public enum Payload {
        /** Whole Ethernet frames (next header 143), between Weir hosts. */
        ETHERNET,
        /** IP packets (next header 4 and 41), for any peer that speaks IPsec. */
        IP
    }

    /** The DSCP of outer headers. Guests choose that of inner packets, so that copied it is a channel from their level to the wire. */
    public enum Dscp {
        /** Copied from packets without a level, zero for all that have one. */
        UNLABELLED,
        /** The inner packet's. */
        COPY,
        /** Zero. */
        CLEAR;

        /** Whether a packet of that level shows its DSCP; 0 is none. */
        boolean copies(int level) {
            return this == COPY || (this == UNLABELLED && level == 0);
        }
    }

    /** A tunnel that shows the DSCP of packets without a level only. */
    public TunnelSettings(
            String name,
            InetAddress local,
            InetAddress remote,
            Encapsulation encapsulation,
            int port,
            Payload payload,
            Transport transport,
            List<TrafficSelector> selectors,
            boolean dontFragment,
            List<SaSettings> sas) {
        this(
                name,
                local,
                remote,
                encapsulation,
                port,
                payload,
                transport,
                selectors,
                dontFragment,
                sas,
                Dscp.UNLABELLED);
    }

    public TunnelSettings {
        selectors = List.copyOf(selectors);
        sas = List.copyOf(sas);
        if (payload == Payload.ETHERNET && !selectors.isEmpty()) {
            throw new IllegalArgumentException("peer \"" + name
                    + "\": selectors are not looked at in Ethernet frames; leave them out, or choose payload ip");
        }
        if (payload == Payload.IP && selectors.isEmpty()) {
            throw new IllegalArgumentException("peer \"" + name
                    + "\": payload ip needs selectors, at least one pair of local and remote addresses");
        }
    }

    /** What the tunnel's transport needs of this. */
    public TransportSettings transportSettings() {
        return new TransportSettings(name, local, remote, encapsulation, port, transport, dontFragment);
    }
}
