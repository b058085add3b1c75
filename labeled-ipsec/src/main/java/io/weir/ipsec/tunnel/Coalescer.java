package io.weir.ipsec.tunnel;

import java.util.Arrays;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;

/**
 * Joins segments of TCP that follow each other in a batch into super-frames, as the Linux kernel's GRO does, so that the switch and
 * the receiving guest handle one frame where the wire had dozens.
 *
 * <p>A segment joins when it has the level, the flow and the headers of the super-frame, its sequence number is the next, and it is
 * not longer than those before. A shorter one, or one with PSH, is the last. Everything else of the flow ends the super-frame, so
 * that the order within a flow never changes. The checksum of each segment that joins is verified, for the super-frame vouches
 * for all of them: a bad segment stays a frame of its own, which its receiver will refuse.
 *
 * <p>Once a super-frame has two segments, the next is expected to follow, and is decrypted to where it would lie then: its headers
 * over the last bytes of the payload before, which are kept aside. When it joins they are put back, and the payload was never
 * copied; when it does not, it is copied to a slot of its own.
 *
 * <pre>
 *  super-frame      | headers | payload | payload | payload ....|
 *  opened there                                 | headers | payload |
 *  joined           | headers | payload | payload | payload ....| payload |
 * </pre>
 *
 * <p>Threading: one worker.
 */
final class Coalescer implements AutoCloseable {
    /** Super-frames that can be continued at a time: flows that take turns. */
    private static final int OPEN_MAX = 8;

    private static final int IP_PACKET_MAX = 65_535;
    private static final int HEADERS_MAX = 256;
    private static final int NONE = -1;

    private final TunnelCounters counters;
    private final TcpFrame tcp = new TcpFrame();
    private final UnsafeBuffer first = new UnsafeBuffer(0, 0);
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final long hidden = Memory.map(HEADERS_MAX);

    // Of the frame in each place of the batch, where it can be continued or was.
    private final long[] address = new long[PacketBatch.CAPACITY];
    private final int[] length = new int[PacketBatch.CAPACITY];
    private final int[] headersLength = new int[PacketBatch.CAPACITY];
    private final int[] networkOffset = new int[PacketBatch.CAPACITY];
    private final int[] segmentSize = new int[PacketBatch.CAPACITY];
    private final int[] segments = new int[PacketBatch.CAPACITY];
    private final int[] nextSequence = new int[PacketBatch.CAPACITY];
    private final int[] flowHash = new int[PacketBatch.CAPACITY];
    private final int[] level = new int[PacketBatch.CAPACITY];
    private final boolean[] push = new boolean[PacketBatch.CAPACITY];

    // Places that can be continued.
    private final int[] open = new int[OPEN_MAX];
    private int openCount;
    private int expected = NONE;
    // Where the frame under way was opened over payload, 0 when it was not; and how many bytes of that are hidden.
    private long over;
    private int hiddenLength;

    Coalescer(TunnelCounters counters) {
        this.counters = counters;
    }

    /** A batch begins. */
    void begin() {
        openCount = 0;
        expected = NONE;
        Arrays.fill(segments, 0);
    }

    /**
     * Where the next frame is to be opened: at {@code own}, or where it would continue a super-frame. {@link #offer} or
     * {@link #abandon} must follow.
     *
     * @param own slot of the frame when it stays one
     * @param room bytes that may be written
     */
    long place(long own, int room) {
        over = 0;
        if (expected == NONE) {
            return own;
        }
        int headers = headersLength[expected];
        // Headers over headers would be lost.
        boolean apart = length[expected] >= 2 * headers;
        if (!apart || length[expected] - headers + room > IP_PACKET_MAX + networkOffset[expected]) {
            return own;
        }
        over = address[expected] + length[expected] - headers;
        hiddenLength = headers;
        Memory.copy(over, hidden, headers);
        return over;
    }

    /** The frame was not opened. */
    void abandon() {
        if (over != 0) {
            Memory.copy(hidden, over, hiddenLength);
        }
    }

