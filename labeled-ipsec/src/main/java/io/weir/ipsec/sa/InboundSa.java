package io.weir.ipsec.sa;

import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadOpener;
import io.weir.datapath.pipeline.DropReason;

/**
 * An SA that packets come on. Its packets are checked, authenticated and then marked as received, in that order (RFC 4303 section 3.4).
 *
 * <p>Threading: the worker; counters, settings and limits are read by any thread.
 */
public final class InboundSa {
    private static final int EXPIRED = DropReason.ESP_SA_EXPIRED.code();
    private static final int TOO_OLD = DropReason.ESP_TOO_OLD.code();

    private final SaSettings settings;
    // Of the settings, so that a packet need not follow pointers to what it asks for.
    private final int level;
    private final boolean esn;
    private final AeadAlgorithm algorithm;
    private final AeadOpener opener;
    private final SaSlot slot;
    private final SaLimits limits;
    private final SaCounters counters = new SaCounters();
    private final ReplayWindow window;
    // Written by the worker.
    private boolean begun;

    InboundSa(SaSettings settings, AeadOpener opener, SaSlot slot, long nowNs) {
        this.settings = settings;
        this.level = settings.level();
        this.esn = settings.esn();
        this.algorithm = settings.cipher().algorithm();
        this.opener = opener;
        this.slot = slot;
        this.limits = new SaLimits(settings, slot.before(), nowNs);
        this.window = new ReplayWindow(settings.replayWindow(), slot.sequence());
    }

    /** Number of the level of its packets. */
    public int level() {
        return level;
    }

    /** Whether sequence numbers have 64 bits. */
    public boolean esn() {
        return esn;
    }

    public AeadAlgorithm algorithm() {
        return algorithm;
    }

    public AeadOpener opener() {
        return opener;
    }

    /** The whole sequence number of a packet, negative when it would lie before the first. */
    public long sequence(int low) {
        return esn ? window().extend(low) : Integer.toUnsignedLong(low);
    }

    /** 0 when a packet may be authenticated, else the code of ESP_SA_EXPIRED, ESP_TOO_OLD or ESP_REPLAYED. */
    public int check(long sequence, int length, long nowNs) {
        if (!limits.allow(counters, length, nowNs)) {
            return EXPIRED;
        }
        return sequence < 0 ? TOO_OLD : window().check(sequence);
    }

    /**
     * The window, which begins with the first packet: until then the worker may accept others on a removed SA with this record, which
     * this one must refuse.
     */
    private ReplayWindow window() {
        if (!begun) {
            begun = true;
            window.begin(slot.sequence());
        }
        return window;
    }

    /** Counts an authentic packet, and refuses its sequence number from here on, also after a restart. */
    public void accept(long sequence, int length, long nowNs) {
        window().accept(sequence);
        slot.received(window.highest());
        counters.count(length, nowNs);
    }

    /** Counts a drop, and returns the negative code of its reason. */
    public int drop(int reasonCode) {
        return counters.drop(reasonCode);
    }

    SaSettings settings() {
        return settings;
    }

    SaKey.Fingerprint fingerprint() {
        return slot.fingerprint();
    }

    SaCounters counters() {
        return counters;
    }

    SaLimits limits() {
        return limits;
    }

    long highestSequence() {
        return slot.sequence();
    }

    /** It will be published: it takes over from removed SAs with its key. */
    void succeed() {
        slot.succeed();
    }

    /** Keeps for the next life what was used. */
    void keepUsage() {
        slot.used(counters);
    }

    /** No worker will get it any more; one may still have it. */
    void retire(boolean retires) {
        keepUsage();
        slot.retire(retires);
    }

    /** When no worker has it any more. */
    void close() {
        opener.close();
        keepUsage();
        slot.release();
    }
}
