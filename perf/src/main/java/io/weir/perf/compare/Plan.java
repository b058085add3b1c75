package io.weir.perf.compare;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who runs what, and what is asked of Weir. The names of measures are the words of {@code --only}.
 *
 * @param entrants the contenders in the order of a round
 * @param inMemory measures without a testbed, run by {@link InMemory}
 * @param bars the rows of the table
 */
record Plan(List<Entrant> entrants, List<String> inMemory, List<Bar> bars) {
    static final String TCP_TAP = "tcp-tap";
    static final String TCP_VETH = "tcp-veth";
    static final String FLOOD_TAP = "flood-tap";
    static final String FLOOD_XDP = "flood-xdp";
    static final String PING = "ping";
    static final String ALLOCATION = "allocation";
    static final String FIREWALL = "firewall";
    static final String APPLY = "apply";
    static final String DENIES = "denies";
    static final String TCP_TUNNEL = "tcp-tunnel";
    static final String ESP = "esp";
    static final String LABELS = "labels";
    static final String COMPLIANCE = "compliance";

    /** Weir on taps with both hosts under policy. */
    private static final String POLICED = "weir-tap-policed";

    /** The contender of measures that no testbed and no peer takes part in. */
    static final String IN_MEMORY = "weir-memory";

    /** Fewer bytes a frame than this are a stray object in a million frames, not an allocation per frame. */
    private static final double NO_ALLOCATION_BYTES = 0.01;

    /**
     * A contender and the measures it takes part in.
     *
     * @param factory makes a fresh instance that keeps its files in the given directory
     */
    record Entrant(String name, Set<String> measures, Function<Path, Contender> factory) {
        Entrant only(Set<String> wanted) {
            Set<String> kept = new TreeSet<>(measures);
            kept.retainAll(wanted);
            return new Entrant(name, kept, factory);
        }
    }

    /** Everything that is asked for. {@code launcher} starts Weir, {@code forwarder} is the compiled C program. */
    static Plan complete(Path launcher, Path forwarder) {
        return new Plan(
                List.of(
                        weir("weir-tap", launcher, WeirSwitch.Attachment.TAP, TCP_TAP, FLOOD_TAP, PING, ALLOCATION),
                        new Entrant(
                                POLICED,
                                Set.of(TCP_TAP, FLOOD_TAP, ALLOCATION),
                                directory -> new WeirSwitch(
                                        launcher,
                                        directory,
                                        WeirSwitch.Attachment.TAP,
                                        WeirSwitch.Idle.BLOCK,
                                        WeirSwitch.Policy.ENFORCE)),
                        new Entrant(
                                "forwarder-1",
                                Set.of(TCP_TAP, FLOOD_TAP),
                                directory -> new BareForwarder(forwarder, directory, 1)),
                        new Entrant(
                                "forwarder-2",
                                Set.of(TCP_TAP, FLOOD_TAP),
                                directory -> new BareForwarder(forwarder, directory, 2)),
                        new Entrant(
                                "ovs-tap",
                                Set.of(TCP_TAP, PING),
                                directory -> new OpenVSwitch(directory, OpenVSwitch.Attachment.TAP)),
                        new Entrant("linux-bridge", Set.of(TCP_TAP), directory -> new LinuxBridge()),
                        new Entrant(
                                "weir-tap-spin",
                                Set.of(PING),
                                directory -> new WeirSwitch(
                                        launcher,
                                        directory,
                                        WeirSwitch.Attachment.TAP,
                                        WeirSwitch.Idle.SPIN,
                                        WeirSwitch.Policy.OFF)),
                        weir("weir-packet", launcher, WeirSwitch.Attachment.PACKET, TCP_VETH),
                        new Entrant(
                                "ovs-veth",
                                Set.of(TCP_VETH),
                                directory -> new OpenVSwitch(directory, OpenVSwitch.Attachment.VETH)),
                        weir("weir-xdp", launcher, WeirSwitch.Attachment.XDP, FLOOD_XDP),
                        tunnel("weir-esp", launcher, "auto"),
                        tunnel("weir-esp-socket", launcher, "socket"),
                        tunnel("weir-esp-epoll", launcher, "epoll"),
                        tunnel("weir-esp-uring", launcher, "io_uring"),
                        new Entrant("wireguard-go", Set.of(TCP_TUNNEL), WireGuardGo::new),
                        new Entrant("strongswan-libipsec", Set.of(TCP_TUNNEL), StrongSwanLibipsec::new)),
                List.of(FIREWALL, APPLY, DENIES, ESP, LABELS, COMPLIANCE),
                asked());
    }

