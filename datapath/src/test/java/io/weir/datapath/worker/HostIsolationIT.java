package io.weir.datapath.worker;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.weir.datapath.pipeline.PortEvents.Kind;
import io.weir.datapath.port.PortSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is behind a netdev port cannot reach the host, even where the host has addresses on the interface.
 *
 * <pre>
 *   guest: eth0 10.9.0.2, fd00:9::2 --- v0 10.9.0.1, fd00:9::1 :host
 * </pre>
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostIsolationIT {
    private static final String PING4 = "ping -c 2 -i 0.2 -W 1 10.9.0.1";
    private static final String PING6 = "ping -c 2 -i 0.2 -W 1 fd00:9::1";

    private TestNamespace host;
    private TestNamespace guest;
    private Switch weir;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        guest = new TestNamespace();
        host.ipv6(true);
        guest.ipv6(true);
        host.veth("v0", guest, "eth0");
        weir = new Switch(TestPorts.workers(1));
        weir.start();
    }

    @AfterEach
    void delete() {
        if (weir != null) {
            weir.close();
        }
        if (guest != null) {
            guest.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private void address() {
        host.ip("addr add 10.9.0.1/24 dev v0");
        host.ip("addr add fd00:9::1/64 dev v0 nodad");
        guest.ip("addr add 10.9.0.2/24 dev eth0");
        guest.ip("addr add fd00:9::2/64 dev eth0 nodad");
    }

    @ParameterizedTest
    @EnumSource(names = {"PACKET", "XDP"})
    void shouldKeepTheGuestFromTheHostAndRestoreEverything(PortSettings.Io io) {
        address();
        boolean answered4 = guest.succeeds(PING4);
        boolean answered6 = guest.succeeds(PING6);
        String before = state();

        weir.addPort(io == PortSettings.Io.XDP ? TestPorts.xdp("p", host, "v0") : TestPorts.packet("p", host, "v0"));
        guest.ip("neigh flush dev eth0");
        String icmp = icmpCounters();
        boolean resolving4 = guest.succeeds(PING4);
        boolean resolving6 = guest.succeeds(PING6);
        resolve();
        boolean reached4 = guest.succeeds(PING4);
        boolean reached6 = guest.succeeds(PING6);
        String icmpAfter = icmpCounters();
        long received = SwitchLaws.counters(weir, "p").rxFrames();
        weir.removePort("p");

        assertTrue(answered4 && answered6, "the guest reached the host without the switch");
        assertFalse(resolving4 || resolving6, "the guest reached the host");
        assertFalse(reached4 || reached6, "the guest that knows the host's MAC address reached the host");
        assertEquals(icmp, icmpAfter);
        // Two ARP or ND requests and two echo requests a family at least, all of them seen by the switch.
        assertTrue(received >= 8, received + " frames received");
        assertEquals(before, state());
        assertTrue(guest.succeeds(PING4) && guest.succeeds(PING6), "all is as before");
    }

    /** The guest need not ask for the host's MAC address any more. */
    private void resolve() {
        String mac = host.exec("cat /sys/class/net/v0/address").trim();
        guest.ip("neigh replace 10.9.0.1 lladdr " + mac + " dev eth0 nud permanent");
        guest.ip("neigh replace fd00:9::1 lladdr " + mac + " dev eth0 nud permanent");
    }

    @Test
    void shouldSwitchIpv6OffWhereTheHostHasOnlyALinkLocalAddress() {
        host.ip("link set v0 addrgenmode eui64");
        String before = state();

        weir.addPort(TestPorts.packet("p", host, "v0"));
        String during = host.ip("-6 addr show dev v0").trim();
        String disabled = disableIpv6();
        weir.removePort("p");

        assertTrue(before.contains("fe80::"), before);
        assertEquals("", during);
        assertEquals("1", disabled);
        assertEquals(before, state());
    }

    @Test
    void shouldLeaveIpv6OffWhereItWasOff() {
        host.exec("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/v0/disable_ipv6'");

        weir.addPort(TestPorts.packet("p", host, "v0"));
        weir.removePort("p");

        assertEquals("1", disableIpv6());
    }

    @Test
    void shouldRestoreMtuAndDownState() {
        host.ip("link set v0 down mtu 1400");
        String before = state();
        EventLog events = new EventLog();
        weir.listen(events);
        PortSettings port = TestPorts.packet("p", host, "v0");

        PortStatus status = weir.addPort(TestPorts.with(port, 1300));
        String during = host.ip("link show dev v0");
        weir.removePort("p");

        assertEquals(1300, status.mtu());
        assertTrue(during.contains("mtu 1300") && during.contains("NOARP") && during.contains("UP"), during);
        assertEquals(before, state());
        assertEquals(
                0,
                events.rest().stream()
                        .filter(event -> event.kind() == Kind.PORT_DOWN)
                        .count());
    }

    /** All that taking an interface over changes. */
    private String state() {
        String link = host.ip("-d -o link show dev v0").replaceAll("promiscuity.*allmulti", "");
        String addresses = host.ip("-o addr show dev v0").replaceAll("tentative ", "");
        String filters = host.exec("tc qdisc show dev v0") + host.exec("tc filter show dev v0 ingress");
        return link + addresses + filters + disableIpv6();
    }

    private String disableIpv6() {
        return host.exec("cat /proc/sys/net/ipv6/conf/v0/disable_ipv6").trim();
    }

    /** Received ICMP messages of both families. */
    private String icmpCounters() {
        return host.exec("sh -c \"awk '/^Icmp:/ {print \\$2}' /proc/net/snmp; grep Icmp6InMsgs /proc/net/snmp6\"");
    }
}
