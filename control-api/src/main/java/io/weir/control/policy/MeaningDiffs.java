package io.weir.control.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleSet;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows.Probe;

/**
 * What two epochs allow that the other does not: both are asked the same questions.
 *
 * <p>Ends are all instances of each component, {@code reserved.*}, and one address of each network that rules name.
 * Protocols and ports are those that either revision mentions, cut into intervals at every boundary of a range, so that within an
 * interval no rule tells two ports apart. When only components changed, only flows from or to those and their neighbours
 * behind the same ports are asked for. The work is bounded; what was left out is said.
 *
 * <p>Threading: one thread.
 */
final class MeaningDiffs {
    static final int MAX_QUESTIONS = 4_000_000;
    static final int MAX_FOUND = 10_000;

    private static final int ALLOWED_NOW = 1;
    private static final int DENIED_NOW = 2;
    private static final int MAX_NETWORKS = 64;
    private static final int LAST_PORT = 0xFFFF;

    /** For experiments, RFC 3692 section 2.1: stands for every protocol that no rule mentions. */
    private static final int OTHER_PROTOCOL = 253;

    private final PolicyEpoch before;
    private final PolicyEpoch after;
    private final PortPolicies ports;
    private final long nowNs;
    private final TreeMap<Integer, TreeSet<Integer>> boundaries =
            new TreeMap<>(); // first ports of intervals, by protocol
    private final List<MeaningDiff> found = new ArrayList<>();
    private final Verdict verdict = new Verdict();
    private int questions;

    /**
     * What was found.
     *
     * @param note why it is not all; empty when it is
     */
    record Answer(List<MeaningDiff> found, String note) {}

    MeaningDiffs(PolicyEpoch before, PolicyEpoch after, PortPolicies ports, long nowNs) {
        this.before = before;
        this.after = after;
        this.ports = ports.now();
        this.nowNs = nowNs;
    }

    Answer answer() {
        mention();
        List<Ends> all = ends();
        @Nullable Set<String> touched = touched();
        int left = 0;
        for (Ends from : all) {
            for (Ends to : all) {
                boolean asked = touched == null || touched.contains(from.name()) || touched.contains(to.name());
                if (asked && questions < MAX_QUESTIONS && found.size() < MAX_FOUND) {
                    compare(from, to);
                } else if (asked) {
                    left++;
                }
            }
        }
        String note = left == 0
                ? ""
                : left + " of " + all.size() * (long) all.size()
                        + " pairs of components were not compared; diff revisions that lie closer together";
        return new Answer(List.copyOf(found), note);
    }

    private void mention() {
        for (int protocol : new int[] {FlowKey.NOT_IP, 1, 6, 17, 58, OTHER_PROTOCOL}) {
            boundaries.put(protocol, new TreeSet<>(Set.of(0)));
        }
        List<L4Match> matches = Stream.of(before, after)
                .flatMap(epoch -> epoch.documents().documents().stream())
                .flatMap(MeaningDiffs::matches)
                .toList();
        matches.stream()
                .filter(match -> match.protocol() != L4Match.ANY_PROTOCOL)
                .forEach(match -> boundaries.computeIfAbsent(match.protocol(), any -> new TreeSet<>(Set.of(0))));
        for (L4Match match : matches) {
            for (var entry : boundaries.entrySet()) {
                boolean concerned = match.protocol() == L4Match.ANY_PROTOCOL || match.protocol() == entry.getKey();
                match.ranges().stream().filter(range -> concerned).forEach(range -> cut(entry.getValue(), range));
            }
        }
    }

    private static void cut(Set<Integer> firsts, L4Match.Range range) {
        firsts.add(range.first());
        if (range.last() < LAST_PORT) {
            firsts.add(range.last() + 1);
        }
    }

    private static Stream<L4Match> matches(Document document) {
        Stream<L4Match> own = document.body() instanceof Component component
                ? Stream.concat(
                        component.exposes().stream().map(Expose::l4),
                        component.instances().stream().flatMap(instance -> instance.l4().stream()))
                : Stream.empty();
        return Stream.concat(own, rules(document).flatMap(rule -> rule.l4().stream()));
    }

    private static Stream<Rule> rules(Document document) {
        return switch (document.body()) {
            case Component component -> Stream.concat(component.ingress().stream(), component.egress().stream());
            case RuleSet set -> set.rules().stream();
            default -> Stream.empty();
        };
    }

