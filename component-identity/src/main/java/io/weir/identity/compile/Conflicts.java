package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import io.weir.identity.component.Rule;
import io.weir.identity.document.Problem;

/**
 * Finds rules of one tier, side and priority that overlap and do different things: nobody could tell which is meant.
 *
 * <p>Rules of one priority that all do the same are not looked at. Of the rest, those that name components are compared only within
 * each component, by their subjects or by their peers, whichever is less work; selectors, networks and "any" meet everybody.
 */
final class Conflicts {
    /** Rules of one priority that would need more comparisons must be told apart by priority. */
    private static final long MOST_COMPARISONS = 20_000_000;

    private static final int MOST_PROBLEMS = 100;

    private final Overlap overlap;
    private final List<Problem> problems;
    private final Set<String> told = new HashSet<>();

    Conflicts(Overlap overlap, List<Problem> problems) {
        this.overlap = overlap;
        this.problems = problems;
    }

    /** @param drafts of one tier and side, of one component if it is its own tier */
    void check(List<RuleDraft> drafts) {
        if (drafts.size() < 2) {
            return;
        }
        Map<Integer, List<RuleDraft>> byPriority = new TreeMap<>();
        for (RuleDraft draft : drafts) {
            byPriority
                    .computeIfAbsent(draft.rule().priority(), at -> new ArrayList<>())
                    .add(draft);
        }
        byPriority.values().stream().filter(Conflicts::differ).forEach(this::compare);
    }

    private static boolean differ(List<RuleDraft> drafts) {
        return drafts.stream().anyMatch(draft -> differ(draft.rule(), drafts.getFirst().rule()));
    }

    private static boolean differ(Rule a, Rule b) {
        return a.action() != b.action() || !a.target().equals(b.target());
    }

    private void compare(List<RuleDraft> drafts) {
        List<List<RuleDraft>> bySubject = buckets(drafts, RuleDraft::subject);
        List<List<RuleDraft>> byPeer = buckets(drafts, RuleDraft::peers);
        List<List<RuleDraft>> buckets = comparisons(bySubject) < comparisons(byPeer) ? bySubject : byPeer;
        if (comparisons(buckets) > MOST_COMPARISONS) {
            RuleDraft first = drafts.getFirst();
            problems.add(Found.at(
                    first.owner(),
                    first.info().path(),
                    drafts.size() + " rules with different actions have priority "
                            + first.rule().priority() + ", more than can be compared",
                    "give those that drop another priority than those that allow"));
            return;
        }
        for (List<RuleDraft> bucket : buckets) {
            int count = bucket.size();
            for (int i = 0; i < count; i++) {
                for (int j = i + 1; j < count; j++) {
                    compare(bucket.get(i), bucket.get(j));
                }
            }
        }
    }

    /** Rules that may meet: for each component those that name it; all together when one of them names more than components. */
    private static List<List<RuleDraft>> buckets(List<RuleDraft> drafts, Function<RuleDraft, PeerSet> end) {
        Map<Integer, List<RuleDraft>> byIdentity = new HashMap<>();
        List<RuleDraft> wild = new ArrayList<>();
        for (RuleDraft draft : drafts) {
            PeerSet set = end.apply(draft);
            if (set.any() || !set.selectors().isEmpty() || !set.networks().isEmpty()) {
                wild.add(draft);
                continue;
            }
            for (int identity : set.identities()) {
                byIdentity.computeIfAbsent(identity, at -> new ArrayList<>()).add(draft);
            }
        }
        if (!wild.isEmpty()) {
            return List.of(drafts);
        }
        return List.copyOf(byIdentity.values());
    }

    private static long comparisons(List<List<RuleDraft>> buckets) {
        return buckets.stream()
                .mapToLong(bucket -> (long) bucket.size() * bucket.size() / 2)
                .sum();
    }

    private void compare(RuleDraft a, RuleDraft b) {
        if (differ(a.rule(), b.rule()) && problems.size() < MOST_PROBLEMS && overlap.of(a, b)) {
            String key = a.owner().title() + a.info().path() + b.owner().title() + b.info().path();
            if (told.add(key)) {
                problems.add(Found.at(
                        b.owner(),
                        b.info().path(),
                        "rule " + b.rule().id() + " (" + b.rule().action().word() + ") overlaps rule "
                                + a.rule().id() + " (" + a.rule().action().word() + ", "
                                + Found.place(a.owner(), a.info().path()) + ") at priority "
                                + a.rule().priority(),
                        "give one of them another priority; the lower is asked first"));
            }
        }
    }
}
