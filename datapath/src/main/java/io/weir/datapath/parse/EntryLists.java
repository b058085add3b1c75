package io.weir.datapath.parse;

import java.util.Arrays;

/**
 * Lists of a table's entries, each in the order in which they were appended. An entry is in at most one of them, so that
 * links are kept per entry and nothing is allocated.
 *
 * <p>Threading: owned by one fragment table.
 */
final class EntryLists {
    /** No entry. */
    static final int NIL = -1;

    private final int[] first; // [list]
    private final int[] last; // [list]
    private final int[] length; // [list]
    private final int[] before; // [entry]
    private final int[] after; // [entry]

    EntryLists(int lists, int capacity) {
        first = new int[lists];
        last = new int[lists];
        length = new int[lists];
        before = new int[capacity];
        after = new int[capacity];
        Arrays.fill(first, NIL);
        Arrays.fill(last, NIL);
    }

    int first(int list) {
        return first[list];
    }

    int after(int entry) {
        return after[entry];
    }

    int length(int list) {
        return length[list];
    }

    /** The list with the most entries. */
    int longest() {
        int longest = 0;
        for (int list = 1; list < length.length; list++) {
            longest = length[list] > length[longest] ? list : longest;
        }
        return longest;
    }

    void append(int list, int entry) {
        before[entry] = last[list];
        after[entry] = NIL;
        if (last[list] == NIL) {
            first[list] = entry;
        } else {
            after[last[list]] = entry;
        }
        last[list] = entry;
        length[list]++;
    }

    /** Takes out an entry that is in that list. */
    void remove(int list, int entry) {
        if (before[entry] == NIL) {
            first[list] = after[entry];
        } else {
            after[before[entry]] = after[entry];
        }
        if (after[entry] == NIL) {
            last[list] = before[entry];
        } else {
            before[after[entry]] = before[entry];
        }
        length[list]--;
    }
}
