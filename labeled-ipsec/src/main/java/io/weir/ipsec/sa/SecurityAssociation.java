package io.weir.ipsec.sa;

import io.weir.crypto.AeadAlgorithm;

/**
 * What both directions of an SA have (RFC 4301 section 4.4.2.1): settings, limits, counters, and a record in the state file. What a
 * packet asks for of the settings is a field, so that it need not follow pointers.
 *
 * <p>Threading: the control thread; counters, settings and limits are read by any thread.
 */
abstract sealed class SecurityAssociation permits InboundSa, OutboundSa {
    private final SaSettings settings;
    private final boolean esn;
    private final AeadAlgorithm algorithm;
    private final SaSlot slot;
    private final SaLimits limits;
    private final SaCounters counters = new SaCounters();

    SecurityAssociation(SaSettings settings, SaSlot slot, long nowNs) {
        this.settings = settings;
        this.esn = settings.esn();
        this.algorithm = settings.cipher().algorithm();
        this.slot = slot;
        this.limits = new SaLimits(settings, slot.before(), nowNs);
    }

    /** Whether sequence numbers have 64 bits. */
    public final boolean esn() {
        return esn;
    }

    public final AeadAlgorithm algorithm() {
        return algorithm;
    }

    final SaSettings settings() {
        return settings;
    }

    final SaSlot slot() {
        return slot;
    }

    final SaLimits limits() {
        return limits;
    }

    final SaCounters counters() {
        return counters;
    }

    final SaKey.Fingerprint fingerprint() {
        return slot.fingerprint();
    }

    /** Highest sequence number sent or received, or that of the life before. */
    abstract long lastSequence();

    /** It will be published: it takes over from removed SAs with its key. */
    final void succeed() {
        slot.succeed();
    }

    /** Keeps for the next life what was used. */
    final void keepUsage() {
        slot.used(counters);
    }

    /** Keeps for the next life how old it is. */
    final void keepAge(long nowNs) {
        slot.age(limits.ageNs(nowNs));
    }

    /** No worker will get it any more; one may still have it. */
    final void retire(boolean retires) {
        keepUsage();
        slot.retire(retires);
    }

    /** It was refused, and no worker has ever had it. */
    final void withdraw() {
        close();
        slot.withdraw();
    }

    /** When no worker has it any more. */
    abstract void close();
}
