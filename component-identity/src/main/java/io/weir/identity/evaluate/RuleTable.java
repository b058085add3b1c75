package io.weir.identity.evaluate;

import io.weir.datapath.policy.Action;

/**
 * The rules of one tier on one side of a component, as one array of ints, so that a question touches few cache lines.
 *
 * <h2>What</h2>
 *
 * A peer is looked up in four parts: by its identity among the components that rules name, by its label profile among those
 * that selectors choose, among the rules for anybody, and by its address among the rules for networks. Each part gives an
 * {@link L4Map}, each of which gives the rules that match, in their order; the earliest over all parts wins. No part is
 * multiplied with another, so a table grows with what its rules say and not with its square.
 *
 * <h2>Layout</h2>
 *
 * <pre>
 * 0  flags          {@link #CONDITIONAL}
 * 1  any            map, 0 for none; so below
 * 2  explicit       slots of {identity, map}, open addressing;   3  slots - 1
 * 4  profile        slots of {profile, map};                     5  slots - 1
 * 6  network        n bounds of 4 ints (address, ascending, the first is ::), n pairs of maps {component, stranger};   7  n
 * 8  maps, runs and cells, then the parts
 * </pre>
 *
 * A value of a map is 0 for no rule, the offset of a cell when that rule alone decides, or the complement of the offset of a run:
 * offsets of cells in their order, ended by 0. A cell holds rank (order in the tier), rule number, what it does, target port,
 * limits, and for a rule bound to a time the bounds of its time.
 *
 * <h2>Bounded work</h2>
 *
 * A hash has no key more than {@link #PROBES} slots behind its place; the compiler sees to that. Searches are binary. Runs are as
 * long as rules that do not decide (mirror, audit, bound to a time) overlap. Nothing depends on what traffic was seen before.
 *
 * <p>Threading: immutable once built.
 */
public final class RuleTable {
    public static final int FLAGS = 0;
    public static final int ANY = 1;
    public static final int EXPLICIT = 2;
    public static final int PROFILE = 4;
    public static final int NETWORK = 6;
    public static final int HEADER_LENGTH = 8;

    /** Flag: some run holds more than a rule that decides at once. */
    public static final int CONDITIONAL = 1;

    /** Most slots looked at for one key. */
    public static final int PROBES = 8;

    public static final int CELL_RANK = 0;
    public static final int CELL_RULE = 1;
    public static final int CELL_WHAT = 2;
    public static final int CELL_TARGET = 3;
    public static final int CELL_LIMITS = 4;
    public static final int CELL_LENGTH = 5;
    /** Only of cells with {@link #TIMED}: from and until in ns, each as upper and lower half. */
    public static final int CELL_FROM = 5;

    public static final int CELL_UNTIL = 7;
    public static final int TIMED_CELL_LENGTH = 9;

    /** The low bits of what a cell does: one of {@link Action}, or one of the next two. */
    public static final int ACTION = 7;

    public static final int PASS = 5;
    public static final int MIRROR = 6;

    public static final int AUDIT = 1 << 3;
    public static final int TIMED = 1 << 4;
    /** Live flows are reset when the rule ends. */
    public static final int RESET = 1 << 5;

    public static final int ON_CHANGE_SHIFT = 6;
    public static final int ON_CHANGE = 3;

    /** What {@link #first} looks for. */
    static final int DECIDES = 0;

    static final int AUDITS = 1;
    static final int MIRRORS = 2;

    /** No rule: later than every rank. */
    static final long NOTHING = Long.MAX_VALUE;

    private static final int NETWORK_BOUND_LENGTH = 4;
    private static final int HASH = 0x9E37_79B1;

    private RuleTable() {}

    /** Slot of a number where its search begins, of a table with that many slots less one. */
    public static int place(int number, int mask) {
        int mixed = number * HASH;
        return (mixed ^ mixed >>> 15) & mask;
    }

    static boolean conditional(int[] table) {
        return (table[FLAGS] & CONDITIONAL) != 0;
    }

    static int what(int[] table, int cell) {
        return table[cell + CELL_WHAT];
    }

    static int action(int[] table, int cell) {
        return table[cell + CELL_WHAT] & ACTION;
    }

    /** Map of the part by identity, 0 for none. */
    static int byIdentity(int[] table, int identity) {
        return table[EXPLICIT] == 0 ? 0 : slot(table, EXPLICIT, identity);
    }

