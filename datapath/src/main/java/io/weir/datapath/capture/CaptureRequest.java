package io.weir.datapath.capture;

import java.util.EnumSet;
import java.util.Set;

import io.weir.datapath.packet.PacketPool;

/**
 * What an operator asks to capture. A frame is captured when all conditions hold.
 *
 * @param ports names of the ports; empty for all, also those that come later
 * @param directions {@link Direction#RX}, {@link Direction#TX} or both
 * @param verdicts at least one
 * @param filter which frames, by their bytes
 * @param snaplenBytes most bytes kept of a frame, 1 to {@link PcapReader#MAX_CAPTURED_LENGTH}
 * @param ringBytes memory between each worker and the reader, a power of two of 4 KiB to 1 GiB; a frame may take up an eighth of it
 */
public record CaptureRequest(
        Set<String> ports,
        Set<Direction> directions,
        Set<CaptureVerdict> verdicts,
        CaptureFilter filter,
        int snaplenBytes,
        int ringBytes) {

    public static final int DEFAULT_SNAPLEN_BYTES = PcapReader.MAX_CAPTURED_LENGTH;
    public static final int DEFAULT_RING_BYTES = 4 << 20;
    public static final int MIN_RING_BYTES = 4 << 10;
    public static final int MAX_RING_BYTES = 1 << 30;

    // What OneToOneRingBuffer grants one message.
    private static final int RING_SHARE = 8;

    /** Everything, whole, of all ports. */
    public static final CaptureRequest EVERYTHING = new CaptureRequest(
            Set.of(),
            EnumSet.of(Direction.RX, Direction.TX),
            EnumSet.allOf(CaptureVerdict.class),
            CaptureFilter.ALL,
            DEFAULT_SNAPLEN_BYTES,
            DEFAULT_RING_BYTES);

    public CaptureRequest {
        if (directions.isEmpty() || directions.contains(Direction.UNKNOWN)) {
            throw new IllegalArgumentException("capture directions must be rx, tx or both: was " + directions);
        }
        if (verdicts.isEmpty()) {
            throw new IllegalArgumentException(
                    "capture verdicts must be one or more of forwarded, consumed, dropped: was none");
        }
        if (snaplenBytes < 1 || snaplenBytes > PcapReader.MAX_CAPTURED_LENGTH) {
            throw new IllegalArgumentException(
                    "capture snaplen must be 1 to " + PcapReader.MAX_CAPTURED_LENGTH + " bytes: was " + snaplenBytes);
        }
        if (Integer.bitCount(ringBytes) != 1 || ringBytes < MIN_RING_BYTES || ringBytes > MAX_RING_BYTES) {
            throw new IllegalArgumentException("capture ring must be a power of two from " + MIN_RING_BYTES + " to "
                    + MAX_RING_BYTES + " bytes: was " + ringBytes);
        }
        int longest = CaptureRing.HEADER_LENGTH + Math.min(snaplenBytes, PacketPool.MAX_FRAME_LENGTH);
        if (longest > ringBytes / RING_SHARE) {
            throw new IllegalArgumentException("capture ring must hold eight frames of snaplen " + snaplenBytes + ", "
                    + longest + " bytes each: was " + ringBytes + " bytes; enlarge it, or lower the snaplen");
        }
        ports = Set.copyOf(ports);
        directions = Set.copyOf(directions);
        verdicts = Set.copyOf(verdicts);
    }

    /** The same on the named ports only. */
    public CaptureRequest withPorts(Set<String> names) {
        return new CaptureRequest(names, directions, verdicts, filter, snaplenBytes, ringBytes);
    }

    /** The same in the given directions only. */
    public CaptureRequest withDirections(Set<Direction> chosen) {
        return new CaptureRequest(ports, chosen, verdicts, filter, snaplenBytes, ringBytes);
    }

    /** The same of frames with one of the given verdicts only. */
    public CaptureRequest withVerdicts(Set<CaptureVerdict> chosen) {
        return new CaptureRequest(ports, directions, chosen, filter, snaplenBytes, ringBytes);
    }

    /** The same of frames that the filter matches only. */
    public CaptureRequest withFilter(CaptureFilter chosen) {
        return new CaptureRequest(ports, directions, verdicts, chosen, snaplenBytes, ringBytes);
    }

    /** The same with other sizes. */
    public CaptureRequest withSizes(int snaplen, int ring) {
        return new CaptureRequest(ports, directions, verdicts, filter, snaplen, ring);
    }
}
