package io.weir.datapath.capture;

import java.util.Set;

/**
 * Direction, verdict and drop reason of a frame in one int, as the ring carries them.
 *
 * <pre>
 *  bit 0      1 for TX, 0 for RX
 *  bits 1-2   code of the {@link CaptureVerdict}
 *  bits 8-15  drop reason code, 0 when not dropped
 * </pre>
 *
 * <p>Threading: the methods are static and share nothing.
 */
final class FrameFate {
    private static final int TX = 1;
    private static final int VERDICT_SHIFT = 1;
    private static final int VERDICT_MASK = 3;
    private static final int REASON_SHIFT = 8;

    /** The bits that a request chooses by: direction and verdict. */
    private static final int CHOICE_MASK = 7;

    private static final int DROPPED = CaptureVerdict.DROPPED.code() << VERDICT_SHIFT;

    static final int RX_FORWARDED = CaptureVerdict.FORWARDED.code() << VERDICT_SHIFT;
    static final int RX_CONSUMED = CaptureVerdict.CONSUMED.code() << VERDICT_SHIFT;
    static final int TX_FORWARDED = RX_FORWARDED | TX;

    private FrameFate() {}

    static int rxDropped(int reasonCode) {
        return DROPPED | reasonCode << REASON_SHIFT;
    }

    static int txDropped(int reasonCode) {
        return DROPPED | TX | reasonCode << REASON_SHIFT;
    }

    static Direction direction(int fate) {
        return (fate & TX) != 0 ? Direction.TX : Direction.RX;
    }

    static CaptureVerdict verdict(int fate) {
        return CaptureVerdict.ofCode((fate >> VERDICT_SHIFT) & VERDICT_MASK);
    }

    static int reasonCode(int fate) {
        return fate >> REASON_SHIFT;
    }

    /** One bit for each combination of direction and verdict, to test a fate against with {@link #isChosen}. */
    static int choice(Set<Direction> directions, Set<CaptureVerdict> verdicts) {
        int choice = 0;
        for (CaptureVerdict verdict : verdicts) {
            int fate = verdict.code() << VERDICT_SHIFT;
            choice |= directions.contains(Direction.RX) ? 1 << fate : 0;
            choice |= directions.contains(Direction.TX) ? 1 << (fate | TX) : 0;
        }
        return choice;
    }

    static boolean isChosen(int choice, int fate) {
        return (choice & 1 << (fate & CHOICE_MASK)) != 0;
    }
}