    /** Map of the part by label profile, 0 for none. */
    static int byProfile(int[] table, int profile) {
        return table[PROFILE] == 0 ? 0 : slot(table, PROFILE, profile);
    }

    /** Map of the part by address, 0 for none. */
    static int byNetwork(int[] table, boolean stranger, long high, long low) {
        int bounds = table[NETWORK];
        if (bounds == 0) {
            return 0;
        }
        int count = table[NETWORK + 1];
        int first = 0;
        int last = count - 1;
        while (first < last) {
            int middle = (first + last + 1) >>> 1;
            if (notAfter(table, bounds + middle * NETWORK_BOUND_LENGTH, high, low)) {
                first = middle;
            } else {
                last = middle - 1;
            }
        }
        return table[bounds + count * NETWORK_BOUND_LENGTH + 2 * first + (stranger ? 1 : 0)];
    }

    private static boolean notAfter(int[] table, int bound, long high, long low) {
        int order = Long.compareUnsigned(pair(table, bound), high);
        return order < 0 || (order == 0 && Long.compareUnsigned(pair(table, bound + 2), low) <= 0);
    }

    private static int slot(int[] table, int part, int number) {
        int slots = table[part];
        int mask = table[part + 1];
        int place = place(number, mask);
        for (int probe = 0; probe < PROBES; probe++) {
            int at = slots + 2 * (place + probe & mask);
            if (table[at] == number) {
                return table[at + 1];
            }
            if (table[at] == 0) {
                return 0;
            }
        }
        return 0;
    }

    /**
     * The earliest rule of the map for the key that is active and does what is looked for.
     *
     * @return its rank in the upper half, its cell in the lower, or {@link #NOTHING}
     */
    static long first(int[] table, int map, int key, int sought, long nowNs) {
        if (map == 0) {
            return NOTHING;
        }
        int value = L4Map.get(table, map, key);
        if (value > 0) {
            return sought == DECIDES ? ranked(table, value) : NOTHING;
        }
        return value == 0 ? NOTHING : firstOfRun(table, ~value, sought, nowNs);
    }

    private static long firstOfRun(int[] table, int run, int sought, long nowNs) {
        for (int at = run; table[at] != 0; at++) {
            int cell = table[at];
            if (kind(table[cell + CELL_WHAT]) == sought && active(table, cell, nowNs)) {
                return ranked(table, cell);
            }
        }
        return NOTHING;
    }

    private static int kind(int what) {
        return (what & AUDIT) != 0 ? AUDITS : (what & ACTION) == MIRROR ? MIRRORS : DECIDES;
    }

    private static long ranked(int[] table, int cell) {
        return (long) table[cell + CELL_RANK] << 32 | cell;
    }

    private static boolean active(int[] table, int cell, long nowNs) {
        return (table[cell + CELL_WHAT] & TIMED) == 0
                || (nowNs >= pair(table, cell + CELL_FROM) && nowNs < pair(table, cell + CELL_UNTIL));
    }

    /**
     * The earliest time after now at which a rule of the map for the key begins or ends, among those up to a rank.
     *
     * @param lastRank the rank in the upper half, as {@link #first} returns it
     * @return in ns, {@link Long#MAX_VALUE} for never
     */
    static long boundary(int[] table, int map, int key, long lastRank, long nowNs) {
        int value = map == 0 ? 0 : L4Map.get(table, map, key);
        long earliest = Long.MAX_VALUE;
        if (value >= 0) {
            return earliest;
        }
        for (int at = ~value; table[at] != 0 && ranked(table, table[at]) <= lastRank; at++) {
            int cell = table[at];
            if ((table[cell + CELL_WHAT] & TIMED) != 0) {
                earliest = Math.min(earliest, boundary(table, cell, nowNs));
            }
        }
        return earliest;
    }

    private static long boundary(int[] table, int cell, long nowNs) {
        long from = pair(table, cell + CELL_FROM);
        long until = pair(table, cell + CELL_UNTIL);
        return nowNs < from ? from : nowNs < until ? until : Long.MAX_VALUE;
    }

    private static long pair(int[] table, int at) {
        return (long) table[at] << 32 | (table[at + 1] & 0xFFFF_FFFFL);
    }
}
