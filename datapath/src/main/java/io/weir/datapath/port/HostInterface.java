package io.weir.datapath.port;

import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.ethtool.Ethtool;
import io.weir.kernel.ethtool.Offload;
import io.weir.kernel.netlink.Link;
import io.weir.kernel.netlink.RouteNetlink;

/**
 * An interface that existed before Weir, taken over so that nothing passes between what is behind it and the host's own
 * stack: what arrives is dropped behind Weir's socket, and the host neither resolves addresses there nor gives itself one.
 * IPv6 is switched off on it, unless an operator has given it IPv6 addresses, which that would delete for good.
 *
 * <p>All of that is undone on {@link #close}. After a kill the drop stays, on purpose: a VM must not reach the host because
 * its switch died. The next start replaces it.
 *
 * <p>Threading: the control thread.
 */
final class HostInterface implements AutoCloseable {
    private static final List<Offload> UNFINISHED =
            List.of(Offload.RX_CHECKSUM, Offload.TX_CHECKSUM, Offload.TSO, Offload.GRO, Offload.LRO);

    private final @Nullable NetworkNamespace namespace;
    private final RouteNetlink netlink;
    private final InterfaceLock lock;
    private final Link before;
    private final FormerState former;
    private final int mtu;

    private HostInterface(
            @Nullable NetworkNamespace namespace,
            RouteNetlink netlink,
            InterfaceLock lock,
            Link before,
            int wantedMtu) {
        this.namespace = namespace;
        this.netlink = netlink;
        this.lock = lock;
        this.before = before;
        int disableIpv6 = addressed() ? FormerState.UNTOUCHED : disableIpv6();
        // A predecessor that was killed left the interface as it had changed it, but noted how it was.
        this.former = FormerState.ofNote(netlink.ingressDropNote(before.index()), FormerState.of(before, disableIpv6));
        this.mtu = wantedMtu == 0 ? former.mtu() : wantedMtu;
    }

    /**
     * Takes over the interface that the settings name, and brings it up.
     *
     * @throws PortException when it does not exist, belongs to a bridge, or refuses the MTU
     * @throws io.weir.kernel.KernelException when the kernel refuses
     */
    static HostInterface take(PortSettings settings) {
        NetworkNamespace namespace = open(settings);
        RouteNetlink netlink = null;
        InterfaceLock lock = null;
        try {
            netlink = RouteNetlink.open(namespace);
            Link link = find(netlink, settings);
            lock = InterfaceLock.take(settings, namespace, link.index());
            HostInterface device = new HostInterface(namespace, netlink, lock, link, settings.mtu());
            device.seal(settings);
            return device;
        } catch (RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            closeAll(netlink, namespace);
            throw e;
        }
    }

    static @Nullable NetworkNamespace open(PortSettings settings) {
        String netns = settings.netns();
        if (netns == null) {
            return null;
        }
        Path path = netns.indexOf('/') >= 0 ? Path.of(netns) : Path.of("/run/netns", netns);
        if (!Files.exists(path)) {
            throw PortException.deviceMissing(
                    "port \"" + settings.name() + "\": namespace " + netns + " does not exist",
                    "make it with `ip netns add " + netns + "`");
        }
        return NetworkNamespace.open(netns);
    }

    private static Link find(RouteNetlink netlink, PortSettings settings) {
        Link link = netlink.link(settings.device())
                .orElseThrow(() -> PortException.deviceMissing(
                        "port \"" + settings.name() + "\": interface " + settings.device() + " does not exist",
                        "the port comes up when it does"));
        if (link.masterIndex() != 0) {
            throw new PortException(
                    "port \"" + settings.name() + "\": interface " + link.name() + " belongs to another bridge or bond",
                    "take it out first: ip link set " + link.name() + " nomaster");
        }
        return link;
    }

    private void seal(PortSettings settings) {
        String name = before.name();
        try {
            Errno.require(
                    netlink.addIngressDrop(before.index(), former.note()),
                    "drop what " + name + " receives behind the switch",
                    "the kernel needs sch_ingress and cls_bpf");
            netlink.addressGenerationMode(before.index(), Link.ADDRESS_GENERATION_NONE);
            Errno.require(netlink.arp(before.index(), false), "switch ARP off on " + name, "run as root");
            if (former.disableIpv6() != FormerState.UNTOUCHED) {
                disableIpv6(1);
            }
            changeMtu(settings, mtu);
            Errno.require(netlink.up(before.index(), true), "bring " + name + " up", "run as root");
        } catch (RuntimeException e) {
            restore();
            throw e;
        }
    }

