package io.weir.ipsec.sa;

/**
 * When an SA ends (RFC 4301 section 4.4.2.1): whichever comes first. Zero is no limit.
 * A restart, or removing an SA and adding its key again, renews nothing.
 *
 * @param seconds since it was added
 * @param bytes of ESP packets
 * @param packets sealed or accepted
 */
public record Lifetime(long seconds, long bytes, long packets) {
    public static final Lifetime UNLIMITED = new Lifetime(0, 0, 0);

    public Lifetime {
        if (seconds < 0 || bytes < 0 || packets < 0) {
            throw new IllegalArgumentException("a lifetime's limits must be 0 (none) or more: was " + seconds
                    + " seconds, " + bytes + " bytes, " + packets + " packets; leave out what has no limit");
        }
    }
}