    /**
     * Takes a frame that was opened where {@link #place} said.
     *
     * @param place of the batch that the frame gets when it stays one
     * @return whether it joined a super-frame; when not, it lies at {@code own} now
     */
    boolean offer(long at, int frameLength, int label, long own, int place) {
        tcp.wrap(at, frameLength);
        int found = tcp.isTcp() ? find() : NONE;
        if (found != NONE && joins(found, label)) {
            join(found, at);
            return true;
        }
        if (found != NONE) {
            close(found);
        }
        if (over != 0) {
            Memory.copy(at, own, frameLength);
            abandon();
            expected = NONE;
            tcp.wrap(own, frameLength);
        }
        if (tcp.isMergeable() && !tcp.isPush()) {
            begin(place, own, frameLength, label);
        }
        return false;
    }

    private int find() {
        int hash = tcp.flowHash();
        for (int i = openCount - 1; i >= 0; i--) {
            int candidate = open[i];
            if (flowHash[candidate] == hash) {
                first.wrap(address[candidate], headersLength[candidate]);
                if (tcp.sameFlow(first)) {
                    return candidate;
                }
            }
        }
        return NONE;
    }

    private boolean joins(int found, int label) {
        int payload = tcp.payloadLength();
        return tcp.isMergeable()
                && tcp.sequence() == nextSequence[found]
                && payload <= segmentSize[found]
                && label == level[found]
                && tcp.headersLength() == headersLength[found]
                && length[found] + payload <= IP_PACKET_MAX + networkOffset[found]
                && segments[found] < VirtioNetHeader.MAX_SEGMENTS
                && tcp.continues(first, segments[found])
                && tcp.checksumsHold()
                && (segments[found] > 1 || firstHolds(found));
    }

    /** Whether the checksums of the frame hold that would begin the super-frame; nothing was opened over it yet. */
    private boolean firstHolds(int found) {
        int secondLength = tcp.headersLength() + tcp.payloadLength();
        long second = tcp.view.addressOffset();
        boolean holds = tcp.wrap(address[found], length[found]).checksumsHold();
        tcp.wrap(second, secondLength);
        return holds;
    }

    private void join(int found, long at) {
        int payload = tcp.payloadLength();
        boolean last = tcp.isPush() || payload < segmentSize[found];
        push[found] = tcp.isPush();
        if (at != address[found] + length[found] - headersLength[found]) {
            Memory.copy(at + headersLength[found], address[found] + length[found], payload);
        }
        abandon();
        length[found] += payload;
        segments[found]++;
        nextSequence[found] += payload;
        counters.add(TunnelCounters.COALESCED, 1);
        expected = found;
        if (last) {
            close(found);
        }
    }

    private void close(int found) {
        expected = found == expected ? NONE : expected;
        for (int i = 0; i < openCount; i++) {
            if (open[i] == found) {
                open[i] = open[--openCount];
                return;
            }
        }
    }

    private void begin(int place, long own, int frameLength, int label) {
        if (openCount == OPEN_MAX) {
            // The one that was opened first.
            System.arraycopy(open, 1, open, 0, --openCount);
        }
        open[openCount++] = place;
        address[place] = own;
        length[place] = frameLength;
        headersLength[place] = tcp.headersLength();
        networkOffset[place] = tcp.networkOffset();
        segmentSize[place] = tcp.payloadLength();
        segments[place] = 1;
        nextSequence[place] = tcp.sequence() + tcp.payloadLength();
        flowHash[place] = tcp.flowHash();
        level[place] = label;
        push[place] = false;
    }

    /** The batch ends: writes the headers of its super-frames. */
    void finish(PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if (segments[i] > 1) {
                tcp.wrap(address[i], headersLength[i] + segmentSize[i]);
                tcp.writeSuperFrame(header.wrapBefore(address[i]), length[i], segmentSize[i], push[i]);
                batch.reframe(i, address[i], length[i]);
            }
        }
    }

    @Override
    public void close() {
        Memory.unmap(hidden, HEADERS_MAX);
    }
}
