package io.weir.datapath.segment;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.SctpChecksum;
import io.weir.datapath.wire.SctpHeader;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Finishes transport checksums that a sender left for others to finish (virtio 1.2 section 5.1.6.2).
 *
 * <p>Threading: one instance a worker.
 */
public final class Checksums {
    private static final int CHECKSUM_LENGTH = 2;

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    /**
     * Finishes, in place, the checksum of the frame at {@code address} as the virtio-net header in front of it asks, and clears
     * that header. The field holds the sum of the pseudo-header before. A checksum of zero is written as 0xFFFF, its equal,
     * for zero means "none" in UDP (RFC 768, "Fields"). A checksum field at offset eight is that of SCTP, a CRC32c.
     *
     * @return false, with the frame as it was, for a super-frame or a request beyond the frame
     */
    public boolean complete(long address, int length) {
        header.wrapBefore(address);
        if (header.gsoType() != VirtioNetHeader.GSO_NONE) {
            return false;
        }
        if (header.needsChecksum() && !finish(address, length)) {
            return false;
        }
        header.clear();
        return true;
    }

    private boolean finish(long address, int length) {
        int start = header.checksumStart();
        int field = start + header.checksumOffset();
        if (field + CHECKSUM_LENGTH > length) {
            return false;
        }
        frame.wrap(address, length);
        if (header.checksumOffset() == SctpHeader.CHECKSUM_OFFSET) {
            return finishSctp(start, length);
        }
        int checksum = InternetChecksum.of(frame, start, length - start);
        put16(frame, field, checksum == 0 ? 0xFFFF : checksum);
        return true;
    }

    private boolean finishSctp(int start, int length) {
        if (length - start < SctpHeader.LENGTH) {
            return false;
        }
        SctpChecksum.write(frame, start, length - start);
        return true;
    }
}
