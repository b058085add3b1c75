package io.weir.identity.evaluate;

/**
 * Who is behind one port: the instances that documents bind to it.
 *
 * <h2>What</h2>
 *
 * Instances are sorted by shape, that is, whether they say a MAC address and a VLAN; there are four. Of each shape, the most
 * specific first, one probe finds the exact address, or else one finds the group of that MAC and VLAN, whose networks a binary
 * search narrows. Either gives an {@link L4Map} to identities, in which the less specific addresses of the group are already
 * folded, so at most eight probes and four searches answer any question.
 *
 * <h2>Layout</h2>
 *
 * A slot is four longs: the word of kind, VLAN and MAC; the address; and the value, an offset into {@link #data} where 0 is an empty
 * slot. The upper half of an exact address's value is the identity itself when it has the address whatever the ports, so that the
 * common case needs no map. An identity is stored as {@code identity << 4 | assurance}.
 *
 * <pre>
 * group +0 map of instances without address, 0 for none     +1 identity of frames that are not IP, 0 when it is not one
 *       +2 offset of the first bound in networks            +3 number of bounds                    +4 a map for each
 * map   -1 offset of the set of all identities in it
 * set   +0 count   +1 identities
 * </pre>
 *
 * <p>Threading: immutable once built.
 *
 * @param exactShapes bit by shape: it has instances with exact addresses
 * @param shapes bit by shape: it has instances
 * @param macOpen whether an instance says no MAC address
 * @param slots open addressing, no key more than {@link #PROBES} slots behind its place
 * @param mask number of slots less one
 * @param seed of the hash
 * @param data see above
 * @param networks bounds of addresses, high and low
 * @param toMany identity that a frame to a group address reaches, in a VLAN that no instance says; 0 when it is not one
 * @param everybody set of all identities
 * @param unaddressed set of the identities that say no exact address
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
public record PortTable(
        int exactShapes,
        int shapes,
        boolean macOpen,
        long[] slots,
        int mask,
        long seed,
        int[] data,
        long[] networks,
        int toMany,
        int everybody,
        int unaddressed) {
    /** Bits of a shape. */
    public static final int MAC = 1;

    public static final int VLAN = 2;

    /** Kinds of slots: an exact address of a shape is the shape itself. */
    public static final int GROUP = 4;
    /** A MAC address that some instance says; value 1. */
    public static final int KNOWN_MAC = 8;
    /** VLAN to the identity that frames to group addresses reach; value is the offset of a word holding it. */
    public static final int TO_MANY = 9;
    /** Exact address to the set of identities that may have it, whatever their MAC address. */
    public static final int ADDRESS = 10;

    public static final int SLOT_LENGTH = 4;
    public static final int PROBES = 8;

    public static final int GROUP_PLAIN = 1;
    public static final int GROUP_NETWORKS = 2;
    public static final int GROUP_COUNT = 3;
    public static final int GROUP_MAPS = 4;

    public static final int ASSURANCE_BITS = 4;

    private static final long GROUP_ADDRESS = 1L << 40;
    /** The shapes from the most specific on, in four bits each. */
    private static final int ORDER = 0x0213;

    /** First word of a slot; the parts that the kind does not have are left out. */
    public static long word(int kind, long mac, int vlan) {
        return (long) kind << 60 | (long) (vlan & 0xFFF) << 48 | (mac & 0xFFFF_FFFF_FFFFL);
    }

    /** First word of a shape's slot of that kind. */
    static long word(int shape, int kind, long mac, int vlan) {
        return word(shape | kind, (shape & MAC) == 0 ? 0 : mac, (shape & VLAN) == 0 ? 0 : vlan);
    }

    /** Where the search for a key begins. */
    public static int place(long word, long high, long low, long seed, int mask) {
        long mixed = (word ^ seed) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ mixed >>> 32 ^ high) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 32 ^ low) * 0x94D0_49BB_1331_11EBL;
        return (int) (mixed >>> 32) & mask;
    }

    /** The value of the slot, 0 for none. */
    private int find(long word, long high, long low) {
        return (int) slot(word, high, low);
    }

    private long slot(long word, long high, long low) {
        int place = place(word, high, low, seed, mask);
        for (int probe = 0; probe < PROBES; probe++) {
            int at = (place + probe & mask) * SLOT_LENGTH;
            if (slots[at + 3] == 0) {
                return 0;
            }
            if (slots[at] == word && slots[at + 1] == high && slots[at + 2] == low) {
                return slots[at + 3];
            }
        }
        return 0;
    }

    /** Who has these addresses, as {@code identity << 4 | assurance}; 0 for nobody. */
    int identify(long mac, int vlan, long high, long low, int key) {
        for (int order = ORDER, i = 0; i < 4; i++, order >>>= 4) {
            int shape = order & 3;
            long claim = (shapes >>> shape & 1) == 0 ? 0 : claim(shape, mac, vlan, high, low);
            int found = (int) (claim >>> 32);
            if (found == 0 && claim != 0) {
                found = L4Map.get(data, (int) claim, key);
            }
            if (found != 0) {
                return found;
            }
        }
        return 0;
    }

    /** Who sends or receives a frame that is not IP; 0 when nobody, or when addresses would have to tell. */
    int identifyPlain(long mac, int vlan) {
        for (int order = ORDER, i = 0; i < 4; i++, order >>>= 4) {
            int group = group(order & 3, mac, vlan);
            if (group != 0) {
                return data[group + GROUP_PLAIN];
            }
        }
        return 0;
    }

    /** Who receives a frame to a group address: the one component that is there in that VLAN, 0 when they are more. */
    int identifyMany(int vlan) {
        int word = find(word(TO_MANY, 0, vlan), 0, 0);
        return word == 0 ? toMany : data[word];
    }

    static boolean isGroup(long mac) {
        return (mac & GROUP_ADDRESS) != 0;
    }

    private int group(int shape, long mac, int vlan) {
        return (shapes >>> shape & 1) == 0 ? 0 : find(word(shape, GROUP, mac, vlan), 0, 0);
    }

    /** Map of the addresses in the lower half, and who has them in the upper when ports do not matter; 0 for nobody. */
    private long claim(int shape, long mac, int vlan, long high, long low) {
        if ((exactShapes >>> shape & 1) != 0) {
            long exact = slot(word(shape, 0, mac, vlan), high, low);
            if (exact != 0) {
                return exact;
            }
        }
        int group = group(shape, mac, vlan);
        if (group == 0 || data[group + GROUP_COUNT] == 0) {
            return group == 0 ? 0 : data[group];
        }
        return data[group + GROUP_MAPS + network(group, high, low)];
    }

    private int map(int shape, long mac, int vlan, long high, long low) {
        return (int) claim(shape, mac, vlan, high, low);
    }

    private int network(int group, long high, long low) {
        int bounds = data[group + GROUP_NETWORKS];
        int first = 0;
        int last = data[group + GROUP_COUNT] - 1;
        while (first < last) {
            int middle = (first + last + 1) >>> 1;
            int order = Long.compareUnsigned(networks[bounds + 2 * middle], high);
            if (order < 0 || (order == 0 && Long.compareUnsigned(networks[bounds + 2 * middle + 1], low) <= 0)) {
                first = middle;
            } else {
                last = middle - 1;
            }
        }
        return first;
    }

    /** Whether an instance says these addresses, whatever its ports. */
    boolean bound(long mac, int vlan, long high, long low) {
        for (int shape = 0; shape < 4; shape++) {
            if ((shapes >>> shape & 1) != 0 && map(shape, mac, vlan, high, low) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether an instance says this MAC address and VLAN, whatever its IP addresses. */
    boolean bound(long mac, int vlan) {
        return group(0, mac, vlan) != 0
                || group(MAC, mac, vlan) != 0
                || group(VLAN, mac, vlan) != 0
                || group(MAC | VLAN, mac, vlan) != 0;
    }

    /** Whether an instance says this MAC address, or one says none. */
    boolean bound(long mac) {
        return macOpen || find(word(KNOWN_MAC, mac, 0), 0, 0) != 0;
    }

    /** Set of those who may have the addresses with some port, of the shape; 0 for none. */
    int candidates(int shape, long mac, int vlan, long high, long low) {
        int map = (shapes >>> shape & 1) == 0 ? 0 : map(shape, mac, vlan, high, low);
        return map == 0 ? 0 : data[map - 1];
    }

    /** Who has the addresses whatever the ports, as {@code identity << 4 | assurance}; 0 when nobody, or when ports would have to tell. */
    int identifyWhole(long mac, int vlan, long high, long low) {
        for (int order = ORDER, i = 0; i < 4; i++, order >>>= 4) {
            int shape = order & 3;
            int map = (shapes >>> shape & 1) == 0 ? 0 : map(shape, mac, vlan, high, low);
            if (map != 0) {
                return L4Map.whole(data, map);
            }
        }
        return 0;
    }

    /** Set of those who may have the IP address, whatever their MAC address. */
    int candidates(long high, long low) {
        int set = find(word(ADDRESS, 0, 0), high, low);
        return set == 0 ? unaddressed : set;
    }

    /** The only one who may have the IP address, as {@code identity << 4}; 0 when nobody may, or several. */
    int only(long high, long low) {
        int set = candidates(high, low);
        return set == 0 || data[set] != 1 ? 0 : data[set + 1] << ASSURANCE_BITS;
    }

    /** Bytes on the heap. */
    public long sizeBytes() {
        return 120 + 8L * slots.length + 4L * data.length + 8L * networks.length;
    }
}
