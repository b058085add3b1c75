package io.weir.ipsec.sa;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The SAs of a tunnel at one moment, as a worker looks them up: inbound by SPI, outbound the newest of each level. Open addressing over
 * arrays that never change; at most a quarter of the places is taken.
 *
 * <p>Threading: immutable.
 */
public final class SadSnapshot {
    static final SadSnapshot EMPTY = new SadSnapshot(0, List.of());

    private static final int HASH_MULTIPLIER = 0x9E37_79B9;
    private static final int MIN_PLACES = 8;

    private final long version;
    private final @Nullable InboundSa[] inbound;
    private final int[] spis;
    private final int inboundShift;
    private final @Nullable OutboundSa[] outbound;
    private final int[] levels;
    private final int outboundShift;

    /**
     * @param version one more than that of the snapshot before
     * @param present oldest first
     */
    SadSnapshot(long version, List<SecurityAssociation> present) {
        this.version = version;
        int outboundCount =
                (int) present.stream().filter(OutboundSa.class::isInstance).count();
        int inboundPlaces = places(present.size() - outboundCount);
        this.inbound = new InboundSa[inboundPlaces];
        this.spis = new int[inboundPlaces];
        this.inboundShift = Integer.SIZE - Integer.numberOfTrailingZeros(inboundPlaces);
        int outboundPlaces = places(outboundCount);
        this.outbound = new OutboundSa[outboundPlaces];
        this.levels = new int[outboundPlaces];
        this.outboundShift = Integer.SIZE - Integer.numberOfTrailingZeros(outboundPlaces);
        for (SecurityAssociation sa : present) {
            switch (sa) {
                case InboundSa opens -> put(opens);
                case OutboundSa seals -> put(seals);
            }
        }
    }

    long version() {
        return version;
    }

    private static int places(int count) {
        return Integer.highestOneBit(Math.max(MIN_PLACES, count * 4) * 2 - 1);
    }

    private void put(InboundSa sa) {
        int place = place(sa.settings().spi(), inboundShift);
        while (inbound[place] != null) {
            place = (place + 1) & (inbound.length - 1);
        }
        inbound[place] = sa;
        spis[place] = sa.settings().spi();
    }

    private void put(OutboundSa sa) {
        int level = sa.settings().level();
        int place = place(level, outboundShift);
        while (outbound[place] != null && levels[place] != level) {
            place = (place + 1) & (outbound.length - 1);
        }
        outbound[place] = sa;
        levels[place] = level;
    }

    /** The inbound SA of that SPI, or null. */
    public @Nullable InboundSa inbound(int spi) {
        int place = place(spi, inboundShift);
        InboundSa sa = inbound[place];
        while (sa != null && spis[place] != spi) {
            place = (place + 1) & (inbound.length - 1);
            sa = inbound[place];
        }
        return sa;
    }

    /** The newest outbound SA of exactly that level, or null. */
    public @Nullable OutboundSa outbound(int level) {
        int place = place(level, outboundShift);
        OutboundSa sa = outbound[place];
        while (sa != null && levels[place] != level) {
            place = (place + 1) & (outbound.length - 1);
            sa = outbound[place];
        }
        return sa;
    }

    private static int place(int key, int shift) {
        return (key * HASH_MULTIPLIER) >>> shift;
    }
}
