package io.weir.ipsec.sa;

import java.util.Map;

import io.weir.datapath.pipeline.DropReason;

/**
 * An SA as it is at one moment, for listings. Holds no key.
 *
 * @param spi unsigned
 * @param level number of its security level, 0 for none
 * @param packets sealed, or authentic
 * @param bytes of ESP packets
 * @param sequence highest sequence number sent or received
 * @param ageNs since its key was first added, restarts and removals between included
 * @param idleNs since its last packet, -1 when there was none
 * @param current whether outbound packets of its level take it; true for every inbound SA
 */
public record SaStatus(
        SaSettings.Direction direction,
        int spi,
        int level,
        String context,
        EspCipher cipher,
        boolean esn,
        int replayWindow,
        int tfcLength,
        Lifetime lifetime,
        long packets,
        long bytes,
        Map<DropReason, Long> drops,
        long sequence,
        long ageNs,
        long idleNs,
        boolean current,
        Expiry expiry) {
    /** How near its end an SA is. */
    public enum Expiry {
        /** Not near. */
        NONE,
        /** Nine tenths of a limit are used: time to rekey. */
        SOFT,
        /** A limit is reached: it passes nothing more. */
        HARD
    }

    public SaStatus {
        drops = Map.copyOf(drops);
    }
}
