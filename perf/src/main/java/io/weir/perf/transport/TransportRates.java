package io.weir.perf.transport;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.kernel.Scratch;
import io.weir.perf.transport.Turn.Load;

/**
 * Compares the transports of tunnels over a veth pair, IPv4, in one run: turns alternate over the rounds, and the median counts. Arguments:
 * rounds, and seconds of a turn. Needs root. The choice of {@link Transport#AUTO} rests on it.
 */
public final class TransportRates {
    private static final Load BULK = new Load(4, 45, 1452);
    private static final Load SMALL = new Load(64, 1, 64);
    private static final long SECOND_NS = 1_000_000_000L;

    private record Contender(
            String name, Encapsulation encapsulation, Transport transport, List<Turn> bulk, List<Turn> small) {
        Contender(String name, Encapsulation encapsulation, Transport transport) {
            this(name, encapsulation, transport, new ArrayList<>(), new ArrayList<>());
        }
    }

    private TransportRates() {}

    /** Prints a table. */
    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        long turnNs = (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2) * SECOND_NS;
        List<Contender> contenders = List.of(
                new Contender("socket", Encapsulation.UDP, Transport.SOCKET),
                new Contender("io_uring", Encapsulation.UDP, Transport.IO_URING),
                new Contender("epoll", Encapsulation.UDP, Transport.EPOLL),
                new Contender("raw", Encapsulation.RAW, Transport.SOCKET));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.out.printf(Locale.ROOT, "load before: %.1f%n", load);
        try (Wire wire = new Wire();
                Scratch payload = new Scratch(DatagramTransport.SEND_MAX)) {
            for (int round = 0; round < rounds; round++) {
                contenders.forEach(contender -> enter(contender, wire, payload.address(), turnNs));
            }
        }
        print(contenders);
    }

    private static void enter(Contender contender, Wire wire, long payload, long turnNs) {
        try (var from = wire.openA(contender.encapsulation(), contender.transport());
                var to = wire.openB(contender.encapsulation(), contender.transport())) {
            contender.bulk().add(turn(from, to, payload, BULK, turnNs));
            contender.small().add(turn(from, to, payload, SMALL, turnNs));
        }
    }

    private static Turn turn(DatagramTransport from, DatagramTransport to, long payload, Load load, long turnNs) {
        Turn turn = new Turn(from, to, payload, load);
        turn.run(turnNs / 2); // until it is compiled
        return turn.run(turnNs);
    }

    private static void print(List<Contender> contenders) {
        System.out.println(
                "1,452-byte segments: Gbit/s of a core that sends, receives, does both; of the clock; B/datagram."
                        + " 64 B: Mpps of a core that does both; B/datagram");
        for (Contender contender : contenders) {
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %6.2f %6.2f %6.2f %6.2f %8.3f   %6.3f %8.3f%n",
                    contender.name(),
                    median(contender.bulk(), Turn::sendGbps),
                    median(contender.bulk(), Turn::receiveGbps),
                    median(contender.bulk(), Turn::bothGbps),
                    median(contender.bulk(), Turn::wallGbps),
                    median(contender.bulk(), Turn::allocatedPerDatagram),
                    median(contender.small(), Turn::bothMpps),
                    median(contender.small(), Turn::allocatedPerDatagram));
        }
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> figure) {
        return turns.stream().mapToDouble(figure).sorted().toArray()[turns.size() / 2];
    }
}
