package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for sets of labels, so that a selector is matched once for all components that are labelled alike. Sets are never
 * forgotten; 0 is the set without labels.
 */
final class Profiles {
    private final Map<Map<String, String>, Integer> numbers = new HashMap<>();
    private final List<Map<String, String>> labels = new ArrayList<>();
    private final Map<Map.Entry<String, String>, List<Integer>> byLabel = new HashMap<>();

    Profiles() {
        numbers.put(Map.of(), 0);
        labels.add(Map.of());
    }

    int number(Map<String, String> set) {
        return numbers.computeIfAbsent(set, this::add);
    }

    private int add(Map<String, String> set) {
        int number = labels.size();
        labels.add(set);
        set.entrySet()
                .forEach(label -> byLabel.computeIfAbsent(
                                Map.entry(label.getKey(), label.getValue()), at -> new ArrayList<>())
                        .add(number));
        return number;
    }

    int count() {
        return labels.size();
    }

    Map<String, String> labels(int profile) {
        return labels.get(profile);
    }

    boolean matches(Map<String, String> selector, int profile) {
        return labels.get(profile).entrySet().containsAll(selector.entrySet());
    }

    /** Whether the selector matches a set of that number or of a higher one. */
    boolean matchesFrom(int first, Map<String, String> selector) {
        for (int profile = first; profile < count(); profile++) {
            if (matches(selector, profile)) {
                return true;
            }
        }
        return false;
    }

    /** Numbers of the sets that have all labels of the selector, which has at least one. */
    List<Integer> matching(Map<String, String> selector) {
        List<Integer> fewest = null;
        for (Map.Entry<String, String> label : selector.entrySet()) {
            List<Integer> having = byLabel.getOrDefault(Map.entry(label.getKey(), label.getValue()), List.of());
            fewest = fewest == null || having.size() < fewest.size() ? having : fewest;
        }
        return fewest == null
                ? List.of()
                : fewest.stream().filter(profile -> matches(selector, profile)).toList();
    }
}
