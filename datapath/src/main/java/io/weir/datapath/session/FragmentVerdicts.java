package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * What was decided for the first fragment of a datagram, which the later ones share, for they have no ports of their own. A
 * datagram is known by VLAN, ingress port, proven security level, addresses, identification and, in IPv4, protocol (RFC 791
 * section 3.2, RFC 8200 section 4.5).
 *
 * <pre>
 *  0          16            32               36     38     40      44         48        56         60
 *  +----------+-------------+----------------+------+------+-------+----------+---------+----------+------+
 *  | source   | destination | identification | VLAN | port | level | protocol | expires | decision | zero |
 *  +----------+-------------+----------------+------+------+-------+----------+---------+----------+------+
 * </pre>
 *
 * <p><b>Bounds.</b> {@link #CAPACITY} datagrams in sets of {@link #WAYS}, chosen by a hash with secret numbers. In a full set the
 * oldest datagram of the same port gives way, else the oldest of all: a port that floods pushes out its own. A datagram that
 * was pushed out loses its later fragments.
 *
 * <p>Threading: owned by one worker.
 */
public final class FragmentVerdicts implements AutoCloseable {
    /** {@link #recall}: the first fragment was not judged, or too long ago. */
    public static final int UNJUDGED = -1;

    /** A receiver waits this long for the rest of a datagram, as the fragment stage does. */
    public static final long LIFETIME_NS = 30_000_000_000L;

    public static final int CAPACITY = 4096;
    public static final int WAYS = 8;

    private static final int ENTRY_LENGTH = 64;
    private static final int SET_LENGTH = WAYS * ENTRY_LENGTH;
    private static final int LENGTH = CAPACITY * ENTRY_LENGTH;
    private static final int KEY_WORDS = 6;
    private static final int ORIGIN_WORD = 4;
    private static final int KIND_WORD = 5;
    private static final int EXPIRY_OFFSET = KEY_WORDS * Long.BYTES;
    private static final int DECISION_OFFSET = EXPIRY_OFFSET + Long.BYTES;
    private static final int PORT_MASK = 0xFFFF;
    private static final int IDENTIFICATION_SHIFT = 32;
    private static final int VLAN_SHIFT = 16;
    private static final int LEVEL_SHIFT = 32;
    private static final int PROTOCOL_SHIFT = 8;
    private static final int VERSION_4 = 4;
    private static final int VERSION_6 = 6;
    private static final int NONE = -1;

    private final long address;
    private final UnsafeBuffer entries;
    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();
    private final long[] key = new long[KEY_WORDS];
    private final long seed;

    /** An empty table, with fresh random bits for its hash. */
    public FragmentVerdicts(long seed) {
        this.seed = seed;
        address = Memory.map(LENGTH);
        entries = new UnsafeBuffer(address, LENGTH);
    }

    /** Keeps what was decided for the datagram of a first fragment: any number that is not negative. */
    public void remember(PacketBatch batch, int i, UnsafeBuffer frame, int decision) {
        fillKey(batch, i, frame);
        int set = set();
        int entry = find(set);
        if (entry == NONE) {
            entry = victim(set, batch.ingressPort(), batch.nowNs());
        }
        for (int word = 0; word < KEY_WORDS; word++) {
            entries.putLong(entry + word * Long.BYTES, key[word]);
        }
        entries.putLong(entry + EXPIRY_OFFSET, batch.nowNs() + LIFETIME_NS);
        entries.putInt(entry + DECISION_OFFSET, decision);
    }

    /** What was decided for the datagram of a later fragment, or {@link #UNJUDGED}. */
    public int recall(PacketBatch batch, int i, UnsafeBuffer frame) {
        fillKey(batch, i, frame);
        int entry = find(set());
        boolean known = entry != NONE && batch.nowNs() - entries.getLong(entry + EXPIRY_OFFSET) < 0;
        return known ? entries.getInt(entry + DECISION_OFFSET) : UNJUDGED;
    }

    /** Forgets every decision, as when a policy takes over under which all must be judged anew. */
    public void clear() {
        entries.setMemory(0, LENGTH, (byte) 0);
    }

    private void fillKey(PacketBatch batch, int i, UnsafeBuffer frame) {
        int header = batch.networkOffset(i);
        long level = (long) batch.label(i) << LEVEL_SHIFT;
        long origin = (long) batch.vlan(i) << VLAN_SHIFT | batch.ingressPort();
        if (batch.is(i, PacketBatch.IS_IPV4)) {
            key[0] = 0;
            key[1] = u32(frame, header + Ipv4Header.SOURCE_OFFSET);
            key[2] = 0;
            key[3] = u32(frame, header + Ipv4Header.DESTINATION_OFFSET);
            long identification = u16(frame, header + Ipv4Header.IDENTIFICATION_OFFSET);
            key[ORIGIN_WORD] = identification << IDENTIFICATION_SHIFT | origin;
            int protocol = u8(frame, header + Ipv4Header.PROTOCOL_OFFSET);
            key[KIND_WORD] = level | (long) protocol << PROTOCOL_SHIFT | VERSION_4;
            return;
        }
        key[0] = i64(frame, header + Ipv6Header.SOURCE_OFFSET);
        key[1] = i64(frame, header + Ipv6Header.SOURCE_OFFSET + Long.BYTES);
        key[2] = i64(frame, header + Ipv6Header.DESTINATION_OFFSET);
        key[3] = i64(frame, header + Ipv6Header.DESTINATION_OFFSET + Long.BYTES);
        key[ORIGIN_WORD] = (long) identification(batch, i, frame, header) << IDENTIFICATION_SHIFT | origin;
        // Later fragments may name an extension header where the first one's chain ends with the transport protocol.
        key[KIND_WORD] = level | VERSION_6;
    }

    // The parse stage has walked the same chain without a fault.
    private int identification(PacketBatch batch, int i, UnsafeBuffer frame, int header) {
        int next = u8(frame, header + Ipv6Header.NEXT_HEADER_OFFSET);
        chain.walk(frame, next, header + Ipv6Header.LENGTH, header + batch.packetLength(i));
        return Ipv6ExtensionChain.identification(frame, chain.fragmentHeader());
    }

    private int set() {
        long hash = seed;
        for (int word = 0; word < KEY_WORDS; word++) {
            hash = SessionIndex.fold(hash ^ key[word], 0x9E37_79B9_7F4A_7C15L ^ seed);
        }
        return (int) (hash & CAPACITY / WAYS - 1) * SET_LENGTH;
    }

    private int find(int set) {
        for (int entry = set; entry < set + SET_LENGTH; entry += ENTRY_LENGTH) {
            boolean equal = true;
            for (int word = 0; word < KEY_WORDS; word++) {
                equal &= entries.getLong(entry + word * Long.BYTES) == key[word];
            }
            if (equal) {
                return entry;
            }
        }
        return NONE;
    }

    private int victim(int set, int port, long nowNs) {
        int oldest = NONE;
        int oldestOfPort = NONE;
        for (int entry = set; entry < set + SET_LENGTH; entry += ENTRY_LENGTH) {
            if (entries.getLong(entry + KIND_WORD * Long.BYTES) == 0 || expiry(entry) - nowNs <= 0) {
                return entry;
            }
            boolean own = (entries.getLong(entry + ORIGIN_WORD * Long.BYTES) & PORT_MASK) == port;
            oldest = older(entry, oldest);
            oldestOfPort = own ? older(entry, oldestOfPort) : oldestOfPort;
        }
        return oldestOfPort != NONE ? oldestOfPort : oldest;
    }

    private int older(int entry, int other) {
        return other == NONE || expiry(entry) - expiry(other) < 0 ? entry : other;
    }

    private long expiry(int entry) {
        return entries.getLong(entry + EXPIRY_OFFSET);
    }

    @Override
    public void close() {
        Memory.unmap(address, LENGTH);
    }
}
