package io.weir.ipsec.sa;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.weir.crypto.AeadSealer;
import io.weir.datapath.pipeline.DropReason;

/**
 * An SA that packets leave on. Sequence numbers and IVs count up together and are used only up to what {@link SaSlot} has reserved on
 * disk, so that no restart uses one again; the control thread reserves ahead.
 *
 * <p>Threading: the worker; counters, settings and limits are read by any thread.
 */
public final class OutboundSa extends SecurityAssociation {
    private static final int EXHAUSTED = DropReason.ESP_SA_EXHAUSTED.code();

    private static final VarHandle SEQUENCE = field("sequence");
    private static final VarHandle RESERVED = field("reserved");

    private final int spi;
    private final int tfcLength;
    private final AeadSealer sealer;
    private final long ivOffset;
    // Written by the worker, read by the control thread.
    private long sequence;
    // The other way round: a number on disk that no number sent exceeds.
    private long reserved;

    OutboundSa(SaSettings settings, AeadSealer sealer, SaSlot slot, long nowNs) {
        super(settings, slot, nowNs);
        this.spi = settings.spi();
        this.tfcLength = settings.tfcLength();
        this.sealer = sealer;
        this.sequence = slot.sequence();
        this.reserved = sequence;
        this.ivOffset = slot.ivOffset();
    }

    public int spi() {
        return spi;
    }

    /** Bytes that inner packets are padded to at least. */
    public int tfcLength() {
        return tfcLength;
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
        if (next > (long) RESERVED.getAcquire(this) || !limits().allow(counters(), length, nowNs)) {
            return 0;
        }
        counters().count(length, nowNs);
        SEQUENCE.setOpaque(this, next);
        return next;
    }

    /** The IV counter of a packet, which no other packet under this key ever has. */
    public long ivCounter(long ofSequence) {
        return ivOffset + ofSequence;
    }

    /** Counts a packet that was refused because the SA is used up. */
    public int exhausted() {
        return counters().drop(EXHAUSTED);
    }

    @Override
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
        if (reserved - last > slot().block() / 2 || reserved >= limits().sequence()) {
            return 0;
        }
        long wanted = Math.min(last + slot().block(), limits().sequence());
        int result = slot().reserve(wanted);
        if (result == 0) {
            RESERVED.setRelease(this, wanted);
        }
        return result;
    }

    @Override
    void close() {
        sealer.close();
        keepUsage();
        slot().giveBack(sequence);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(OutboundSa.class, name, long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
