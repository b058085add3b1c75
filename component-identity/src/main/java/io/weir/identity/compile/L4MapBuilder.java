package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.L4Match;
import io.weir.identity.evaluate.L4Map;

/** Writes one {@link L4Map}: sweeps over the sorted ends of its owners' ranges. */
final class L4MapBuilder {
    private final List<long[]> ends = new ArrayList<>(); // {key, owner, 1 begins | 0 ends}
    private final BitSet everywhere = new BitSet();

    /** Adds an owner, numbered from 0. Null stands for every key; else the matches of IP packets. */
    void add(int owner, @Nullable List<L4Match> l4) {
        if (l4 == null) {
            everywhere.set(owner);
            return;
        }
        for (int[] range : ranges(l4)) {
            ends.add(new long[] {range[0], owner, 1});
            if (range[1] < L4Map.END_KEY) {
                ends.add(new long[] {range[1], owner, 0});
            }
        }
    }

    /** Keys of the matches as {first, behind}, ascending, not touching. */
    static List<int[]> ranges(List<L4Match> l4) {
        List<int[]> ranges = new ArrayList<>();
        for (L4Match match : l4) {
            int first = match.protocol() == L4Match.ANY_PROTOCOL ? 0 : match.protocol();
            int last = match.protocol() == L4Match.ANY_PROTOCOL ? 255 : match.protocol();
            if (match.ranges().isEmpty()) {
                ranges.add(new int[] {L4Map.key(first, 0), L4Map.key(last, 0xFFFF) + 1});
            }
            for (int protocol = first; protocol <= last; protocol++) {
                for (L4Match.Range range : match.ranges()) {
                    ranges.add(new int[] {L4Map.key(protocol, range.first()), L4Map.key(protocol, range.last()) + 1});
                }
            }
        }
        return merged(ranges);
    }

    private static List<int[]> merged(List<int[]> ranges) {
        ranges.sort((a, b) -> Integer.compare(a[0], b[0]));
        List<int[]> merged = new ArrayList<>();
        for (int[] range : ranges) {
            int[] last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range[0] <= last[1]) {
                last[1] = Math.max(last[1], range[1]);
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    /**
     * Appends the map.
     *
     * @param value of a section, by the owners that hold it
     * @return where it lies
     */
    int write(Ints out, ToIntFunction<BitSet> value) {
        ends.sort((a, b) -> Long.compare(a[0], b[0]));
        BitSet owners = (BitSet) everywhere.clone();
        int[] bounds = new int[ends.size() + 1];
        int[] values = new int[ends.size() + 1];
        int sections = 0;
        int next = 0;
        int key = 0;
        while (true) {
            for (; next < ends.size() && ends.get(next)[0] == key; next++) {
                owners.set((int) ends.get(next)[1], ends.get(next)[2] == 1 || everywhere.get((int) ends.get(next)[1]));
            }
            int here = value.applyAsInt(owners);
            if (sections == 0 || values[sections - 1] != here) {
                bounds[sections] = key;
                values[sections++] = here;
            }
            if (next == ends.size()) {
                break;
            }
            key = (int) ends.get(next)[0];
        }
        int at = out.length();
        out.add(sections);
        Arrays.stream(bounds, 1, sections).forEach(out::add);
        Arrays.stream(values, 0, sections).forEach(out::add);
        return at;
    }
}
