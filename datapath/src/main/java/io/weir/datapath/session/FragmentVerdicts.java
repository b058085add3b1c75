package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;

/**
 * What was decided for the first fragment of a datagram, which the later ones share.
 *
 * <p>Threading: owned by one worker.
 */
public final class FragmentVerdicts implements AutoCloseable {
    /** {@link #recall}: the first fragment has not been judged. */
    public static final int UNJUDGED = -1;

    public FragmentVerdicts(long seed) {}

    /** Keeps what was decided for the datagram of a first fragment: any number that is not negative. */
    public void remember(PacketBatch batch, int i, UnsafeBuffer frame, int decision) {}

    /** What was decided for the datagram of a later fragment, or {@link #UNJUDGED}. */
    public int recall(PacketBatch batch, int i, UnsafeBuffer frame) {
        return UNJUDGED;
    }

    @Override
    public void close() {}
}