    private void changeMtu(PortSettings settings, int wanted) {
        if (wanted != before.mtu() && netlink.mtu(before.index(), wanted) < 0) {
            throw new PortException(
                    "port \"" + settings.name() + "\": interface " + before.name() + " does not take an MTU of "
                            + wanted,
                    "choose an MTU that its driver supports: ip -d link show " + before.name());
        }
    }

    /** The interface may disappear at any moment, so nothing here fails. */
    private void restore() {
        if (!exists()) {
            return;
        }
        netlink.mtu(before.index(), former.mtu());
        netlink.arp(before.index(), former.arp());
        if (former.addressGenerationMode() >= 0) {
            netlink.addressGenerationMode(before.index(), former.addressGenerationMode());
        }
        // After the generation mode, as the host then gives itself the address that it had.
        if (former.disableIpv6() != FormerState.UNTOUCHED) {
            disableIpv6(former.disableIpv6());
        }
        netlink.up(before.index(), former.up());
        // Last, so that the host hears nothing of a half restored interface.
        netlink.removeIngressDrop(before.index());
    }

    /** Whether someone gave the interface IPv6 addresses, which switching IPv6 off would delete for good. */
    private boolean addressed() {
        return netlink.addresses().stream()
                .anyMatch(address -> address.ifIndex() == before.index()
                        && address.address() instanceof Inet6Address inet6
                        && !inet6.isLinkLocalAddress());
    }

    /** Whether IPv6 is off (1) or on (0) on the interface; UNTOUCHED when the kernel has none. */
    private int disableIpv6() {
        return NetworkNamespace.callIn(namespace, () -> {
            try {
                return Files.readString(disableIpv6File()).startsWith("0") ? 0 : 1;
            } catch (IOException _) {
                return FormerState.UNTOUCHED;
            }
        });
    }

    private void disableIpv6(int value) {
        NetworkNamespace.callIn(namespace, () -> {
            try {
                Files.writeString(disableIpv6File(), Integer.toString(value));
                return true;
            } catch (IOException _) {
                // A container may refuse, or the interface is gone: the ingress drop is what keeps the VM from the
                // host.
                return false;
            }
        });
    }

    private Path disableIpv6File() {
        return Path.of("/proc/sys/net/ipv6/conf", before.name(), "disable_ipv6");
    }

    private boolean exists() {
        return netlink.link(before.index())
                .filter(link -> link.name().equals(before.name()))
                .isPresent();
    }

    PortDevice.Link link() {
        return link(namespace, netlink, before.index());
    }

    /** State of an interface; GONE too when its namespace was deleted, which Weir's own descriptors keep alive. */
    static PortDevice.Link link(@Nullable NetworkNamespace namespace, RouteNetlink netlink, int ifIndex) {
        if (namespace != null && !namespace.reachable()) {
            return PortDevice.Link.GONE;
        }
        Link link = netlink.link(ifIndex).orElse(null);
        if (link == null) {
            return PortDevice.Link.GONE;
        }
        if (!link.up()) {
            return PortDevice.Link.DOWN;
        }
        return link.running() ? PortDevice.Link.UP : PortDevice.Link.NO_CARRIER;
    }

    boolean isVeth() {
        return before.kind().equals("veth");
    }

    /** Whether the interface takes VLAN tags out of the frames it receives. */
    boolean stripsTags() {
        try (Ethtool ethtool = Ethtool.open(namespace)) {
            return ethtool.offload(before.name(), Offload.RX_VLAN) > 0;
        }
    }

    /** Receive queues that the interface has, in use or not. */
    int queues() {
        return Math.max(before.rxQueues(), 1);
    }

    /** Whether the interface sends or receives unfinished frames, which AF_XDP could not carry. */
    boolean losesOffloadsWithXdp() {
        try (Ethtool ethtool = Ethtool.open(namespace)) {
            for (Offload offload : UNFINISHED) {
                if (ethtool.offload(before.name(), offload) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    @Nullable
    NetworkNamespace namespace() {
        return namespace;
    }

    int index() {
        return before.index();
    }

    int mtu() {
        return mtu;
    }

    String name() {
        return before.name();
    }

    @Override
    public void close() {
        restore();
        lock.close();
        closeAll(netlink, namespace);
    }

    static void closeAll(@Nullable RouteNetlink netlink, @Nullable NetworkNamespace namespace) {
        if (netlink != null) {
            netlink.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }
}
