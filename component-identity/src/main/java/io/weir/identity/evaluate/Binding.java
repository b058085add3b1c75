package io.weir.identity.evaluate;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Identity;
import io.weir.datapath.policy.PortRole;

/**
 * Who is behind a port: identifies the ends of flows, and tells senders that are not bound to their port.
 *
 * <p>Threading: immutable, any thread.
 */
final class Binding {
    private static final int SPOOFED_MAC = DropReason.SPOOFED_MAC.code();
    private static final int SPOOFED_VLAN = DropReason.SPOOFED_VLAN.code();
    private static final int SPOOFED_IP = DropReason.SPOOFED_IP.code();

    /** fe80::/10, RFC 4291 section 2.5.6. */
    private static final long LINK_LOCAL = 0xFE80L << 48;

    private static final long LINK_LOCAL_MASK = 0xFFC0L << 48;

    private final @Nullable PortTable[] ports;
    private final BoundTable bound;
    private final @Nullable Subject[] subjects;

    Binding(@Nullable PortTable[] ports, BoundTable bound, @Nullable Subject[] subjects) {
        this.ports = ports;
        this.bound = bound;
        this.subjects = subjects;
    }

    /** 0, or the code of the attribute that contradicts. */
    int guard(FlowKey sender) {
        if (sender.ingressRole() != PortRole.VM) {
            return guardOutside(sender);
        }
        // Whoever took the MAC address of another port would draw its frames, or have it shut for a loop.
        if (bound.elsewhere(BoundTable.MAC, 0, sender.sourceMac(), sender.ingressPort())) {
            return SPOOFED_MAC;
        }
        PortTable port = port(sender.ingressPort());
        if (port == null) {
            return foreign(sender) ? SPOOFED_IP : 0;
        }
        long mac = sender.sourceMac();
        int vlan = sender.vlan();
        boolean addressed = sender.protocol() != FlowKey.NOT_IP && !linkLocal(sender.sourceHigh());
        boolean fits =
                addressed ? port.bound(mac, vlan, sender.sourceHigh(), sender.sourceLow()) : port.bound(mac, vlan);
        if (fits) {
            return foreign(sender) ? SPOOFED_IP : 0;
        }
        return !port.bound(mac) ? SPOOFED_MAC : !port.bound(mac, vlan) ? SPOOFED_VLAN : SPOOFED_IP;
    }

    private int guardOutside(FlowKey sender) {
        int port = sender.ingressPort();
        if (bound.elsewhere(BoundTable.MAC, 0, sender.sourceMac(), port)) {
            return SPOOFED_MAC;
        }
        boolean addressed = sender.protocol() != FlowKey.NOT_IP;
        return addressed && bound.elsewhere(BoundTable.IP, sender.sourceHigh(), sender.sourceLow(), port)
                ? SPOOFED_IP
                : 0;
    }

    /** Whether it uses the IP address of another port: an instance that leaves its own open may not have every one. */
    private boolean foreign(FlowKey sender) {
        return sender.protocol() != FlowKey.NOT_IP
                && !sender.fromRouter()
                && !linkLocal(sender.sourceHigh())
                && bound.elsewhere(BoundTable.IP, sender.sourceHigh(), sender.sourceLow(), sender.ingressPort());
    }

    /** Whether an instance at the egress port says the IP address of the destination. */
    boolean bindsDestination(FlowKey ends) {
        return bound.at(BoundTable.IP, ends.destinationHigh(), ends.destinationLow(), ends.egressPort());
    }

    private static boolean linkLocal(long high) {
        return (high & LINK_LOCAL_MASK) == LINK_LOCAL;
    }

    /** Who sends, as {@code identity << 4 | assurance}. */
    int source(FlowKey flow) {
        PortTable port = port(flow.ingressPort());
        int found = 0;
        if (port != null && flow.protocol() == FlowKey.NOT_IP) {
            found = port.identifyPlain(flow.sourceMac(), flow.vlan());
        } else if (port != null) {
            int key = L4Map.key(flow.protocol(), flow.sourcePort());
            found = port.identify(flow.sourceMac(), flow.vlan(), flow.sourceHigh(), flow.sourceLow(), key);
        }
        return found == 0 ? reserved(flow.ingressRole()) : found;
    }

