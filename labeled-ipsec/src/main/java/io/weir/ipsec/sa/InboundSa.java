package io.weir.ipsec.sa;

import io.weir.crypto.AeadOpener;
import io.weir.datapath.pipeline.DropReason;

/**
 * An SA that packets come on. Its packets are checked, authenticated and then marked as received, in that order (RFC 4303 section 3.4).
 *
 * <p>Threading: the worker; counters, settings and limits are read by any thread.
 */
public final class InboundSa extends SecurityAssociation {
    private static final int EXPIRED = DropReason.ESP_SA_EXPIRED.code();
    private static final int TOO_OLD = DropReason.ESP_TOO_OLD.code();

    private final int level;
    private final AeadOpener opener;
    private final ReplayWindow window;
    // Written by the worker.
    private boolean begun;

    InboundSa(SaSettings settings, AeadOpener opener, SaSlot slot, long nowNs) {
        super(settings, slot, nowNs);
        this.level = settings.level();
        this.opener = opener;
        this.window = new ReplayWindow(settings.replayWindow(), slot.sequence());
    }

    /** Number of the level of its packets. */
    public int level() {
        return level;
    }

    public AeadOpener opener() {
        return opener;
    }

    /** The whole sequence number of a packet, negative when it would lie before the first. */
    public long sequence(int low) {
        return esn() ? window().extend(low) : Integer.toUnsignedLong(low);
    }

    /** 0 when a packet may be authenticated, else the code of ESP_SA_EXPIRED, ESP_TOO_OLD or ESP_REPLAYED. */
    public int check(long sequence, int length, long nowNs) {
        if (!limits().allow(counters(), length, nowNs)) {
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
            window.begin(slot().sequence());
        }
        return window;
    }

    /** Counts an authentic packet, and refuses its sequence number from here on, also after a restart. */
    public void accept(long sequence, int length, long nowNs) {
        window().accept(sequence);
        slot().received(window.highest());
        counters().count(length, nowNs);
    }

    /** Counts a drop, and returns the negative code of its reason. */
    public int drop(int reasonCode) {
        return counters().drop(reasonCode);
    }

    @Override
    long lastSequence() {
        return slot().sequence();
    }

    @Override
    void close() {
        opener.close();
        keepUsage();
        slot().release();
    }
}
