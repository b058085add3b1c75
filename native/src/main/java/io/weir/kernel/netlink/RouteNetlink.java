package io.weir.kernel.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.NetworkNamespace;

/**
 * Asks and changes the interfaces of one network namespace. Changes return 0 or the kernel's negative errno: -EPERM
 * without CAP_NET_ADMIN, -ENODEV when the interface is gone. Lists throw {@link io.weir.kernel.KernelException} when
 * the kernel does not answer.
 *
 * <p>Threading: one thread at a time.
 */
public final class RouteNetlink implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_GETNEIGH = 30;

    private static final int MAX_NAME_LENGTH = 15; // IFNAMSIZ - 1
    private static final int ADDRESS_HEADER_LENGTH = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int NEIGHBOUR_HEADER_LENGTH = 12;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final String REMEDY = "ask again; when it lasts, check the kernel log";

    private final NetlinkSocket socket;
    private final TrafficControl trafficControl;

    private RouteNetlink(NetlinkSocket socket) {
        this.socket = socket;
        this.trafficControl = new TrafficControl(socket);
    }

    /** For the namespace, null for the process's own. @throws io.weir.kernel.KernelException when refused */
    public static RouteNetlink open(@Nullable NetworkNamespace namespace) {
        return new RouteNetlink(NetlinkSocket.open(namespace, 0));
    }

    /** All interfaces, by index. */
    public List<Link> links() {
        List<Link> links = new ArrayList<>();
        list(linkRequest(RTM_GETLINK, NetlinkRequest.FLAG_DUMP, 0), "list links", (type, body) -> {
            if (type == RTM_NEWLINK) {
                links.add(Link.decode(body));
            }
        });
        return links;
    }

    /** The interface of this name, empty when there is none. */
    public Optional<Link> link(String name) {
        // A longer name belongs to no interface, but the kernel would call it invalid.
        return name.isEmpty() || name.length() > MAX_NAME_LENGTH
                ? Optional.empty()
                : one(linkRequest(RTM_GETLINK, NetlinkRequest.FLAG_ACK, 0).attribute(Link.IFLA_IFNAME, name));
    }

    /** The interface of this index, empty when there is none. */
    public Optional<Link> link(int ifIndex) {
        return one(linkRequest(RTM_GETLINK, NetlinkRequest.FLAG_ACK, ifIndex));
    }

    private Optional<Link> one(NetlinkRequest request) {
        List<Link> links = new ArrayList<>();
        int result = socket.exchange(request, (type, body) -> {
            if (type == RTM_NEWLINK) {
                links.add(Link.decode(body));
            }
        });
        if (result == -Errno.ENODEV) {
            return Optional.empty();
        }
        Errno.require(result, "read link", REMEDY);
        return links.stream().findFirst();
    }

    public int up(int ifIndex, boolean up) {
        return flag(ifIndex, Link.FLAG_UP, up);
    }

    /** Whether the host resolves and answers ARP on the interface. */
    public int arp(int ifIndex, boolean on) {
        return flag(ifIndex, Link.FLAG_NO_ARP, !on);
    }

    private int flag(int ifIndex, int flag, boolean on) {
        NetlinkRequest request = new NetlinkRequest(RTM_NEWLINK, NetlinkRequest.FLAG_ACK);
        return socket.send(request.int32(0).int32(ifIndex).int32(on ? flag : 0).int32(flag));
    }

    /** -EINVAL when the device does not support this MTU. */
    public int mtu(int ifIndex, int mtuBytes) {
        return socket.send(change(ifIndex).attribute(Link.IFLA_MTU, mtuBytes));
    }

    /** Puts the interface under a bridge or bond, or under none with 0. */
    public int master(int ifIndex, int masterIndex) {
        return socket.send(change(ifIndex).attribute(Link.IFLA_MASTER, masterIndex));
    }

    /** Moves the interface to the namespace, where it starts down and may get another index. */
    public int namespace(int ifIndex, NetworkNamespace target) {
        return socket.send(change(ifIndex).attribute(Link.IFLA_NET_NS_FD, target.fd()));
    }

    /** With {@link Link#ADDRESS_GENERATION_NONE} the host makes no IPv6 address on the interface when it comes up. */
    public int addressGenerationMode(int ifIndex, int mode) {
        NetlinkRequest request = change(ifIndex);
        int families = request.begin(Link.IFLA_AF_SPEC);
        int inet6 = request.begin(Link.AF_INET6);
        request.attribute8(Link.IFLA_INET6_ADDR_GEN_MODE, mode).end(inet6).end(families);
        return socket.send(request);
    }

    public int delete(int ifIndex) {
        return socket.send(linkRequest(RTM_DELLINK, NetlinkRequest.FLAG_ACK, ifIndex));
    }

    /** Makes the ingress and egress hooks of the interface; -EEXIST when they are there. */
    public int addClsact(int ifIndex) {
        return trafficControl.addClsact(ifIndex);
    }

    /**
     * Lets nothing that the interface receives reach the host's own stack; packet sockets and XDP come before and
     * still see it. Repeating it, also in another process, replaces the same filter.
     */
    public int addIngressDrop(int ifIndex) {
        return addIngressDrop(ifIndex, 0);
    }

    /** As {@link #addIngressDrop(int)}, with a note for whoever finds the drop; the note of one that is there stays. */
    public int addIngressDrop(int ifIndex, int note) {
        return trafficControl.addIngressDrop(ifIndex, note);
    }

    /** The note that a process, perhaps killed since, left with its drop; 0 when there is none. */
    public int ingressDropNote(int ifIndex) {
        IngressFilter drop = trafficControl.existing(ifIndex);
        return drop == null ? 0 : drop.note();
    }

    /** Takes it off again, and the hooks when Weir made them and nobody else uses them; -ENOENT when there is none. */
    public int removeIngressDrop(int ifIndex) {
        return trafficControl.removeIngressDrop(ifIndex);
    }

    /** Filters on the ingress hook; empty also when there is no hook. */
    public List<IngressFilter> ingressFilters(int ifIndex) {
        return trafficControl.ingressFilters(ifIndex);
    }

    /** ARP and neighbour entries of the interface. */
    public List<Neighbour> neighbours(int ifIndex) {
        // struct ndmsg { u8 family; u8 pad; u16 pad; i32 ifindex; u16 state; u8 flags; u8 type; }
        NetlinkRequest request = new NetlinkRequest(RTM_GETNEIGH, NetlinkRequest.FLAG_DUMP)
                .int32(0)
                .int32(0)
                .int32(0);
        List<Neighbour> neighbours = new ArrayList<>();
        list(request, "list neighbours", (type, body) -> {
            Attributes attributes =
                    new Attributes(body.slice(NEIGHBOUR_HEADER_LENGTH, body.limit() - NEIGHBOUR_HEADER_LENGTH));
            if (type == RTM_NEWNEIGH && body.getInt(4) == ifIndex && attributes.has(NDA_DST)) {
                int state = Short.toUnsignedInt(body.getShort(8));
                neighbours.add(
                        new Neighbour(ifIndex, address(attributes.bytes(NDA_DST)), attributes.mac(NDA_LLADDR), state));
            }
        });
        return neighbours;
    }

    /** The host's addresses on all interfaces. */
    public List<LinkAddress> addresses() {
        // struct ifaddrmsg { u8 family; u8 prefix_length; u8 flags; u8 scope; u32 index; }
        NetlinkRequest request = new NetlinkRequest(RTM_GETADDR, NetlinkRequest.FLAG_DUMP)
                .int32(0)
                .int32(0);
        List<LinkAddress> addresses = new ArrayList<>();
        list(request, "list addresses", (type, body) -> {
            if (type == RTM_NEWADDR) {
                Attributes attributes =
                        new Attributes(body.slice(ADDRESS_HEADER_LENGTH, body.limit() - ADDRESS_HEADER_LENGTH));
                // On a point-to-point link IFA_ADDRESS is the peer's.
                byte[] address = attributes.bytes(attributes.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS);
                addresses.add(new LinkAddress(body.getInt(4), address(address), Byte.toUnsignedInt(body.get(1))));
            }
        });
        return addresses;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("netlink address of " + bytes.length + " bytes", e);
        }
    }

    private void list(NetlinkRequest request, String operation, NetlinkSocket.MessageConsumer consumer) {
        Errno.require(socket.exchange(request, consumer), operation, REMEDY);
    }

    private static NetlinkRequest change(int ifIndex) {
        return linkRequest(RTM_NEWLINK, NetlinkRequest.FLAG_ACK, ifIndex);
    }

    private static NetlinkRequest linkRequest(int type, int flags, int ifIndex) {
        return new NetlinkRequest(type, flags).int32(0).int32(ifIndex).int32(0).int32(0);
    }

    @Override
    public void close() {
        socket.close();
    }
}