    /** Who receives, as {@code identity << 4 | assurance}. */
    int destination(FlowKey flow) {
        PortTable port = port(flow.egressPort());
        int found = 0;
        if (port != null && PortTable.isGroup(flow.destinationMac())) {
            found = port.identifyMany(flow.vlan());
        } else if (port != null && flow.protocol() == FlowKey.NOT_IP) {
            found = port.identifyPlain(flow.destinationMac(), flow.vlan());
        } else if (port != null) {
            int key = L4Map.key(flow.protocol(), flow.destinationPort());
            found = port.identify(
                    flow.destinationMac(), flow.vlan(), flow.destinationHigh(), flow.destinationLow(), key);
        }
        return found == 0 ? reserved(flow.egressRole()) : found;
    }

    /** As {@link #source}, of ARP or neighbour discovery: the address that it names counts more than its frame's, as of IP. */
    int asker(FlowKey ends) {
        int found = source(ends);
        PortTable port = port(ends.ingressPort());
        long high = ends.sourceHigh();
        long low = ends.sourceLow();
        if (port == null || ends.protocol() != FlowKey.NOT_IP || (high | low) == 0) {
            return found;
        }
        int told = port.identifyWhole(ends.sourceMac(), ends.vlan(), high, low);
        return told == 0 ? unnamed(ends.ingressRole(), found, port.only(high, low)) : told;
    }

    /** As {@link #destination}, of ARP or neighbour discovery: who is asked for, where several would hear it. */
    int asked(FlowKey ends) {
        int found = destination(ends);
        PortTable port = port(ends.egressPort());
        long high = ends.destinationHigh();
        long low = ends.destinationLow();
        if (port == null || ends.protocol() != FlowKey.NOT_IP || (high | low) == 0) {
            return found;
        }
        int only = port.only(high, low);
        if (PortTable.isGroup(ends.destinationMac())) {
            return only == 0 || isComponent(found) ? unnamed(ends.egressRole(), found, only) : only;
        }
        int told = port.identifyWhole(ends.destinationMac(), ends.vlan(), high, low);
        return told == 0 ? unnamed(ends.egressRole(), found, only) : told;
    }

    /** Who has an address that no component has for certain: a guest whose frame it is, but beyond an uplink are others, too. */
    private static int unnamed(PortRole role, int found, int only) {
        boolean its = role == PortRole.VM || found >>> PortTable.ASSURANCE_BITS == only >>> PortTable.ASSURANCE_BITS;
        return its ? found : reserved(role);
    }

    private static boolean isComponent(int found) {
        return found >>> PortTable.ASSURANCE_BITS >= Identity.FIRST_COMPONENT;
    }

    static int reserved(PortRole role) {
        int identity =
                role == PortRole.VM ? Identity.UNKNOWN : role == PortRole.UPLINK ? Identity.WORLD : Identity.HOST;
        return identity << PortTable.ASSURANCE_BITS;
    }

    @Nullable
    PortTable port(int number) {
        return number > 0 && number < ports.length ? ports[number] : null;
    }

    Subject subject(int found) {
        Subject subject = subjects[found >>> PortTable.ASSURANCE_BITS];
        return subject == null ? unreachable() : subject;
    }

    /** For the null checker: whoever is found has a subject, and if not, nobody is known. */
    private Subject unreachable() {
        return subjects[Identity.UNKNOWN] == null
                ? NOBODY
                : java.util.Objects.requireNonNull(subjects[Identity.UNKNOWN]);
    }

    private static final Subject NOBODY = new Subject(
            Identity.UNKNOWN,
            0,
            Subject.STRANGER | Subject.ISOLATED_EGRESS | Subject.ISOLATED_INGRESS,
            0,
            io.weir.datapath.policy.Action.DROP,
            FlowKey.NO_PORT,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            new int[2 * Subject.TIERS][]);
}
