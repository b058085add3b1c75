package io.weir.identity.conformance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.Switch;
import io.weir.identity.evaluate.PolicyEpoch;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Makes attempts between namespaces, one a component, the switch between them. Attempts under one epoch run side by side;
 * {@link #policy} and {@link #await} wait for them.
 *
 * <pre>
 *   gryffindor-0   gryffindor-1   ...   node-1      eth0 with the MAC address and the addresses of world.yaml
 *        |              |                 |
 *        +------------ Switch ------------+         taps, every port enforcing
 * </pre>
 *
 * <p>Neighbours are set by hand: an attempt that is to be dropped must get as far as its first packet.
 */
final class NamespaceProber implements CaseRun.Prober, AutoCloseable {
    private static final int ALLOWED_MS = 10_000;

    /** A drop shows by nothing coming back; what does come back here takes a few milliseconds. */
    private static final int DENIED_MS = 300;

    private final Switch weir = new Switch(SwitchSettings.DEFAULT);
    private final Map<Place, PodNamespace> namespaces = new LinkedHashMap<>();
    private final Map<Place, Pod> pods = new LinkedHashMap<>();
    private final Set<String> listening = new HashSet<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<String>> running = new ArrayList<>();
    private int attempts;

    NamespaceProber(ConformanceSuite suite) {
        Map<String, Place> places = suite.places();
        weir.start();
        try {
            places.values().forEach(place -> add(place, places.values()));
            suite.subTests().flatMap(subTest -> subTest.steps().stream()).forEach(step -> {
                if (step instanceof SubTest.Try attempt) {
                    listen(attempt.probe(), places);
                }
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void add(Place place, Iterable<Place> all) {
        PodNamespace namespace = PodNamespace.create(place.port());
        namespaces.put(place, namespace);
        weir.addPort(port(place, namespace));
        List<String> commands = new ArrayList<>();
        commands.add("link set eth0 address " + mac(place) + " up");
        commands.add("addr add " + Pod.address(place.ipv4()).getHostAddress() + "/8 dev eth0");
        commands.add("addr add " + Pod.address(place.ipv6()).getHostAddress() + "/64 dev eth0 nodad");
        for (Place other : all) {
            for (Family family : Family.values()) {
                String address = Pod.address(other.address(family)).getHostAddress();
                if (!other.equals(place)) {
                    commands.add("neigh add " + address + " lladdr " + mac(other) + " dev eth0 nud permanent");
                }
            }
        }
        namespace.batch(commands);
        pods.put(place, new Pod(namespace, place));
    }

    private static PortSettings port(Place place, PodNamespace namespace) {
        return new PortSettings(
                place.port(),
                PortSettings.Type.TAP,
                "eth0",
                namespace.name(),
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.ENFORCED);
    }

    private static String mac(Place place) {
        String digits = String.format("%012x", place.mac());
        return digits.replaceAll("..(?!$)", "$0:");
    }

    private void listen(Probe probe, Map<String, Place> places) {
        if (listening.add(probe.to() + ' ' + probe.protocol() + ' ' + probe.port())) {
            pod(Objects.requireNonNull(places.get(probe.to()))).listen(probe.protocol(), probe.port());
        }
    }

    private Pod pod(Place place) {
        return Objects.requireNonNull(pods.get(place));
    }

    @Override
    public void policy(PolicyEpoch epoch) {
        await();
        weir.policy(epoch);
        weir.settle(); // has every worker do something, which it does at the beginning of a duty cycle
    }

    @Override
    public void attempt(Probe probe, Family family, Place from, Place to) {
        running.add(executor.submit(() -> wrong(probe, family, pod(from), pod(to))));
    }

    /** Empty when it came out as it should. */
    private static String wrong(Probe probe, Family family, Pod from, Pod to) {
        Pod.Outcome expected = probe.allowed() ? Pod.Outcome.ANSWERED : Pod.Outcome.SILENCE;
        Pod.Outcome seen = from.attempt(to, probe, family, probe.allowed() ? ALLOWED_MS : DENIED_MS);
        return seen == expected ? "" : probe + " over " + family + ": " + seen;
    }

    /** Waits for all attempts and asserts that they came out as they should. */
    void await() {
        List<String> wrong = running.stream()
                .map(NamespaceProber::result)
                .filter(text -> !text.isEmpty())
                .toList();
        attempts += running.size();
        running.clear();
        assertEquals(List.of(), wrong);
    }

    /** How many attempts have come out since the last call. */
    int takeAttempts() {
        int count = attempts;
        attempts = 0;
        return count;
    }

    private static String result(Future<String> attempt) {
        try {
            return attempt.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("an attempt failed", e);
        }
    }

    @Override
    public void close() {
        executor.close();
        pods.values().forEach(Pod::close);
        weir.close();
        namespaces.values().forEach(PodNamespace::close);
    }
}
