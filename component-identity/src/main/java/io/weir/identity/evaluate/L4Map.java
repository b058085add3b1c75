package io.weir.identity.evaluate;

import io.weir.datapath.policy.FlowKey;

/**
 * A map from protocol and port to a number, inside a larger array: one line of keys, cut into sections.
 *
 * <pre>
 * at      n            sections in the low bits, {@link #MAY_ALLOW} and {@link #ENDS} above
 * at+1    n - 1 bounds first key of each section but the first, ascending
 * at+n    n values     of the sections
 * </pre>
 *
 * <p>The key is {@code (protocol + 1) << 16 | port}, so that frames that are not IP have the section of key 0. A look-up is a
 * binary search: its work depends on the rules alone.
 *
 * <p>Threading: immutable once built.
 */
public final class L4Map {
    /** First key of IP protocol 0. */
    public static final int FIRST_IP_KEY = 1 << 16;
    /** Behind the last key. */
    public static final int END_KEY = 257 << 16;

    /** In the first word: some section may allow, at some time. */
    public static final int MAY_ALLOW = 1 << 30;
    /** In the first word: every section ends the search, at any time. */
    public static final int ENDS = 1 << 29;

    /** In the first word: some section may leave the decision to the next tier. */
    public static final int MAY_PASS = 1 << 28;

    private static final int SECTIONS = (1 << 28) - 1;

    private L4Map() {}

    /** The key of a protocol, {@link FlowKey#NOT_IP} to 255, and a port, 0 to 65,535. */
    public static int key(int protocol, int port) {
        return protocol == FlowKey.NOT_IP ? 0 : ((protocol + 1) & 0x1FF) << 16 | (port & 0xFFFF);
    }

    /** The value of the section that holds the key. */
    static int get(int[] table, int at, int key) {
        int sections = table[at] & SECTIONS;
        int low = at;
        int high = at + sections - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (table[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return table[low + sections];
    }

    /** The value of every key, 0 when keys have several. */
    static int whole(int[] table, int at) {
        return (table[at] & SECTIONS) == 1 ? table[at + 1] : 0;
    }

    /** Whether the map, unless it is none, has the flag. */
    static boolean has(int[] table, int at, int flag) {
        return at != 0 && (table[at] & flag) != 0;
    }
}
