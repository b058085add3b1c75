package io.weir.ipsec.sa;

import java.util.List;

import io.weir.kernel.Memory;

/**
 * What {@link SaStateFile} keeps of one SA beyond this process: of an outbound one the sequence number and the IV that are reserved, of
 * an inbound one the highest sequence number received, which the worker stores among the {@link ReceivedNumbers} and the control thread
 * copies.
 *
 * <pre>
 *    0  SPI          4  direction, 0 when unused     8  fingerprint of the key     24  sequence number
 *   32  IV counter  40  last opened, in epoch ns    48  age last kept, in epoch ns        56  age, in ns
 *   64  bytes used  72  packets used                80  unused
 * </pre>
 *
 * <p>Threading: the control thread; {@link #received} the worker.
 */
final class SaSlot {
    /** Bytes of a record. */
    static final int LENGTH = StateMemory.UNIT;

    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    private static final int ESTALE = 116;
    private static final long KEEP_AGE_NS = 10_000_000_000L;

    static final int SPI_OFFSET = 0;
    static final int DIRECTION_OFFSET = 4;
    static final int FINGERPRINT_OFFSET = 8;
    static final int SEQUENCE_OFFSET = 24;
    static final int IV_OFFSET = 32;
    static final int OPENED_OFFSET = 40;
    static final int KEPT_OFFSET = 48;
    static final int AGE_OFFSET = 56;
    static final int BYTES_OFFSET = 64;
    static final int PACKETS_OFFSET = 72;

    private final SaStateFile file;
    private final StateMemory memory;
    private final long record;
    private final long received;
    private final SaSettings.Direction direction;
    private final String name;
    private final SaKey.Fingerprint fingerprint;
    private final long ivOffset;
    private final Usage before;
    private final boolean fresh;
    // Until this one succeeds them.
    private List<SaSlot> former;
    private boolean retired;
    private boolean superseded;

    /**
     * Begins behind everything that the record has, and behind {@code ivFloor}.
     *
     * @param record where it begins in the memory
     * @param received address of the number received last, of an inbound SA
     * @param former of removed SAs with the key, whose records are theirs until {@link #succeed}
     * @param fresh whether nobody had the record before
     */
    SaSlot(
            SaStateFile file,
            StateMemory memory,
            long record,
            long received,
            SaSettings settings,
            long ivFloor,
            List<SaSlot> former,
            boolean fresh) {
        this.file = file;
        this.memory = memory;
        this.record = record;
        this.received = received;
        this.direction = settings.direction();
        this.name = settings.name();
        this.fingerprint = settings.key().fingerprint();
        this.former = former;
        this.fresh = fresh;
        this.before = new Usage(
                memory.getLong(record + AGE_OFFSET),
                memory.getLong(record + BYTES_OFFSET),
                memory.getLong(record + PACKETS_OFFSET));
        this.ivOffset = Math.max(memory.getLong(record + IV_OFFSET), ivFloor) - sequence();
    }

    /**
     * What lives before this one used of a lifetime.
     *
     * @param ageNs since the key was first added, by the monotonic clock while a process had it
     */
    record Usage(long ageNs, long bytes, long packets) {}

    /** What lives before this one used. */
    Usage before() {
        return before;
    }

    /** Keeps for the next life what was used in this one too, and what was received. Reaches the file with its next write. */
    void used(SaCounters counters) {
        if (!superseded) {
            memory.putLong(record + BYTES_OFFSET, before.bytes() + counters.bytes());
            memory.putLong(record + PACKETS_OFFSET, before.packets() + counters.packets());
        }
        if (direction == SaSettings.Direction.INBOUND) {
            memory.putLong(record + SEQUENCE_OFFSET, sequence());
        }
    }

    /** Keeps the age for the next life, if it has grown enough to be worth a write: what follows is time without the process. */
    void age(long ageNs) {
        if (!superseded && ageNs - memory.getLong(record + AGE_OFFSET) >= KEEP_AGE_NS) {
            memory.putLong(record + AGE_OFFSET, ageNs);
            memory.putLong(record + KEPT_OFFSET, file.epochNs());
        }
    }

    /** How a record writes a direction; 0 is for an unused one. */
    static int code(SaSettings.Direction direction) {
        return direction == SaSettings.Direction.INBOUND ? INBOUND : OUTBOUND;
    }

    /** Sequence numbers that are reserved at a time. */
    long block() {
        return file.block();
    }

    /** Where it begins in the memory of its file. */
    long record() {
        return record;
    }

    String name() {
        return name;
    }

    SaKey.Fingerprint fingerprint() {
        return fingerprint;
    }

    /** The number that is reserved or was received; the first of an outbound SA in this life is one more. */
    long sequence() {
        return direction == SaSettings.Direction.INBOUND
                ? Memory.readLong(received)
                : memory.getLong(record + SEQUENCE_OFFSET);
    }

    /** What sequence numbers of this life and IVs differ by. */
    long ivOffset() {
        return ivOffset;
    }

    /** Puts on the disk that everything up to this sequence number may have been sent. 0 or a negative errno. */
    int reserve(long sequence) {
        if (superseded) {
            return -ESTALE;
        }
        memory.putLong(record + IV_OFFSET, ivOffset + sequence);
        memory.putLong(record + SEQUENCE_OFFSET, sequence);
        return memory.save();
    }

    /** Keeps the highest number received: beyond this process at once, on the disk within the next force. Never waits. */
    void received(long sequence) {
        Memory.writeLong(received, sequence);
    }

    void retire(boolean retires) {
        retired = retires;
    }

    boolean retired() {
        return retired;
    }

    /** The SA goes on where the reserves of removed ones with its key end: those must not be moved any more. */
    void succeed() {
        for (SaSlot other : former) {
            other.superseded = true;
            file.closed(other);
        }
        former = List.of();
    }

    /** Ends the life of an outbound SA, which used up to that number; the rest of the reserve is free again. */
    void giveBack(long used) {
        if (!superseded) {
            memory.putLong(record + SEQUENCE_OFFSET, used);
            memory.putLong(record + IV_OFFSET, ivOffset + used);
            file.closed(this);
        }
    }

    /** Behind the end of an SA that was never published: of a key that no packet had, nothing needs to be known. */
    void withdraw() {
        if (fresh) {
            memory.putInt(record + DIRECTION_OFFSET, 0);
        }
    }

    /** Ends the life of an inbound SA. Its number stays as the worker wrote it, who may write it still for one that was kept. */
    void release() {
        file.closed(this);
    }
}