    private List<Ends> ends() {
        TreeMap<String, Ends> ends = new TreeMap<>();
        Set<IpPrefix> networks = new HashSet<>();
        for (PolicySet documents : List.of(before.documents(), after.documents())) {
            for (Document document : documents.documents()) {
                if (document.body() instanceof Component component
                        && !component.instances().isEmpty()) {
                    ends.merge(document.id(), Ends.of(document.id(), component.instances()), MeaningDiffs::both);
                }
                rules(document)
                        .flatMap(rule -> Stream.concat(rule.from().stream(), rule.to().stream()))
                        .filter(Peer.ByCidr.class::isInstance)
                        .map(peer -> ((Peer.ByCidr) peer).prefix())
                        .forEach(networks::add);
            }
        }
        for (String reserved : List.of("reserved.host", "reserved.world", "reserved.unknown")) {
            ends.put(reserved, Ends.find(reserved, PolicySet.EMPTY, ports));
        }
        List<Ends> all = new ArrayList<>(ends.values());
        networks.stream()
                .limit(MAX_NETWORKS)
                .map(network -> Ends.world("reserved.world", network, ports))
                .forEach(all::add);
        return all;
    }

    /** The instances of either revision. */
    private static Ends both(Ends one, Ends other) {
        Set<Instance> instances = new LinkedHashSet<>(one.end().instances());
        instances.addAll(other.end().instances());
        return Ends.of(one.name(), List.copyOf(instances));
    }

    /** Components whose flows may have changed; null for all. */
    private @Nullable Set<String> touched() {
        Set<String> touched = new HashSet<>();
        Set<String> behind = new HashSet<>();
        for (ApplyResult.Changed change :
                SetChange.between(before.documents(), after.documents()).changes()) {
            if (change.name().kind() != Kind.COMPONENT) {
                return null;
            }
            touched.add(change.name().id());
            for (PolicySet documents : List.of(before.documents(), after.documents())) {
                Document document = documents.get(Kind.COMPONENT, change.name().id());
                if (document != null && document.body() instanceof Component component) {
                    component.instances().stream().map(Instance::port).forEach(behind::add);
                }
            }
        }
        for (Document document : after.documents().documents(Kind.COMPONENT)) {
            if (((Component) document.body())
                    .instances().stream().map(Instance::port).anyMatch(behind::contains)) {
                touched.add(document.id());
            }
        }
        return touched;
    }

    private void compare(Ends from, Ends to) {
        for (var entry : boundaries.entrySet()) {
            int[] firsts = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
            int[] changes = Arrays.stream(firsts)
                    .map(port -> changes(from, to, entry.getKey(), port))
                    .toArray();
            intervals(
                    firsts,
                    changes,
                    ALLOWED_NOW,
                    (first, last) ->
                            found.add(new MeaningDiff(from.name(), to.name(), entry.getKey(), first, last, true)));
            intervals(
                    firsts,
                    changes,
                    DENIED_NOW,
                    (first, last) ->
                            found.add(new MeaningDiff(from.name(), to.name(), entry.getKey(), first, last, false)));
        }
    }

    private interface Interval {
        void found(int first, int last);
    }

    /** Finds the longest intervals of ports whose changes have the bit. */
    private static void intervals(int[] firsts, int[] changes, int bit, Interval interval) {
        int begin = -1;
        for (int i = 0; i < firsts.length; i++) {
            boolean here = (changes[i] & bit) != 0;
            if (here && begin < 0) {
                begin = firsts[i];
            } else if (!here && begin >= 0) {
                interval.found(begin, firsts[i] - 1);
                begin = -1;
            }
        }
        if (begin >= 0) {
            interval.found(begin, LAST_PORT);
        }
    }

    /** Bits: some pair of instances is allowed now that was not; some was, and is not now. */
    private int changes(Ends from, Ends to, int protocol, int port) {
        int changes = 0;
        for (Probe probe : Ends.flows(after, from, to, protocol, port, ports)) {
            questions += 2;
            boolean allowed = allows(after, probe);
            boolean was = allows(before, probe);
            changes |= allowed == was ? 0 : allowed ? ALLOWED_NOW : DENIED_NOW;
        }
        return changes;
    }

    private boolean allows(PolicyEpoch epoch, Probe probe) {
        FlowKey key = probe.key();
        key.ingress(epoch.portId(probe.source().port()), key.ingressRole(), key.ingressMode());
        key.egress(epoch.portId(probe.destination().port()), key.egressRole(), key.egressMode());
        epoch.evaluate(key, nowNs, verdict);
        return verdict.allowed();
    }
}
