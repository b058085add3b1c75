package io.weir.identity.compile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;

/** Adds up what the tables take, and refuses as soon as it is more than the budget. */
final class Budget {
    private static final int CONTRIBUTORS = 3;

    private final long budgetBytes;
    private final Map<String, Long> byContributor = new HashMap<>();
    private long bytes;

    Budget(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** Most ints that one more table may have. */
    int mostInts() {
        return (int) Math.min(Integer.MAX_VALUE - 64, Math.max(0, budgetBytes - bytes) / Integer.BYTES);
    }

    void charge(String contributor, long more) {
        bytes += more;
        byContributor.merge(contributor, more, Long::sum);
        if (bytes > budgetBytes) {
            throw exceeded(contributor, "compiled policy takes more than its budget of " + budgetBytes + " bytes");
        }
    }

    /** Adds what was charged in an earlier compilation and is used again. */
    void carry(long more) {
        charge("unchanged documents", more);
    }

    ProblemException exceeded(String contributor, String what) {
        byContributor.putIfAbsent(contributor, 0L);
        String biggest = byContributor.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(CONTRIBUTORS)
                .map(entry -> entry.getKey() + " (" + entry.getValue() + " bytes)")
                .collect(Collectors.joining(", "));
        return new ProblemException(List.of(new Problem(
                contributor,
                0,
                "",
                what + "; most of it: " + biggest,
                "use fewer overlapping rules, or wider selectors")));
    }

    long bytes() {
        return bytes;
    }
}
