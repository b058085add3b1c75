package io.weir.ipsec.tunnel;

/**
 * Shares of what a tunnel does of itself, such as rate limits, so that guests of one level cannot use up another's. A guest cannot
 * choose its level, as it can its addresses, unless its port reads labels from the wire ({@code wireLabel: verify}): then it chooses
 * among the levels of its range, and can use up the shares of those.
 *
 * <p>Levels whose numbers differ by a multiple of {@link #COUNT} have one share together.
 *
 * <p>Threading: stateless.
 */
final class LevelShares {
    /** A power of two. */
    static final int COUNT = 16;

    private LevelShares() {}

    /** Share of a level, 0 to COUNT - 1. */
    static int of(int level) {
        return level & COUNT - 1;
    }
}