    private static Entrant weir(String name, Path launcher, WeirSwitch.Attachment attachment, String... measures) {
        return new Entrant(
                name,
                Set.of(measures),
                directory ->
                        new WeirSwitch(launcher, directory, attachment, WeirSwitch.Idle.BLOCK, WeirSwitch.Policy.OFF));
    }

    private static Entrant tunnel(String name, Path launcher, String transport) {
        return new Entrant(name, Set.of(TCP_TUNNEL), directory -> new WeirTunnel(launcher, directory, transport));
    }

    private static List<Bar> asked() {
        return List.of(
                Bar.against(TCP_TAP, "tap to tap", Metric.TCP_STREAM, "weir-tap", "ovs-tap", 1.2),
                Bar.against(TCP_TAP, "tap to tap", Metric.TCP_STREAM, "weir-tap", "linux-bridge", 0.9),
                Bar.against(TCP_TAP, "tap to tap", Metric.TCP_STREAM, "weir-tap", "forwarder-1", 0.95),
                Bar.against(TCP_TAP, "tap to tap", Metric.TCP_STREAM, "weir-tap", "forwarder-2", 0.95),
                Bar.information(TCP_TAP, "under policy", Metric.TCP_STREAM, POLICED, "weir-tap"),
                Bar.information(TCP_TAP, "under policy", Metric.TCP_STREAM, POLICED, "linux-bridge"),
                Bar.against(TCP_VETH, "veth, AF_PACKET", Metric.TCP_STREAM, "weir-packet", "ovs-veth", 1.5),
                Bar.against(FLOOD_TAP, "tap to tap", Metric.FLOOD, "weir-tap", "forwarder-1", 0.95),
                Bar.against(FLOOD_TAP, "tap to tap", Metric.FLOOD, "weir-tap", "forwarder-2", 0.95),
                Bar.information(FLOOD_TAP, "under policy", Metric.FLOOD, POLICED, "weir-tap"),
                Bar.fixed(FLOOD_XDP, "veth, AF_XDP", Metric.FLOOD, "weir-xdp", 0.9),
                Bar.against(PING, "tap, idle: block", Metric.PING_MEDIAN, "weir-tap", "ovs-tap", 1.0),
                Bar.information(PING, "tap, idle: block", Metric.PING_P99, "weir-tap", "ovs-tap"),
                Bar.against(PING, "tap, idle: spin", Metric.PING_MEDIAN, "weir-tap-spin", "ovs-tap", 0.5),
                Bar.information(PING, "tap, idle: spin", Metric.PING_P99, "weir-tap-spin", "ovs-tap"),
                Bar.fixed(ALLOCATION, "tap to tap, flood", Metric.ALLOCATION, "weir-tap", NO_ALLOCATION_BYTES),
                Bar.fixed(ALLOCATION, "under policy, flood", Metric.ALLOCATION, POLICED, NO_ALLOCATION_BYTES),
                memory(
                        FIREWALL,
                        "100,000 sessions",
                        Metric.FIREWALL_PACKET,
                        90,
                        "VPP stateful ACL, 10,000 flows: 90 ns (11.06 Mpps)"),
                memory(FIREWALL, "100,000 sessions", Metric.FIREWALL_ALLOCATION, NO_ALLOCATION_BYTES, ""),
                memory(
                        FIREWALL,
                        "100,000 components",
                        Metric.RULES_RATIO,
                        1.1,
                        "NSX: 4,000 rules a vNIC; Cilium: 16,384 entries an endpoint"),
                memory(FIREWALL, "100,000 components", Metric.EVALUATE_SCATTERED, Double.NaN, ""),
                memory(FIREWALL, "100,000 sessions", Metric.SESSION_HIT, 70, "Open vSwitch conntrack: 72 ns"),
                memory(FIREWALL, "100,000 sessions, TCP", Metric.SESSION_HIT_ALONE, Double.NaN, ""),
                memory(FIREWALL, "100,000 sessions", Metric.SESSION_NEW, 250, "Open vSwitch conntrack: 259 ns"),
                memory(FIREWALL, "entry", Metric.SESSION_MEMORY, 128, ""),
                memory(
                        APPLY,
                        "10,000 components, 100,000 rules, 1,000,000 sessions",
                        Metric.APPLY_P99,
                        10,
                        "Cilium: p50 about 10 ms, idle; Open vSwitch revalidates within 500 ms"),
                memory(APPLY, "the same", Metric.APPLY_LOST, 0, ""),
                memory(APPLY, "the same", Metric.APPLY_MIXED, 0, "VPP and Open vSwitch: mixed while rules change"),
                memory(DENIES, "one core, with a reader", Metric.DENY_RATE, 1, "Antrea: 5,000/s, best effort"),
                memory(DENIES, "the same", Metric.DENY_UNACCOUNTED, 0, "Hubble: 668,157 lost in one report"),
                Bar.against(TCP_TUNNEL, "veth, ESP in UDP", Metric.TCP_STREAM, "weir-esp", "wireguard-go", 5),
                Bar.against(TCP_TUNNEL, "veth, ESP in UDP", Metric.TCP_STREAM, "weir-esp", "strongswan-libipsec", 5),
                Bar.published(
                        TCP_TUNNEL,
                        "veth, ESP in UDP",
                        Metric.TCP_STREAM,
                        "weir-esp",
                        3,
                        "wireguard-go's newest release on bigger machines: 11.3 Gbit/s"),
                Bar.information(TCP_TUNNEL, "own system calls", Metric.TCP_STREAM, "weir-esp-socket", "wireguard-go"),
                Bar.information(TCP_TUNNEL, "Netty epoll", Metric.TCP_STREAM, "weir-esp-epoll", "wireguard-go"),
                Bar.information(TCP_TUNNEL, "Netty io_uring", Metric.TCP_STREAM, "weir-esp-uring", "wireguard-go"),
                memory(ESP, "AES-256-GCM, 1,420 B, sealed", Metric.ESP_SEAL, 8, "VPP, AES-128-GCM, IMIX: 6.14 Gbit/s"),
                memory(ESP, "AES-256-GCM, 1,420 B, opened", Metric.ESP_OPEN, 8, "VPP, AES-128-GCM, IMIX: 6.14 Gbit/s"),
                memory(ESP, "the cipher alone in the same run, sealed", Metric.ESP_SEAL_RATIO, 0.85, ""),
                memory(ESP, "the cipher alone in the same run, opened", Metric.ESP_OPEN_RATIO, 0.85, ""),
                memory(ESP, "64 B, with label, policy and replay", Metric.ESP_SMALL, 1.2, "VPP, IMIX: 2.13 Mpps"),
                memory(ESP, "sealed and opened", Metric.ESP_ALLOCATION, NO_ALLOCATION_BYTES, ""),
                memory(
                        ESP,
                        "16 levels on one five-tuple",
                        Metric.ESP_WRONG_SA,
                        0,
                        "strongSwan, simple labels: all but one"),
                memory(LABELS, "2,048 levels, 64 ranges", Metric.LABEL_CHECK, 10, ""),
                memory(COMPLIANCE, "4,096 labels, 1,000,000 rules", Metric.COMPLIANCE_TIME, 1, ""));
    }

    private static Bar memory(String measure, String path, Metric metric, double limit, String published) {
        return Bar.published(measure, path, metric, IN_MEMORY, limit, published);
    }

    Set<String> measures() {
        return bars.stream().map(Bar::measure).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The part of the plan that the wanted measures need. Throws {@link BenchException} on a name that is not one. */
    Plan only(Set<String> wanted) {
        Set<String> unknown = new TreeSet<>(wanted);
        unknown.removeAll(measures());
        if (!unknown.isEmpty()) {
            throw new BenchException("--only knows no %s: choose from %s"
                    .formatted(String.join(", ", unknown), String.join(", ", measures())));
        }
        return new Plan(
                entrants.stream()
                        .map(entrant -> entrant.only(wanted))
                        .filter(entrant -> !entrant.measures().isEmpty())
                        .toList(),
                inMemory.stream().filter(wanted::contains).toList(),
                bars.stream().filter(bar -> wanted.contains(bar.measure())).toList());
    }
}
