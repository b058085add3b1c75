package io.weir.ipsec.sa;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadSealer;
import io.weir.datapath.pipeline.DropReason;

/**
 * An SA that packets leave on. Sequence numbers and IVs count up together and are used only up to what {@link SaSlot} has reserved on
 * disk, so that no restart uses one again; the control thread reserves ahead.
 *
 * <p>Threading: the worker; counters, settings and limits are read by any thread.
 */
public final class OutboundSa {
    private static final int EXHAUSTED = DropReason.ESP_SA_EXHAUSTED.code();

    private static final VarHandle SEQUENCE = field("sequence");
    private static final VarHandle RESERVED = field("reserved");

    private final SaSettings settings;
    // Of the settings, so that a packet need not follow pointers to what it asks for.
    private final int spi;
    private final boolean esn;
    private final int tfcLength;
    private final AeadAlgorithm algorithm;
    private final AeadSealer sealer;
    private final SaSlot slot;
    private final SaLimits limits;
    private final SaCounters counters = new SaCounters();
    private final long ivOffset;
    // Written by the worker, read by the control thread.
    private long sequence;
    // The other way round: a number on disk that no number sent exceeds.
    private long reserved;

    OutboundSa(SaSettings settings, AeadSealer sealer, SaSlot slot, long nowNs) {
        this.settings = settings;
        this.spi = settings.spi();
        this.esn = settings.esn();
        this.tfcLength = settings.tfcLength();
        this.algorithm = settings.cipher().algorithm();
        this.sealer = sealer;
        this.slot = slot;
        this.limits = new SaLimits(settings, slot.before(), nowNs);
        this.sequence = slot.sequence();
        this.reserved = sequence;
        this.ivOffset = slot.ivOffset();
    }

    /** Whether sequence numbers have 64 bits. */
    public boolean esn() {
        return esn;
    }

    public int spi() {
        return spi;
    }

    /** Bytes that inner packets are padded to at least. */
    public int tfcLength() {
        return tfcLength;
    }

    public AeadAlgorithm algorithm() {
        return algorithm;
    }

    public AeadSealer sealer() {
        return sealer;
    }

    /**
     * The sequence number of a packet, which is counted.
     *
     * @param length bytes of the ESP packet
     * @return 1 up, or 0 when the SA is used up
     */
    public long next(int length, long nowNs) {
        long next = sequence + 1;
        if (next > (long) RESERVED.getAcquire(this) || !limits.allow(counters, length, nowNs)) {
            return 0;
        }
        counters.count(length, nowNs);
        SEQUENCE.setOpaque(this, next);
        return next;
    }

    /** The IV counter of a packet, which no other packet under this key ever has. */
    public long ivCounter(long ofSequence) {
        return ivOffset + ofSequence;
    }

    /** Counts a packet that was refused because the SA is used up. */
    public int exhausted() {
        return counters.drop(EXHAUSTED);
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

    /** Highest sequence number sent, or that of the life before. */
    long lastSequence() {
        return (long) SEQUENCE.getOpaque(this);
    }

    /**
     * Reserves further numbers when half of the reserve is used.
     *
     * @return 0, or a negative errno: the worker then stops where the reserve ends
     */
    int reserveAhead() {
        long last = lastSequence();
        if (reserved - last > slot.block() / 2 || reserved >= limits.sequence()) {
            return 0;
        }
        long wanted = Math.min(last + slot.block(), limits.sequence());
        int result = slot.reserve(wanted);
        if (result == 0) {
            RESERVED.setRelease(this, wanted);
        }
        return result;
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
        sealer.close();
        keepUsage();
        slot.giveBack(sequence);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(OutboundSa.class, name, long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
