package io.weir.perf.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.ipsec.transport.TransportSettings;
import io.weir.ipsec.transport.Transports;
import io.weir.kernel.NetworkNamespace;

/**
 * Two namespaces joined by a veth pair, removed in the end.
 *
 * <p>Threading: one thread.
 */
final class Wire implements AutoCloseable {
    private static final int PORT = 4500;
    private static final int TIMEOUT_S = 20;
    private static final String A = "weir-transports-" + ProcessHandle.current().pid() + "-a";
    private static final String B = "weir-transports-" + ProcessHandle.current().pid() + "-b";

    private final NetworkNamespace a;
    private final NetworkNamespace b;

    Wire() {
        run("ip netns add " + A + " && ip netns add " + B);
        run("ip -n " + A + " link add name wire type veth peer name wire netns " + B);
        run("ip -n " + A + " address add 10.77.0.1/24 dev wire && ip -n " + A + " link set wire up");
        run("ip -n " + B + " address add 10.77.0.2/24 dev wire && ip -n " + B + " link set wire up");
        a = NetworkNamespace.open(A);
        b = NetworkNamespace.open(B);
    }

    DatagramTransport openA(Encapsulation encapsulation, Transport transport) {
        return a.call(() -> Transports.open(settings("10.77.0.1", "10.77.0.2", encapsulation, transport)));
    }

    DatagramTransport openB(Encapsulation encapsulation, Transport transport) {
        return b.call(() -> Transports.open(settings("10.77.0.2", "10.77.0.1", encapsulation, transport)));
    }

    private static TransportSettings settings(
            String local, String remote, Encapsulation encapsulation, Transport transport) throws IOException {
        return new TransportSettings(
                "wire",
                InetAddress.getByName(local),
                InetAddress.getByName(remote),
                encapsulation,
                PORT,
                transport,
                true);
    }

    private static void run(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
        run("ip netns del " + A + " && ip netns del " + B);
    }
}
