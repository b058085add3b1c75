package io.weir.datapath.parse;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * What fragments of one datagram have in common: source, destination and identification, for IPv4 the protocol too (RFC 791
 * section 3.2, RFC 8200 section 4.5), and where they came from: port, outer VLAN, and the security level of the SA.
 *
 * <p>Threading: owned by one fragment stage, and filled again per fragment.
 */
final class FragmentKey {
    /** Longs of a key. */
    static final int WORDS = 6;

    private static final int SOURCE_WORDS = 2;

    // Tag type and VLAN without priority, in which fragments of one datagram may differ.
    private static final int VLAN_MASK = 0xFFFF_0FFF;
    private static final long VERSION_4 = 4;
    private static final long VERSION_6 = 6;

    private final long[] words = new long[WORDS]; // source, destination (two each), identification and tag, the rest

    /** Fills the key from an IPv4 header. */
    void ipv4(UnsafeBuffer frame, int header, int port, int outerTag, int level) {
        words[0] = 0;
        words[1] = u32(frame, header + Ipv4Header.SOURCE_OFFSET);
        words[2] = 0;
        words[3] = u32(frame, header + Ipv4Header.DESTINATION_OFFSET);
        origin(u16(frame, header + Ipv4Header.IDENTIFICATION_OFFSET), outerTag);
        words[5] = from(port, level) | (u8(frame, header + Ipv4Header.PROTOCOL_OFFSET) << 8) | VERSION_4;
    }

    /** Fills the key from an IPv6 header and the identification of its fragment header. */
    void ipv6(UnsafeBuffer frame, int header, int identification, int port, int outerTag, int level) {
        words[0] = i64(frame, header + Ipv6Header.SOURCE_OFFSET);
        words[1] = i64(frame, header + Ipv6Header.SOURCE_OFFSET + 8);
        words[2] = i64(frame, header + Ipv6Header.DESTINATION_OFFSET);
        words[3] = i64(frame, header + Ipv6Header.DESTINATION_OFFSET + 8);
        origin(identification, outerTag);
        words[5] = from(port, level) | VERSION_6;
    }

    private static long from(int port, int level) {
        return (long) level << 32 | (long) port << 16;
    }

    private void origin(int identification, int outerTag) {
        words[4] = ((long) identification << 32) | (outerTag & VLAN_MASK & 0xFFFF_FFFFL);
    }

    long word(int index) {
        return words[index];
    }

    /** A number whose bits all depend on all bits of the key. */
    int hash() {
        return hash(WORDS);
    }

    /** As {@link #hash}, of the source address alone. */
    int sourceHash() {
        return hash(SOURCE_WORDS);
    }

    private int hash(int count) {
        long hash = 0;
        for (int i = 0; i < count; i++) {
            hash = (hash ^ words[i]) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ (hash >>> 32));
    }
}
