package io.weir.ipsec.sa;

import java.util.List;

import io.weir.kernel.Memory;

/**
 * What {@link SaStateFile} keeps of one SA beyond this process: of an outbound one the sequence number and the IV that are reserved, of
 * an inbound one the highest sequence number received.
 *
 * <pre>
 *    0  SPI          4  direction, 0 when unused     8  fingerprint of the key     24  sequence number
 *   32  IV counter  40  last opened, in epoch ns    48  first added, in epoch ns          56  unused
 *   64  bytes used  72  packets used                80  unused
 * </pre>
 *
 * <p>Threading: the control thread; {@link #received} the worker.
 */
final class SaSlot {
    /** Bytes of a record: two cache lines, each of which reaches the disk as a whole. */
    static final int LENGTH = 128;

    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    private static final int ESTALE = 116;

    static final int SPI_OFFSET = 0;
    static final int DIRECTION_OFFSET = 4;
    static final int FINGERPRINT_OFFSET = 8;
    static final int SEQUENCE_OFFSET = 24;
    static final int IV_OFFSET = 32;
    static final int OPENED_OFFSET = 40;
    static final int ADDED_OFFSET = 48;
    static final int BYTES_OFFSET = 64;
    static final int PACKETS_OFFSET = 72;

    private final SaStateFile file;
    private final long address;
    private final String name;
    private final SaKey.Fingerprint fingerprint;
    private final long ivOffset;
    private final Usage before;
    // Until this one succeeds them.
    private List<SaSlot> former;
    private boolean retired;
    private boolean superseded;

    /**
     * Begins behind everything that the record has, and behind {@code ivFloor}.
     *
     * @param former of removed SAs with the key, whose records are theirs until {@link #succeed}
     */
    SaSlot(
            SaStateFile file,
            long address,
            String name,
            SaKey.Fingerprint fingerprint,
            long ivFloor,
            List<SaSlot> former) {
        this.file = file;
        this.address = address;
        this.name = name;
        this.fingerprint = fingerprint;
        this.former = former;
        this.before = new Usage(
                Math.max(0, Memory.readLong(address + OPENED_OFFSET) - Memory.readLong(address + ADDED_OFFSET)),
                Memory.readLong(address + BYTES_OFFSET),
                Memory.readLong(address + PACKETS_OFFSET));
        this.ivOffset = Math.max(Memory.readLong(address + IV_OFFSET), ivFloor) - sequence();
    }

    /**
     * What lives before this one used of a lifetime.
     *
     * @param ageNs since the key was first added
     */
    record Usage(long ageNs, long bytes, long packets) {}

    /** What lives before this one used. */
    Usage before() {
        return before;
    }

    /** Keeps what was used in this life too, for the next one. */
    void used(SaCounters counters) {
        if (!superseded) {
            Memory.writeLong(address + BYTES_OFFSET, before.bytes() + counters.bytes());
            Memory.writeLong(address + PACKETS_OFFSET, before.packets() + counters.packets());
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

    long address() {
        return address;
    }

    String name() {
        return name;
    }

    SaKey.Fingerprint fingerprint() {
        return fingerprint;
    }

    /** The number that is reserved or was received; the first of an outbound SA in this life is one more. */
    long sequence() {
        return Memory.readLong(address + SEQUENCE_OFFSET);
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
        Memory.writeLong(address + IV_OFFSET, ivOffset + sequence);
        Memory.writeLong(address + SEQUENCE_OFFSET, sequence);
        return file.force();
    }

    /** Keeps the highest number received, beyond this process at once and beyond this machine within the next force. */
    void received(long sequence) {
        Memory.writeLong(address + SEQUENCE_OFFSET, sequence);
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
            Memory.writeLong(address + SEQUENCE_OFFSET, used);
            Memory.writeLong(address + IV_OFFSET, ivOffset + used);
            file.closed(this);
        }
    }

    /** Ends the life of an inbound SA. Its number stays as the worker wrote it, who may write it still for one that was kept. */
    void release() {
        file.closed(this);
    }
}
