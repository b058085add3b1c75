package io.weir.ipsec.sa;

/**
 * When one SA ends: the operator's lifetime, and what its sequence numbers and its cipher allow.
 *
 * <p>Threading: immutable.
 */
final class SaLimits {
    /** Sequence numbers must not cycle (RFC 4303 section 3.3.3). */
    static final long MAX_SEQUENCE = 0xFFFF_FFFFL;

    /** As a positive long. RFC 4303 section 3.3.3 allows twice that, which no SA reaches either. */
    static final long MAX_EXTENDED_SEQUENCE = Long.MAX_VALUE;

    /**
     * Under one key AES may encrypt 2^48 blocks: then the chance to tell its texts from noise, by blocks that must not repeat, is 2^-33
     * (blocks squared over 2^129; the bound of CBC and of GCM).
     */
    static final long MAX_AES_BYTES = 1L << 52;

    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long FOREVER_NS = Long.MAX_VALUE;
    private static final double SOFT = 0.9;

    private final long addedNs;
    private final long lifetimeNs;
    private final long bytes;
    private final long packets;
    private final long sequence;
    private final SaSlot.Usage before;
    private final long bytesLeft;
    private final long packetsLeft;

    /** @param before what lives before this one used: a restart renews nothing */
    SaLimits(SaSettings settings, SaSlot.Usage before, long nowNs) {
        Lifetime lifetime = settings.lifetime();
        this.before = before;
        this.addedNs = nowNs - before.ageNs();
        this.lifetimeNs = lifetime.seconds() > 0 && lifetime.seconds() < FOREVER_NS / NS_PER_SECOND
                ? lifetime.seconds() * NS_PER_SECOND
                : FOREVER_NS;
        this.bytes = least(lifetime.bytes(), settings.cipher().algorithm().aes() ? MAX_AES_BYTES : Long.MAX_VALUE);
        this.packets = least(lifetime.packets(), Long.MAX_VALUE);
        this.sequence = settings.esn() ? MAX_EXTENDED_SEQUENCE : MAX_SEQUENCE;
        this.bytesLeft = bytes - before.bytes();
        this.packetsLeft = packets - before.packets();
    }

    private static long least(long limit, long natural) {
        return limit == 0 ? natural : Math.min(limit, natural);
    }

    /** Highest sequence number. */
    long sequence() {
        return sequence;
    }

    /** Whether a packet of so many bytes may still follow what was counted. */
    boolean allow(SaCounters counters, int length, long nowNs) {
        return nowNs - addedNs < lifetimeNs
                && counters.packets() < packetsLeft
                && counters.bytes() <= bytesLeft - length;
    }

    long ageNs(long nowNs) {
        return nowNs - addedNs;
    }

    /** How near its end an SA is. */
    SaStatus.Expiry expiry(SaCounters counters, long lastSequence, long nowNs) {
        long age = ageNs(nowNs);
        long used = before.bytes() + counters.bytes();
        long passed = before.packets() + counters.packets();
        if (age >= lifetimeNs || used >= bytes || passed >= packets || lastSequence >= sequence) {
            return SaStatus.Expiry.HARD;
        }
        boolean soon = age >= lifetimeNs * SOFT
                || used >= bytes * SOFT
                || passed >= packets * SOFT
                || lastSequence >= sequence * SOFT;
        return soon ? SaStatus.Expiry.SOFT : SaStatus.Expiry.NONE;
    }
}
