package io.weir.ipsec.tunnel;

import java.security.SecureRandom;

import org.agrona.concurrent.NanoClock;

import io.weir.datapath.wire.EthernetHeader;
import io.weir.ipsec.esp.EspInbound;
import io.weir.ipsec.esp.EspOutbound;
import io.weir.ipsec.transport.DatagramTransport;

/**
 * What transmitter and receiver of one open tunnel share.
 *
 * @param port number that the tunnel counts under
 * @param own frames that the tunnel makes itself
 */
record TunnelParts(
        int port,
        TunnelSettings settings,
        TunnelPayload payload,
        EspOutbound outbound,
        EspInbound inbound,
        DatagramTransport transport,
        PathMtu path,
        OwnFrames own,
        IcmpErrors errors,
        TunnelCounters counters,
        NanoClock clock)
        implements AutoCloseable {
    /** SPI, sequence number, IV and ICV of AES-GCM and ChaCha20-Poly1305 (RFC 4106, RFC 7634). */
    private static final int AEAD_OVERHEAD = 8 + 8 + 16;

    /** Pad length and next header; what is encrypted is a multiple of four bytes (RFC 4303 section 2.4). */
    private static final int TRAILER = 2;

    private static final int ALIGNMENT = 4;

    /** The parts of a tunnel over that transport; the transport closes with the device. */
    static TunnelParts of(
            int port,
            TunnelSettings settings,
            EspOutbound outbound,
            EspInbound inbound,
            DatagramTransport transport,
            NanoClock clock) {
        TunnelCounters counters = new TunnelCounters();
        OwnFrames own = new OwnFrames();
        long mac = GatewayAddress.of(settings.name(), settings.local());
        IcmpErrors errors = new IcmpErrors(mac, own, counters);
        return new TunnelParts(
                port,
                settings,
                payload(settings, mac, own, errors, counters),
                outbound,
                inbound,
                transport,
                new PathMtu(transport, clock.nanoTime()),
                own,
                errors,
                counters,
                clock);
    }

    private static TunnelPayload payload(
            TunnelSettings settings, long mac, OwnFrames own, IcmpErrors errors, TunnelCounters counters) {
        if (settings.payload() == TunnelSettings.Payload.ETHERNET) {
            return new EthernetPayload();
        }
        Selectors selectors = new Selectors(settings.selectors());
        LocalHosts hosts = new LocalHosts(new SecureRandom().nextLong());
        return new IpPayload(mac, selectors, new Neighbourhood(mac, selectors, hosts, own, counters), errors);
    }

    /** Largest inner packet in bytes that fits the path with an AEAD cipher; the old ones leave a little less. */
    int mtu() {
        int encrypted = (path.bytes() - transport.headerLength() - AEAD_OVERHEAD) & -ALIGNMENT;
        int link = settings.payload() == TunnelSettings.Payload.ETHERNET ? EthernetHeader.LENGTH : 0;
        return encrypted - TRAILER - link;
    }

    @Override
    public void close() {
        own.close();
        payload.close();
        transport.close();
        outbound.close();
        inbound.close();
    }
}
