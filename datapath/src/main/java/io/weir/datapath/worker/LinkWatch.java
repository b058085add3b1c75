package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortSettings;
import io.weir.kernel.KernelException;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.netlink.Link;
import io.weir.kernel.netlink.LinkMonitor;

/**
 * Hears from the kernel which ports' interfaces have come, gone or changed: one monitor for each network namespace in use.
 *
 * <p>A namespace that was deleted says nothing, as Weir's own descriptors keep it alive: so each poll looks whether its name
 * still leads to it.
 *
 * <p>Threading: guarded by the {@link Switch}.
 */
final class LinkWatch implements AutoCloseable {
    private final Consumer<LinkMonitor> opened;
    private final List<Watched> namespaces = new ArrayList<>();

    /** A watch of nothing; {@code opened} gets each monitor before anything depends on it. */
    LinkWatch(Consumer<LinkMonitor> opened) {
        this.opened = opened;
    }

    /** Watches the namespace of the port from now on, when it exists and is not watched yet. */
    void add(PortSettings port) {
        if (!isInterface(port) || find(port) != null) {
            return;
        }
        NetworkNamespace namespace = null;
        try {
            namespace = port.netns() == null ? null : NetworkNamespace.open(port.netns());
            LinkMonitor monitor = LinkMonitor.open(namespace);
            namespaces.add(new Watched(port.netns(), namespace, monitor));
            opened.accept(monitor);
        } catch (KernelException _) {
            // No such namespace yet: its ports are lost and sought anew, which comes by here again.
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    /** Watches only namespaces of these ports any more. */
    void retain(List<SwitchPort> ports) {
        namespaces.removeIf(watched -> {
            boolean used = ports.stream()
                    .anyMatch(port -> Objects.equals(port.settings().netns(), watched.name));
            if (!used) {
                watched.close();
            }
            return !used;
        });
    }

    /** Takes the kernel's news; {@link #concerns} then tells whom they concern. Namespaces that are gone are let go of. */
    void poll() {
        namespaces.removeIf(Watched::unreachable);
        namespaces.forEach(Watched::poll);
    }

    /** Whether the last poll brought news of the port's interface, or its namespace is gone or cannot be heard. */
    boolean concerns(SwitchPort port) {
        if (!isInterface(port.settings())) {
            return false;
        }
        Watched watched = find(port.settings());
        return watched == null || watched.concerns(port);
    }

    /** Whether the port's device is an interface: the name of a peer, or none, may be that of an interface by chance. */
    private static boolean isInterface(PortSettings port) {
        return switch (port.type()) {
            case TAP, NETDEV -> true;
            case PCAP, ESP -> false;
        };
    }

    private @Nullable Watched find(PortSettings port) {
        for (Watched watched : namespaces) {
            if (Objects.equals(watched.name, port.netns())) {
                return watched;
            }
        }
        return null;
    }

    @Override
    public void close() {
        namespaces.forEach(Watched::close);
        namespaces.clear();
    }

    private static final class Watched implements LinkMonitor.Handler {
        private final @Nullable String name;
        private final @Nullable NetworkNamespace namespace;
        private final LinkMonitor monitor;
        private final Set<Integer> indexes = new HashSet<>();
        private boolean overrun;

        Watched(@Nullable String name, @Nullable NetworkNamespace namespace, LinkMonitor monitor) {
            this.name = name;
            this.namespace = namespace;
            this.monitor = monitor;
        }

        void poll() {
            indexes.clear();
            overrun = false;
            monitor.poll(this);
        }

        boolean concerns(SwitchPort port) {
            PortDevice device = port.device();
            return overrun || device == null || indexes.contains(device.interfaceIndex());
        }

        /** Closed already when so. */
        boolean unreachable() {
            if (namespace == null || namespace.reachable()) {
                return false;
            }
            close();
            return true;
        }

        @Override
        public void changed(Link link) {
            indexes.add(link.index());
        }

        @Override
        public void removed(int ifIndex, String name) {
            indexes.add(ifIndex);
        }

        @Override
        public void overrun() {
            overrun = true;
        }

        void close() {
            monitor.close();
            if (namespace != null) {
                namespace.close();
            }
        }
    }
}
