package io.weir.datapath.policy;

/**
 * Security levels by number. A number means the same level for as long as the process runs, in every epoch; 0 is no level.
 *
 * <p>Threading: any thread. Known levels are found without lock and without allocation.
 */
public interface Levels {
    /** Highest number that a level may have: sessions have 16 bits for it. */
    int MAX_NUMBER = 65_535;

    /** Knows no level at all. */
    Levels NONE = new Levels() {
        @Override
        public int number(WireLevel level) {
            return 0;
        }

        @Override
        public void read(int number, WireLevel level) {
            throw new IllegalArgumentException("no level has number " + number);
        }
    };

    /** Number of a level, 1 to {@link #MAX_NUMBER}, which is given one if there is room; 0 when there is none. */
    int number(WireLevel level);

    /** Fills in the level with that number, which must be one that was given. */
    void read(int number, WireLevel level);
}
