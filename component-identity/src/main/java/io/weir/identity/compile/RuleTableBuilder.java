package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.weir.datapath.policy.Action;
import io.weir.identity.component.Peer;
import io.weir.identity.evaluate.L4Map;
import io.weir.identity.evaluate.RuleTable;

/** Writes one {@link RuleTable}. Used once. */
final class RuleTableBuilder {
    private final Profiles profiles;
    private final List<SideRule> rules;
    private final Ints out;
    private final int[] cells;
    private final Map<BitSet, Integer> maps = new HashMap<>(); // by rules in it
    private final Map<List<Integer>, Integer> runs = new HashMap<>(); // by cells in it
    private boolean mayAllow;
    private boolean mayPass;
    private boolean ends;

    private RuleTableBuilder(List<SideRule> rules, Profiles profiles, int mostInts) {
        this.rules = rules;
        this.profiles = profiles;
        this.out = new Ints(mostInts);
        this.cells = new int[rules.size()];
    }

    /**
     * The table of the rules, which are in the order of their rank.
     *
     * @throws Ints.TooLong when it would be longer than that
     */
    static int[] build(List<SideRule> rules, Profiles profiles, int mostInts) {
        return new RuleTableBuilder(rules, profiles, mostInts).build();
    }

    private int[] build() {
        out.skip(RuleTable.HEADER_LENGTH);
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(rules.get(i));
        }
        BitSet any = new BitSet();
        Map<Integer, BitSet> explicit = new TreeMap<>();
        Map<Integer, BitSet> byProfile = new TreeMap<>();
        for (int i = 0; i < cells.length; i++) {
            int rule = i;
            PeerSet peers = rules.get(i).peers();
            any.set(rule, peers.any());
            for (int identity : peers.identities()) {
                explicit.computeIfAbsent(identity, at -> new BitSet()).set(rule);
            }
            for (Map<String, String> selector : peers.selectors()) {
                profiles.matching(selector)
                        .forEach(profile -> byProfile
                                .computeIfAbsent(profile, at -> new BitSet())
                                .set(rule));
            }
        }
        if (!any.isEmpty()) {
            out.set(RuleTable.ANY, map(any));
        }
        hash(RuleTable.EXPLICIT, explicit);
        hash(RuleTable.PROFILE, byProfile);
        networks();
        return out.toArray();
    }

    private int cell(SideRule rule) {
        int at = out.length();
        out.add(rule.rank());
        out.add(rule.number());
        out.add(rule.what());
        out.add(rule.target());
        out.add(rule.limits());
        if (rule.timed()) {
            out.addLong(rule.fromNs());
            out.addLong(rule.untilNs());
        }
        return at;
    }

    /** The map of a set of rules, written unless it is there. */
    private int map(BitSet set) {
        Integer known = maps.get(set);
        if (known != null) {
            return known;
        }
        L4MapBuilder builder = new L4MapBuilder();
        set.stream().forEach(rule -> builder.add(rule, rules.get(rule).l4()));
        mayAllow = false;
        mayPass = false;
        ends = true;
        int at = builder.write(out, this::value);
        int flags = (mayAllow ? L4Map.MAY_ALLOW : 0) | (mayPass ? L4Map.MAY_PASS : 0) | (ends ? L4Map.ENDS : 0);
        out.set(at, out.get(at) | flags);
        maps.put((BitSet) set.clone(), at);
        return at;
    }

    /** Value of a section: its first rules up to the one that decides. */
    private int value(BitSet set) {
        List<Integer> run = new ArrayList<>();
        boolean decided = false;
        for (int rule = set.nextSetBit(0); rule >= 0 && !decided; rule = set.nextSetBit(rule + 1)) {
            SideRule here = rules.get(rule);
            run.add(cells[rule]);
            decided = here.decides();
            mayAllow |= here.action() == Action.ALLOW && !here.audit();
            mayPass |= here.action() == RuleTable.PASS && !here.audit();
            ends &= !decided || here.action() != RuleTable.PASS;
        }
        ends &= decided;
        if (run.isEmpty()) {
            return 0;
        }
        return decided && run.size() == 1 ? run.getFirst() : ~runs.computeIfAbsent(run, this::run);
    }

    private int run(List<Integer> run) {
        out.set(RuleTable.FLAGS, RuleTable.CONDITIONAL);
        int at = out.length();
        run.forEach(out::add);
        out.add(0);
        return at;
    }

    private void hash(int part, Map<Integer, BitSet> sets) {
        if (sets.isEmpty()) {
            return;
        }
        int[] numbers = new int[sets.size()];
        int[] values = new int[sets.size()];
        int count = 0;
        for (Map.Entry<Integer, BitSet> entry : sets.entrySet()) {
            numbers[count] = entry.getKey();
            values[count++] = map(entry.getValue());
        }
        int slots = Integer.highestOneBit(Math.max(1, 2 * count - 1)) * 2;
        int[] table = placed(numbers, values, slots);
        while (table.length == 0) {
            slots *= 2;
            table = placed(numbers, values, slots);
        }
        out.set(part, out.length());
        out.set(part + 1, slots - 1);
        for (int word : table) {
            out.add(word);
        }
    }

    /** Slots with all numbers in reach, or none when that many are too few. */
    private static int[] placed(int[] numbers, int[] values, int slots) {
        int[] table = new int[2 * slots];
        for (int i = 0; i < numbers.length; i++) {
            int place = RuleTable.place(numbers[i], slots - 1);
            int probe = 0;
            while (probe < RuleTable.PROBES && table[2 * (place + probe & slots - 1)] != 0) {
                probe++;
            }
            if (probe == RuleTable.PROBES) {
                return new int[0];
            }
            int at = 2 * (place + probe & slots - 1);
            table[at] = numbers[i];
            table[at + 1] = values[i];
        }
        return table;
    }

    private void networks() {
        // Two owners a rule: what components are held by, and what strangers are.
        NetworkSections sections = new NetworkSections();
        boolean found = false;
        for (int rule = 0; rule < cells.length; rule++) {
            for (Peer.ByCidr network : rules.get(rule).peers().networks()) {
                found = true;
                sections.add(2 * rule + 1, network.prefix(), network.except());
                if (network.scope() == Peer.Scope.ANY) {
                    sections.add(2 * rule, network.prefix(), network.except());
                }
            }
        }
        if (!found) {
            return;
        }
        List<Address> bounds = new ArrayList<>();
        List<Integer> values = new ArrayList<>();
        sections.forEach((first, owners) -> {
            bounds.add(first);
            values.add(half(owners, 0));
            values.add(half(owners, 1));
        });
        out.set(RuleTable.NETWORK, out.length());
        out.set(RuleTable.NETWORK + 1, bounds.size());
        for (Address bound : bounds) {
            out.addLong(bound.high());
            out.addLong(bound.low());
        }
        values.forEach(out::add);
    }

    private int half(BitSet owners, int parity) {
        BitSet set = new BitSet();
        owners.stream().filter(owner -> (owner & 1) == parity).forEach(owner -> set.set(owner >> 1));
        return set.isEmpty() ? 0 : map(set);
    }
}
