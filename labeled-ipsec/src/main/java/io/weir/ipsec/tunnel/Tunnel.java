package io.weir.ipsec.tunnel;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.ipsec.esp.EspOpener;
import io.weir.ipsec.esp.EspSealer;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.sa.Sad;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.TransportSettings;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.netlink.RouteNetlink;

/**
 * The tunnel to one peer as the control plane knows it: its SAs, which live as long as the tunnel, and the device while a port has it
 * open.
 *
 * <p>Threading: guarded by {@link Tunnels}.
 */
final class Tunnel implements AutoCloseable {
    private final TunnelSettings settings;
    private final Sad sad;
    private final NanoClock clock;
    private @Nullable TunnelParts parts;
    private int stateError;

    /** A tunnel with the SAs of its settings. @throws IllegalArgumentException when one of them cannot be */
    Tunnel(TunnelSettings settings, Sad sad, NanoClock clock) {
        this.settings = settings;
        this.sad = sad;
        this.clock = clock;
        sad.change(settings.sas(), List.of(), clock.nanoTime());
    }

    Sad sad() {
        return sad;
    }

    boolean isOpen() {
        return parts != null;
    }

    /** Opens the device; {@code lock} guards this object when the device asks it. */
    PortDevice open(
            int number, PortSettings port, Function<TransportSettings, DatagramTransport> transports, Object lock) {
        NetworkNamespace namespace = port.netns() == null ? null : NetworkNamespace.open(port.netns());
        RouteNetlink netlink = null;
        try {
            netlink = RouteNetlink.open(namespace);
            RouteNetlink addresses = netlink;
            requireAddress(addresses);
            Supplier<DatagramTransport> open = () -> transports.apply(settings.transportSettings());
            DatagramTransport transport = namespace == null ? open.get() : namespace.call(open::get);
            TunnelParts made = parts(number, transport);
            OpenTunnel opened = new OpenTunnel(made, namespace, addresses, lock);
            parts = made;
            return opened;
        } catch (RuntimeException e) {
            closeAll(netlink, namespace);
            throw e;
        }
    }

    private TunnelParts parts(int number, DatagramTransport transport) {
        EspSealer sealer = new EspSealer(sad);
        boolean ethernet = settings.payload() == TunnelSettings.Payload.ETHERNET;
        EspOpener opener = ethernet ? EspOpener.ofEthernet(sad) : EspOpener.ofIp(sad);
        return TunnelParts.of(number, settings, sealer, opener, transport, clock);
    }

    private void requireAddress(RouteNetlink netlink) {
        if (!hasAddress(netlink)) {
            String local = settings.local().getHostAddress();
            throw PortException.deviceMissing(
                    "peer \"" + settings.name() + "\": this host has no address " + local,
                    "add it (ip address add " + local + "/... dev ...): the port comes up with it");
        }
    }

    private boolean hasAddress(RouteNetlink netlink) {
        return netlink.addresses().stream()
                .anyMatch(address -> address.address().equals(settings.local()));
    }

    private static void closeAll(@Nullable RouteNetlink netlink, @Nullable NetworkNamespace namespace) {
        if (netlink != null) {
            netlink.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private boolean hasOutboundSa() {
        return outboundSas(sad.status(clock.nanoTime())) > 0;
    }

    private static int outboundSas(List<SaStatus> sas) {
        return (int) sas.stream()
                .filter(sa ->
                        sa.direction() == Direction.OUTBOUND && sa.current() && sa.expiry() != SaStatus.Expiry.HARD)
                .count();
    }

    /**
     * Reserves sequence numbers, and wipes keys that are out of use. Never throws: other tunnels and later rounds go on.
     *
     * @param forced 0, or a negative errno when the state could not be put on the disk
     */
    void maintain(int forced) {
        if (parts == null) {
            sad.unattended();
        }
        try {
            sad.keepAges(clock.nanoTime());
            stateError = -Math.min(forced, sad.maintain());
        } catch (RuntimeException | InternalError _) {
            stateError = Errno.EIO;
        }
    }

    TunnelStatus status() {
        TunnelParts open = parts;
        List<SaStatus> sas = sad.status(clock.nanoTime());
        int inbound = (int)
                sas.stream().filter(sa -> sa.direction() == Direction.INBOUND).count();
        boolean gateway = settings.payload() == TunnelSettings.Payload.IP;
        return new TunnelStatus(
                settings,
                open == null ? "" : open.transport().name(),
                open == null ? 0 : open.path().bytes(),
                open == null ? 0 : open.mtu(),
                gateway ? GatewayAddress.of(settings.name(), settings.local()) : 0,
                inbound,
                outboundSas(sas),
                open == null
                        ? TunnelStatus.Counters.NONE
                        : TunnelStatus.Counters.of(
                                open.counters(), open.transport().unreachable()),
                stateError);
    }

    @Override
    public void close() {
        sad.close();
    }

    /** The device with what only a tunnel over real sockets has: a namespace, and whom to ask for addresses. */
    private final class OpenTunnel extends TunnelDevice {
        private final @Nullable NetworkNamespace namespace;
        private final RouteNetlink netlink;
        private final Object lock;

        OpenTunnel(TunnelParts parts, @Nullable NetworkNamespace namespace, RouteNetlink netlink, Object lock) {
            super(parts);
            this.namespace = namespace;
            this.netlink = netlink;
            this.lock = lock;
        }

        @Override
        boolean hasAddress() {
            try {
                return Tunnel.this.hasAddress(netlink);
            } catch (KernelException _) {
                return false;
            }
        }

        @Override
        boolean hasOutboundSa() {
            synchronized (lock) {
                return Tunnel.this.hasOutboundSa();
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                Tunnel.this.parts = null;
            }
            super.close();
            closeAll(netlink, namespace);
        }
    }
}
