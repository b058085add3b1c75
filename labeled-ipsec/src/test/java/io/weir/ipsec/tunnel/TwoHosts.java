package io.weir.ipsec.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Assumptions;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.Switch;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.kernel.Capabilities;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Two hosts with a switch each, a guest behind each, and a tunnel between them; all in namespaces, deleted in the end.
 *
 * <pre>
 *  guest 0            host 0                         host 1            guest 1
 *  10.8.0.1 --- tap [ switch ] esp 192.0.2.1 --- 192.0.2.2 esp [ switch ] tap --- 10.8.0.2
 *  fd08::1                                                                        fd08::2
 * </pre>
 */
final class TwoHosts implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String REASON = "skipped: needs root (CAP_SYS_ADMIN) to make network namespaces";
    private static final int TIMEOUT_S = 60;
    private static final int SPI = 0x1000;

    private final String prefix = "weirx-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
    private final SaStateFile state = SaStateFile.inMemory(() -> System.currentTimeMillis() * 1_000_000L);
    private final List<Tunnels> tunnels = new ArrayList<>();
    private final List<Switch> switches = new ArrayList<>();

    /** What differs between tests. */
    record Options(Encapsulation encapsulation, Transport transport, EspCipher cipher, int wireMtu, int level) {
        static final Options DEFAULT =
                new Options(Encapsulation.UDP, Transport.SOCKET, EspCipher.AES_256_GCM_16, 1500, 0);
    }

    TwoHosts(Options options) {
        boolean allowed = Capabilities.current().has(Capabilities.CAP_SYS_ADMIN);
        if (!allowed) {
            System.out.println(REASON);
        }
        Assumptions.assumeTrue(allowed, REASON);
        for (int i = 0; i < 2; i++) {
            run("ip netns add " + host(i));
            run("ip netns add " + guest(i));
            // A guest that announces itself would be counted.
            exec(guest(i), "sysctl -qw net.ipv6.conf.all.disable_ipv6=0");
        }
        run("ip -n " + host(0) + " link add wire type veth peer name wire netns " + host(1));
        for (int i = 0; i < 2; i++) {
            ip(host(i), "link set wire mtu " + options.wireMtu());
            ip(host(i), "address add 192.0.2." + (i + 1) + "/24 dev wire");
            ip(host(i), "link set wire up");
        }
        for (int i = 0; i < 2; i++) {
            open(i, options);
        }
    }

    private void open(int i, Options options) {
        Tunnels made = new Tunnels(CryptoLibrary.best(), state(i));
        tunnels.add(made);
        made.add(settings(i, options));
        Switch weir = new Switch(SwitchSettings.DEFAULT, made);
        switches.add(weir);
        weir.start();
        // The name makes the MAC address, and both hosts are one machine.
        weir.addPort(port("guest" + i, PortSettings.Type.TAP, "eth0", guest(i)));
        weir.addPort(port("tunnel", PortSettings.Type.ESP, "peer", host(i)));
        ip(guest(i), "address add 10.8.0." + (i + 1) + "/24 dev eth0");
        ip(guest(i), "address add fd08::" + (i + 1) + "/64 dev eth0 nodad");
        ip(guest(i), "link set eth0 up");
    }

    private final List<SaStateFile> states = new ArrayList<>();

    // One for each host, as both directions have the same SPIs and keys.
    private SaStateFile state(int i) {
        if (i == 0) {
            return state;
        }
        states.add(SaStateFile.inMemory(() -> System.currentTimeMillis() * 1_000_000L));
        return states.getLast();
    }

    private static TunnelSettings settings(int i, Options options) {
        return new TunnelSettings(
                "peer",
                address(i),
                address(1 - i),
                options.encapsulation(),
                TunnelSettings.DEFAULT_PORT,
                TunnelSettings.Payload.ETHERNET,
                options.transport(),
                List.of(),
                true,
                List.of(sa(Direction.OUTBOUND, i, options), sa(Direction.INBOUND, 1 - i, options)));
    }

    private static SaSettings sa(Direction direction, int sender, Options options) {
        byte[] key = new byte[36];
        Arrays.fill(key, (byte) (sender + 1));
        return new SaSettings(
                direction,
                SPI + sender,
                options.level(),
                "",
                options.cipher(),
                new SaKey(key),
                true,
                SaSettings.DEFAULT_REPLAY_WINDOW,
                0,
                Lifetime.UNLIMITED);
    }

    private static InetAddress address(int i) {
        try {
            return InetAddress.getByName("192.0.2." + (i + 1));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PortSettings port(String name, PortSettings.Type type, String device, String netns) {
        return new PortSettings(
                name,
                type,
                device,
                netns,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.OFF);
    }

    String host(int i) {
        return prefix + "host" + i;
    }

    String guest(int i) {
        return prefix + "guest" + i;
    }

    Switch weir(int i) {
        return switches.get(i);
    }

    TunnelStatus tunnel(int i) {
        return tunnels.get(i).status().getFirst();
    }

    /** Drops of a reason at all ports of a host's switch. */
    long dropped(int i, DropReason reason) {
        return weir(i).statistics().drops().getOrDefault(reason, 0L);
    }

    static String ip(String namespace, String arguments) {
        return run("ip -n " + namespace + " " + arguments);
    }

    static String exec(String namespace, String command) {
        return run("ip netns exec " + namespace + " " + command);
    }

    /** A server for one test, which has bound its port when this returns and ends with its client. */
    void serve(int guest) {
        exec(guest(guest), "iperf3 -s -1 -D");
        exec(
                guest(guest),
                "sh -c 'for i in $(seq 500); do ss -Hltn sport = :5201 | grep -q 5201 && exit 0; done; exit 1'");
    }

    private static String run(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS), command + " did not end");
            assertEquals(0, process.exitValue(), command + ": " + output);
            return output;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    @Override
    public void close() {
        switches.forEach(Switch::close);
        tunnels.forEach(Tunnels::close);
        state.close();
        states.forEach(SaStateFile::close);
        for (int i = 0; i < 2; i++) {
            run("ip netns del " + guest(i));
            run("ip netns del " + host(i));
        }
    }
}
