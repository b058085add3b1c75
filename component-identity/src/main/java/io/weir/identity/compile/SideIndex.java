package io.weir.identity.compile;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Peer;

/**
 * The rules of one tier, other than components' own, on one side: which of them stand on the side of an identity. Identities with
 * the same rules share a table.
 */
final class SideIndex {
    private final List<SideRule> rules;
    private final Profiles profiles;
    private final String contributor;
    private final BitSet any = new BitSet();
    private final Map<Integer, BitSet> byIdentity = new HashMap<>();
    private final Map<Map.Entry<String, String>, BitSet> byLabel = new HashMap<>(); // by the first label of a selector
    private final Map<Integer, BitSet> byProfile = new HashMap<>(); // filled as asked
    private final Map<BitSet, int[]> tables = new HashMap<>(); // filled as asked
    private long tableBytes;

    SideIndex(List<SideRule> rules, Profiles profiles, String contributor) {
        this.rules = rules;
        this.profiles = profiles;
        this.contributor = contributor;
        for (int i = 0; i < rules.size(); i++) {
            PeerSet subject = rules.get(i).subject();
            any.set(i, subject.any());
            for (int identity : subject.identities()) {
                byIdentity.computeIfAbsent(identity, at -> new BitSet()).set(i);
            }
            for (Map<String, String> selector : subject.selectors()) {
                byLabel.computeIfAbsent(firstOf(selector), at -> new BitSet()).set(i);
            }
        }
    }

    private static Map.Entry<String, String> firstOf(Map<String, String> selector) {
        String first = selector.keySet().stream().min(String::compareTo).orElse("");
        return Map.entry(first, selector.getOrDefault(first, ""));
    }

    List<SideRule> rules() {
        return rules;
    }

    /** Bytes of the tables made so far. */
    long tableBytes() {
        return tableBytes;
    }

    /** The table of an identity with those labels, null when no rule stands on its side. */
    int @Nullable [] table(int identity, int profile, Budget budget) {
        BitSet own = byIdentity.get(identity);
        BitSet labelled = byProfile.computeIfAbsent(profile, this::labelled);
        if (own == null) {
            return table(labelled, budget);
        }
        BitSet all = (BitSet) own.clone();
        all.or(labelled);
        return table(all, budget);
    }

    /** Rules for anybody, and for whoever has the labels. */
    private BitSet labelled(int profile) {
        BitSet found = (BitSet) any.clone();
        profiles.labels(profile).forEach((key, value) -> {
            BitSet candidates = byLabel.get(Map.entry(key, value));
            if (candidates != null) {
                candidates.stream().filter(rule -> chosen(rule, profile)).forEach(found::set);
            }
        });
        return found;
    }

    private boolean chosen(int rule, int profile) {
        return rules.get(rule).subject().selectors().stream().anyMatch(selector -> profiles.matches(selector, profile));
    }

    private int @Nullable [] table(BitSet set, Budget budget) {
        if (set.isEmpty()) {
            return null;
        }
        int[] known = tables.get(set);
        if (known != null) {
            return known;
        }
        int[] table = build(set, budget);
        tables.put((BitSet) set.clone(), table);
        return table;
    }

    private int[] build(BitSet set, Budget budget) {
        List<SideRule> chosen = set.stream().mapToObj(rules::get).toList();
        int[] table = Tables.build(chosen, profiles, contributor, budget);
        tableBytes += Tables.bytes(table);
        return table;
    }

    /** Whether some rule has a network for its subject. */
    boolean hasNetworks() {
        return rules.stream().anyMatch(rule -> !rule.subject().networks().isEmpty());
    }

    /** Fills the sections of addresses and the tables of each, for components and for strangers. */
    void networks(List<Address> bounds, List<int @Nullable []> sectionTables, Budget budget) {
        NetworkSections sections = new NetworkSections();
        for (int rule = 0; rule < rules.size(); rule++) {
            for (Peer.ByCidr network : rules.get(rule).subject().networks()) {
                sections.add(2 * rule + 1, network.prefix(), network.except());
                if (network.scope() == Peer.Scope.ANY) {
                    sections.add(2 * rule, network.prefix(), network.except());
                }
            }
        }
        sections.forEach((first, owners) -> {
            bounds.add(first);
            for (int parity = 0; parity < 2; parity++) {
                int half = parity;
                BitSet set = new BitSet();
                owners.stream().filter(owner -> (owner & 1) == half).forEach(owner -> set.set(owner >> 1));
                sectionTables.add(table(set, budget));
            }
        });
    }
}
