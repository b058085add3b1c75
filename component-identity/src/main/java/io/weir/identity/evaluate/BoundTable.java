package io.weir.identity.evaluate;

/**
 * Which port each exact IP and MAC address of an instance is bound to, over all ports: what a frame from elsewhere must not use.
 *
 * <p>A slot is four longs: kind ({@link #IP}, {@link #MAC}) and port, where port 0 stands for any; the address; and the value, which is
 * the port for port 0, or {@link #MANY}, and else 1. 0 is an empty slot.
 *
 * <p>Threading: immutable once built.
 *
 * @param slots open addressing, no key more than {@link PortTable#PROBES} slots behind its place
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
public record BoundTable(long[] slots, int mask, long seed) {
    public static final int IP = 1;
    public static final int MAC = 2;
    /** Bound to several ports. */
    public static final int MANY = -1;

    public static final BoundTable EMPTY = new BoundTable(new long[PortTable.SLOT_LENGTH], 0, 0);

    /** First word of a slot. */
    public static long word(int kind, int port) {
        return (long) kind << 32 | port;
    }

    /** Whether the address is bound to other ports, and not to this one. */
    boolean elsewhere(int kind, long high, long low, int port) {
        int at = find(word(kind, 0), high, low);
        return at != 0 && at != port && (at != MANY || port == 0 || find(word(kind, port), high, low) == 0);
    }

    /** Whether the address is bound to this port. */
    boolean at(int kind, long high, long low, int port) {
        return port != 0 && find(word(kind, port), high, low) != 0;
    }

    private int find(long word, long high, long low) {
        int place = PortTable.place(word, high, low, seed, mask);
        for (int probe = 0; probe < PortTable.PROBES; probe++) {
            int at = (place + probe & mask) * PortTable.SLOT_LENGTH;
            if (slots[at + 3] == 0) {
                return 0;
            }
            if (slots[at] == word && slots[at + 1] == high && slots[at + 2] == low) {
                return (int) slots[at + 3];
            }
        }
        return 0;
    }

    public long sizeBytes() {
        return 40 + 8L * slots.length;
    }
}
