package io.weir.kernel.netlink;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.Errno;
import io.weir.kernel.Frames;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;
import io.weir.kernel.TestNamespace;
import io.weir.kernel.packetsocket.MessageVector;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;
import io.weir.kernel.tuntap.Tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RouteNetlinkIT {
    private static final int TIMEOUT_MS = 5_000;
    private static final int SILENCE_MS = 300;

    private TestNamespace inside;
    private RouteNetlink netlink;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
        inside.vethPair("left", "right");
        netlink = RouteNetlink.open(inside.namespace());
    }

    @AfterEach
    void delete() {
        if (netlink != null) {
            netlink.close();
        }
        if (inside != null) {
            inside.close();
        }
    }

    @Test
    void shouldDescribeLinksAsIpDoes() {
        inside.ip("link set left address 02:00:00:00:00:01 mtu 1400");
        inside.ip("link add br0 type bridge");
        inside.ip("link set right master br0");

        Link left = link("left");
        Link right = link("right");

        assertEquals(inside.index("left"), left.index());
        assertEquals("veth", left.kind());
        assertEquals("02:00:00:00:00:01", left.mac());
        assertEquals(1400, left.mtu());
        assertEquals(right.index(), left.peerIndex());
        assertEquals(0, left.masterIndex());
        assertEquals(inside.index("br0"), right.masterIndex());
        assertEquals(1, right.promiscuity());
        assertTrue(left.up() && left.running() && left.arp());
        assertEquals(Link.ADDRESS_GENERATION_NONE, left.addressGenerationMode());
        assertEquals(4, netlink.links().size());
        assertTrue(netlink.link("no-such-link").isEmpty());
    }

    @Test
    void shouldAskForOneLinkByNameAndByIndex() {
        int left = inside.index("left");

        assertEquals("left", netlink.link(left).orElseThrow().name());
        assertEquals(left, netlink.link("left").orElseThrow().index());
        assertTrue(netlink.link(9999).isEmpty());
        assertTrue(netlink.link("").isEmpty());
        assertTrue(netlink.link("a-name-that-is-too-long").isEmpty());
        assertEquals("right", link("right").name(), "the socket has no stale reply");
    }

    @Test
    void shouldChangeWhatItIsAskedTo() {
        inside.ip("link add br0 type bridge");
        int left = inside.index("left");

        assertEquals(0, netlink.mtu(left, 9000));
        assertEquals(0, netlink.arp(left, false));
        assertEquals(0, netlink.addressGenerationMode(left, Link.ADDRESS_GENERATION_EUI64));
        assertEquals(0, netlink.master(left, inside.index("br0")));
        assertEquals(0, netlink.up(left, false));

        Link changed = link("left");
        assertEquals(9000, changed.mtu());
        assertFalse(changed.arp());
        assertFalse(changed.up());
        assertEquals(Link.ADDRESS_GENERATION_EUI64, changed.addressGenerationMode());
        assertEquals(inside.index("br0"), changed.masterIndex());
        assertEquals(0, netlink.master(left, 0));
        assertEquals(0, netlink.arp(left, true));
        assertTrue(link("left").arp());
    }

    @Test
    void shouldMoveALinkAndDeleteAnother() {
        try (var elsewhere = new TestNamespace()) {
            assertEquals(0, netlink.namespace(inside.index("left"), elsewhere.namespace()));

            assertTrue(netlink.link("left").isEmpty());
            assertTrue(elsewhere.index("left") > 0);
            assertEquals(0, netlink.delete(inside.index("right")));
            assertEquals(-Errno.ENODEV, elsewhere.index("left"));
        }
    }

    @Test
    void shouldReturnErrnoWhenLinkDoesNotExist() {
        assertEquals(-Errno.ENODEV, netlink.up(9999, true));
        assertEquals(-Errno.ENODEV, netlink.addIngressDrop(9999));
        assertEquals(-Errno.ENOENT, netlink.removeIngressDrop(9999));
        assertEquals(-Errno.EINVAL, netlink.mtu(inside.index("left"), 1));
    }

    @Test
    void shouldListAddressesAndNeighbours() throws Exception {
        inside.ip("addr add 10.9.0.1/24 dev left");
        inside.ip("addr add fd00:9::1/64 dev left nodad");
        inside.ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev left nud permanent");
        int left = inside.index("left");

        List<LinkAddress> addresses = netlink.addresses();
        List<Neighbour> neighbours = netlink.neighbours(left);

        assertTrue(addresses.contains(new LinkAddress(left, InetAddress.getByName("10.9.0.1"), 24)), "" + addresses);
        assertTrue(addresses.contains(new LinkAddress(left, InetAddress.getByName("fd00:9::1"), 64)), "" + addresses);
        assertTrue(
                neighbours.contains(new Neighbour(
                        left, InetAddress.getByName("10.9.0.7"), "02:00:00:00:00:07", Neighbour.PERMANENT)),
                "" + neighbours);
        assertTrue(netlink.neighbours(inside.index("right")).isEmpty());
    }

    @Test
    void shouldKeepFramesFromTheHostButNotFromPacketSockets() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), false);
                var vector = new MessageVector(1)) {
            inside.ip("addr add 10.9.0.1/24 dev tap0");
            inside.quiet("tap0");
            long buffer = Memory.map(Memory.PAGE_BYTES);
            vector.base(0, buffer, Memory.PAGE_BYTES);
            try (PacketSocket socket =
                    PacketSocket.open(PacketSocketOptions.receiving(tap.ifIndex(), inside.namespace()))) {
                boolean answeredBefore = answered(tap, buffer);
                vector.receive(socket.fd());

                assertEquals(0, netlink.addIngressDrop(tap.ifIndex()));
                boolean answeredBehindDrop = answered(tap, buffer);
                int seenBySocket = vector.receive(socket.fd());
                String statistics = inside.exec("tc -s qdisc show dev tap0 clsact");
                assertEquals(0, netlink.removeIngressDrop(tap.ifIndex()));
                boolean answeredAfter = answered(tap, buffer);

                assertTrue(answeredBefore);
                assertFalse(answeredBehindDrop);
                assertEquals(1, seenBySocket);
                assertTrue(statistics.contains("dropped 1,"), statistics);
                assertTrue(answeredAfter);
            }
            Memory.unmap(buffer, Memory.PAGE_BYTES);
        }
    }

    private static boolean answered(Tap tap, long buffer) {
        byte[] request = Frames.arpRequest("10.9.0.2", "10.9.0.1");
        Memory.copy(request, 0, buffer, request.length);
        assertEquals(request.length, Syscall.write(tap.fd(), buffer, request.length));
        boolean answered = Frames.readable(tap.fd(), SILENCE_MS);
        while (Syscall.read(tap.fd(), buffer, Memory.PAGE_BYTES) > 0) {}
        return answered;
    }

    @Test
    void shouldReplaceTheDropOfAKilledPredecessorAndRemoveItsQdisc() {
        int left = inside.index("left");
        netlink.addIngressDrop(left);
        try (var restarted = RouteNetlink.open(inside.namespace())) {
            assertEquals(0, restarted.addIngressDrop(left));

            String shown = inside.exec("tc filter show dev left ingress");
            assertEquals(
                    List.of(new IngressFilter("bpf", "weir-drop", 1, 0x57450001, 0)), restarted.ingressFilters(left));
            assertTrue(shown.contains("handle 0x57450001 direct-action"), shown);

            assertEquals(0, restarted.removeIngressDrop(left));
            assertEquals(0, restarted.addClsact(left), "no clsact left behind");
        }
    }

    @Test
    void shouldKeepTheFirstNoteOfADropWhileItIsThere() {
        int left = inside.index("left");

        int none = netlink.ingressDropNote(left);
        assertEquals(0, netlink.addIngressDrop(left, 0x8001_05DC));
        assertEquals(0, netlink.addIngressDrop(left, 7));
        int first = netlink.ingressDropNote(left);
        assertEquals(0, netlink.removeIngressDrop(left));

        assertEquals(0, none);
        assertEquals(0x8001_05DC, first);
        assertEquals(0, netlink.ingressDropNote(left));
    }

    @Test
    void shouldLeaveForeignQdiscAndFiltersAlone() {
        int left = inside.index("left");
        int right = inside.index("right");
        inside.exec("tc qdisc add dev left clsact");
        netlink.addIngressDrop(left);
        netlink.addIngressDrop(right);
        inside.exec("tc filter add dev right egress pref 7 bpf bytecode '1,6 0 0 0' flowid 1:1");

        assertEquals(0, netlink.removeIngressDrop(left));
        assertEquals(0, netlink.removeIngressDrop(right));

        assertEquals(-Errno.EEXIST, netlink.addClsact(left));
        assertEquals(-Errno.EEXIST, netlink.addClsact(right));
        assertTrue(inside.exec("tc filter show dev right egress").contains("pref 7"));
    }

    @Test
    void shouldReportLinksThatAppearChangeAndDisappear() {
        try (LinkMonitor monitor = LinkMonitor.open(inside.namespace())) {
            var events = new Events();
            inside.ip("link add dev fresh type veth peer name other");
            events.await(monitor, "+fresh");
            inside.ip("link set fresh mtu 1300");
            events.await(monitor, "+fresh mtu 1300");
            inside.ip("link del fresh");
            events.await(monitor, "-fresh");

            assertTrue(events.seen.contains("+fresh"), "" + events.seen);
            assertTrue(events.seen.contains("+fresh mtu 1300"), "" + events.seen);
            assertTrue(events.seen.contains("-fresh"), "" + events.seen);
            assertFalse(events.seen.contains("-left"), "" + events.seen);
        }
    }

    private static final class Events implements LinkMonitor.Handler {
        private final List<String> seen = new ArrayList<>();

        void await(LinkMonitor monitor, String event) {
            while (!seen.contains(event) && Frames.readable(monitor.fd(), TIMEOUT_MS)) {
                assertTrue(monitor.poll(this) >= 0);
            }
        }

        @Override
        public void changed(Link link) {
            seen.add(link.mtu() == 1500 ? "+" + link.name() : "+" + link.name() + " mtu " + link.mtu());
        }

        @Override
        public void removed(int ifIndex, String name) {
            seen.add("-" + name);
        }

        @Override
        public void overrun() {
            seen.add("overrun");
        }
    }

    private Link link(String name) {
        return netlink.link(name).orElseThrow();
    }
}
