package io.weir.ipsec.tunnel;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.Transmitter;

/**
 * An open tunnel to one peer.
 *
 * <p>Its link is as of an interface with a cable: DOWN when this host does not have the local address any more, NO_CARRIER while no
 * outbound SA can take a frame, else UP. Whether the peer is there, nobody can tell without asking it.
 *
 * <p>Threading: as {@link PortDevice}; receiver and transmitter belong to the same worker.
 */
abstract class TunnelDevice implements PortDevice {
    private final TunnelParts parts;
    private final TunnelReceiver receiver;
    private @Nullable TunnelTransmitter transmitter;

    /** Takes the parts over: they close with the device. */
    TunnelDevice(TunnelParts parts) {
        this.parts = parts;
        this.receiver = new TunnelReceiver(parts);
    }

    /** Whether this host has the tunnel's local address. */
    abstract boolean hasAddress();

    /** Whether there is an outbound SA whose lifetime is not over. */
    abstract boolean hasOutboundSa();

    @Override
    public Link link() {
        if (!hasAddress()) {
            return Link.DOWN;
        }
        return hasOutboundSa() ? Link.UP : Link.NO_CARRIER;
    }

    @Override
    public String io() {
        return parts.transport().name();
    }

    @Override
    public int interfaceIndex() {
        return 0;
    }

    /** Of the path as it was last; the transmitter judges each frame by the path of its own time. */
    @Override
    public int mtu() {
        return parts.mtu();
    }

    @Override
    public Receiver receiver() {
        return receiver;
    }

    @Override
    public Transmitter transmitter(CounterTable counters, boolean owner) {
        if (!owner) {
            throw new PortException(
                    "peer \"" + parts.settings().name() + "\": a tunnel belongs to one worker, and there are several",
                    "set workers: 1");
        }
        TunnelTransmitter made = new TunnelTransmitter(parts, counters);
        transmitter = made;
        return made;
    }

    @Override
    public void close() {
        TunnelTransmitter made = transmitter;
        if (made != null) {
            made.close();
        }
        receiver.close();
        parts.close();
    }
}
