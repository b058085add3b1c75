package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.Ipv4Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Explicit congestion notification at the tunnel's end, RFC 6040 section 4.2.
 *
 * <pre>
 *  inner \ outer   Not-ECT   ECT(0)    ECT(1)    CE
 *  Not-ECT         Not-ECT   Not-ECT   Not-ECT   drop
 *  ECT(0)          ECT(0)    ECT(0)    ECT(1)    CE
 *  ECT(1)          ECT(1)    ECT(1)    ECT(1)    CE
 *  CE              CE        CE        CE        CE
 * </pre>
 *
 * <p>Threading: stateless.
 */
final class Congestion {
    static final int ECN_MASK = 3;
    static final int NOT_CAPABLE = 0;
    static final int ECT_1 = 1;
    static final int ECT_0 = 2;
    static final int EXPERIENCED = 3;

    private Congestion() {}

    /** The inner ECN field as it leaves the tunnel, or -1 when the packet must be dropped. */
    static int decapsulated(int inner, int outer) {
        if (inner == NOT_CAPABLE) {
            return outer == EXPERIENCED ? -1 : NOT_CAPABLE;
        }
        return outer == EXPERIENCED || (inner == ECT_0 && outer == ECT_1) ? outer : inner;
    }

    /** Writes the ECN field of the IP header at {@code network}, and of IPv4 corrects the checksum (RFC 1624). */
    static void write(UnsafeBuffer frame, int network, int version, int ecn) {
        int word = u16(frame, network);
        int changed = version == 4 ? (word & ~ECN_MASK) | ecn : (word & ~(ECN_MASK << 4)) | (ecn << 4);
        put16(frame, network, changed);
        if (version == 4) {
            patchChecksum(frame, network, word, changed);
        }
    }

    /** Corrects the checksum of an IPv4 header one of whose words has changed: HC' = ~(~HC + ~m + m'), RFC 1624 section 3. */
    static void patchChecksum(UnsafeBuffer frame, int network, int before, int after) {
        int checksum = u16(frame, network + Ipv4Header.CHECKSUM_OFFSET);
        long sum = InternetChecksum.sum16(~checksum & 0xFFFF)
                + InternetChecksum.sum16(~before & 0xFFFF)
                + InternetChecksum.sum16(after);
        put16(frame, network + Ipv4Header.CHECKSUM_OFFSET, InternetChecksum.finish(sum));
    }
}
