package io.weir.ipsec.sa;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.weir.kernel.KernelException;

/**
 * What must be known of SAs after a restart, in a file: sequence numbers and IVs that may have been sent, those received, and what was
 * used of its lifetime. A record belongs to a direction, an SPI and a key, of which it keeps a fingerprint.
 *
 * <p>Numbers are reserved ahead of their use and forced to the disk, so that neither a killed process nor a lost power supply makes a
 * host use one twice: with AES-GCM, two packets with one IV would give away the key of their authentication. IVs also begin no lower
 * than the wall clock in nanoseconds, which no host's packets outrun: an SA whose record is lost does not repeat one either, if only the
 * clock is not set back.
 *
 * <p>Ages are counted by the monotonic clock while a process has the SA. To that the wall clock adds the time without one, unless it was
 * set meanwhile: a host whose clock is wrong at boot neither ends the life of an SA nor renews it.
 *
 * <p>No packet waits for the disk: the worker stores what it has received in the memory of {@link ReceivedNumbers}, which a killed
 * process leaves behind; the control thread copies it here. Only a machine that stops by itself forgets what was received since the last
 * force.
 *
 * <pre>
 *   header of 128 bytes: magic, version, records | records of {@link SaSlot#LENGTH} bytes each
 * </pre>
 *
 * <p>Threading: the control thread; {@link #force} any thread. One process at a time; it outlives every {@link Sad} that uses it.
 */
public final class SaStateFile implements AutoCloseable {
    /** SAs that a file has room for. */
    public static final int RECORDS = 4096;

    /** Sequence numbers reserved ahead: seconds of the fastest traffic; a kill costs as many, of 2^32 without ESN. */
    static final long BLOCK = 1L << 22;

    private static final long MAGIC = 0x5745_4952_5341_4631L; // "WEIRSAF1", written in the machine's own order
    private static final int VERSION = 3;
    // Had the time that a key was first added in place of the age.
    private static final int VERSION_WITHOUT_AGE = 2;
    private static final int VERSION_OFFSET = 8;
    private static final int RECORDS_OFFSET = 12;
    private static final int HEADER_LENGTH = StateMemory.UNIT;
    private static final long FILE_LENGTH = HEADER_LENGTH + (long) RECORDS * SaSlot.LENGTH;

    // A clock that tells of a longer time without the process is, or was, wrong.
    private static final long DOWNTIME_MAX_NS = 366L * 86_400 * 1_000_000_000;

    private final StateMemory memory;
    private final ReceivedNumbers received;
    private final LongSupplier epochNs;
    private final long block;
    private final List<SaSlot> open = new ArrayList<>();
    // Whether a record gave way to another's: what it knew is not in the memory any more.
    private boolean evicted;

    private SaStateFile(StateMemory memory, ReceivedNumbers received, LongSupplier epochNs, long block) {
        this.memory = memory;
        this.received = received;
        this.epochNs = epochNs;
        this.block = block;
    }

    /**
     * Opens the file, made when missing, for the owner and this process only.
     *
     * @param received file for numbers received, in a folder on tmpfs; made when missing
     * @param epochNs the wall clock, in nanoseconds since 1970
     * @throws KernelException when one cannot be opened or read, or another process has them
     * @throws IllegalArgumentException when it is something else, or of another version
     */
    public static SaStateFile open(Path path, Path received, LongSupplier epochNs) {
        return open(path, received, epochNs, BLOCK);
    }

    /** With a smaller reserve, for tests. */
    static SaStateFile open(Path path, Path received, LongSupplier epochNs, long block) {
        StateMemory memory = StateMemory.open(path, FILE_LENGTH);
        try {
            begin(path, memory);
            return new SaStateFile(memory, ReceivedNumbers.open(received, RECORDS), epochNs, block);
        } catch (IllegalArgumentException | KernelException refused) {
            memory.undo();
            memory.release();
            throw refused;
        }
    }

    /** State that ends with the process, for SAs whose keys do so too. IVs still begin at the wall clock. */
    public static SaStateFile inMemory(LongSupplier epochNs) {
        return new SaStateFile(StateMemory.unkept(FILE_LENGTH), ReceivedNumbers.unkept(RECORDS), epochNs, BLOCK);
    }

    private static void begin(Path path, StateMemory memory) {
        if (memory.getLong(0) == 0) {
            memory.putInt(VERSION_OFFSET, VERSION);
            memory.putInt(RECORDS_OFFSET, RECORDS);
            memory.putLong(0, MAGIC);
        }
        if (memory.getLong(0) != MAGIC) {
            throw refusal(path, "is not a state file of SAs");
        }
        if (memory.getInt(VERSION_OFFSET) == VERSION_WITHOUT_AGE) {
            addAges(memory);
        }
        int version = memory.getInt(VERSION_OFFSET);
        if (version != VERSION || memory.getInt(RECORDS_OFFSET) != RECORDS) {
            throw refusal(path, "has version " + version + ", this Weir writes " + VERSION);
        }
    }

    private static void addAges(StateMemory memory) {
        for (int i = 0; i < RECORDS; i++) {
            long opened = memory.getLong(record(i) + SaSlot.OPENED_OFFSET);
            long added = memory.getLong(record(i) + SaSlot.KEPT_OFFSET);
            memory.putLong(record(i) + SaSlot.AGE_OFFSET, plausible(opened - added));
            memory.putLong(record(i) + SaSlot.KEPT_OFFSET, opened);
        }
        memory.putInt(VERSION_OFFSET, VERSION);
    }

    /** A time between two moments of the wall clock, 0 when it was set in between. */
    private static long plausible(long ns) {
        return ns >= 0 && ns <= DOWNTIME_MAX_NS ? ns : 0;
    }

    private static IllegalArgumentException refusal(Path path, String what) {
        return new IllegalArgumentException(
                path + " " + what + "; remove it and give every SA a new key, since peers refuse numbers used before");
    }

    /**
     * The record of an SA, an old one if there is one. Removed SAs with its key keep theirs until {@link SaSlot#succeed}.
     *
     * @throws IllegalArgumentException when another SA of either direction uses the key, or one of the other direction has used it
     * @throws IllegalStateException when the file is full
     */
    SaSlot slot(SaSettings settings) {
        SaKey.Fingerprint key = settings.key().fingerprint();
        List<SaSlot> former = former(settings, key);
        requireOneDirection(settings, key);
        long now = epochNs.getAsLong();
        long[] sameKey = IntStream.range(0, RECORDS)
                .mapToLong(SaStateFile::record)
                .filter(any -> matches(any, settings.direction(), key))
                .toArray();
        long ivFloor = Math.max(now, highest(sameKey, SaSlot.IV_OFFSET));
        long opened = Math.max(now, highest(sameKey, SaSlot.OPENED_OFFSET));
        // Of all its SPIs: what a key may encrypt does not begin anew with another one.
        long age = LongStream.of(sameKey)
                .map(same -> memory.getLong(same + SaSlot.AGE_OFFSET)
                        + plausible(now - memory.getLong(same + SaSlot.KEPT_OFFSET)))
                .max()
                .orElse(0);
        long bytes = highest(sameKey, SaSlot.BYTES_OFFSET);
        long packets = highest(sameKey, SaSlot.PACKETS_OFFSET);
        OptionalLong known = LongStream.of(sameKey)
                .filter(same -> memory.getInt(same + SaSlot.SPI_OFFSET) == settings.spi())
                .findFirst();
        long record = known.orElseGet(() -> fresh(settings, key));
        memory.putLong(record + SaSlot.OPENED_OFFSET, opened);
        memory.putLong(record + SaSlot.KEPT_OFFSET, now);
        memory.putLong(record + SaSlot.AGE_OFFSET, age);
        memory.putLong(record + SaSlot.BYTES_OFFSET, bytes);
        memory.putLong(record + SaSlot.PACKETS_OFFSET, packets);
        long number = received(settings, key, record);
        SaSlot slot = new SaSlot(this, memory, record, number, settings, ivFloor, former, known.isEmpty());
        open.add(slot);
        return slot;
    }

    /** Address of the number received, which is the higher of what the file and the memory of before have. */
    private long received(SaSettings settings, SaKey.Fingerprint key, long record) {
        if (settings.direction() != SaSettings.Direction.INBOUND) {
            return 0;
        }
        long sequence = memory.getLong(record + SaSlot.SEQUENCE_OFFSET);
        int place = (int) ((record - HEADER_LENGTH) / SaSlot.LENGTH);
        return received.address(place, settings.spi(), SaSlot.code(settings.direction()), key, sequence);
    }

    private long highest(long[] records, int offset) {
        return LongStream.of(records)
                .map(record -> memory.getLong(record + offset))
                .max()
                .orElse(0);
    }

    /**
     * SAs of this direction with the key that were removed: numbers go on behind their reserve. With one in use they would be used
     * twice. One in use in the other direction means that two hosts seal under one key and salt, whose IVs both begin at the clock.
     */
    private List<SaSlot> former(SaSettings settings, SaKey.Fingerprint key) {
        List<SaSlot> sameKey =
                open.stream().filter(other -> other.fingerprint().equals(key)).toList();
        for (SaSlot other : sameKey) {
            if (!other.retired()) {
                throw new IllegalArgumentException(settings.name() + ": its key is that of " + other.name()
                        + " in use; give every SA a key of its own");
            }
        }
        return sameKey.stream()
                .filter(other -> matches(other.record(), settings.direction(), key))
                .toList();
    }

    /** What this host has sealed is authentic: whoever recorded it could send it back, if the key opened packets in a later life. */
    private void requireOneDirection(SaSettings settings, SaKey.Fingerprint key) {
        SaSettings.Direction other = settings.direction() == SaSettings.Direction.INBOUND
                ? SaSettings.Direction.OUTBOUND
                : SaSettings.Direction.INBOUND;
        if (IntStream.range(0, RECORDS).anyMatch(i -> matches(record(i), other, key))) {
            throw new IllegalArgumentException(
                    settings.name() + ": its key was used in the other direction before; give it a new key");
        }
    }

    private boolean matches(long record, SaSettings.Direction direction, SaKey.Fingerprint key) {
        return memory.getInt(record + SaSlot.DIRECTION_OFFSET) == SaSlot.code(direction)
                && memory.getLong(record + SaSlot.FINGERPRINT_OFFSET) == key.high()
                && memory.getLong(record + SaSlot.FINGERPRINT_OFFSET + Long.BYTES) == key.low();
    }

    private long fresh(SaSettings settings, SaKey.Fingerprint key) {
        long record = free().orElseThrow(() -> new IllegalStateException(settings.name() + ": " + RECORDS
                + " SAs are in use, which is all that their state file has room for; remove some"));
        evicted |= memory.getInt(record + SaSlot.DIRECTION_OFFSET) != 0;
        memory.putInt(record + SaSlot.DIRECTION_OFFSET, 0);
        memory.putLong(record + SaSlot.SEQUENCE_OFFSET, 0);
        memory.putLong(record + SaSlot.IV_OFFSET, 0);
        memory.putLong(record + SaSlot.FINGERPRINT_OFFSET, key.high());
        memory.putLong(record + SaSlot.FINGERPRINT_OFFSET + Long.BYTES, key.low());
        memory.putInt(record + SaSlot.SPI_OFFSET, settings.spi());
        memory.putInt(record + SaSlot.DIRECTION_OFFSET, SaSlot.code(settings.direction()));
        return record;
    }

    /** A record never used, else the one that was opened the longest ago. */
    private Optional<Long> free() {
        for (int i = 0; i < RECORDS; i++) {
            if (memory.getInt(record(i) + SaSlot.DIRECTION_OFFSET) == 0) {
                return Optional.of(record(i));
            }
        }
        Set<Long> inUse = open.stream().map(SaSlot::record).collect(Collectors.toSet());
        return IntStream.range(0, RECORDS)
                .mapToObj(SaStateFile::record)
                .filter(record -> !inUse.contains(record))
                .min(Comparator.comparingLong(this::opened));
    }

    private long opened(long record) {
        return memory.getLong(record + SaSlot.OPENED_OFFSET);
    }

    private static long record(int index) {
        return HEADER_LENGTH + (long) index * SaSlot.LENGTH;
    }

    /** Writes what was changed, so that it outlives this process. 0 or a negative errno. */
    int write() {
        return memory.write();
    }

    /** Writes what was changed and puts it on the disk. 0 or a negative errno. */
    int save() {
        return memory.save();
    }

    /** Puts on the disk what was written. 0 or a negative errno. */
    public int force() {
        return memory.force();
    }

    long epochNs() {
        return epochNs.getAsLong();
    }

    long block() {
        return block;
    }

    void closed(SaSlot slot) {
        open.remove(slot);
    }

    /**
     * After a start that failed: removes the files that were made, unless what they know is needed. Of keys that have sealed or opened
     * a packet it is. Files that were there before stay. Every {@link Sad} that uses it must be closed; {@link #close} comes next.
     */
    public void discard() {
        if (memory.made() && IntStream.range(0, RECORDS).allMatch(i -> unused(record(i))) && !evicted) {
            memory.undo();
            if (received.made()) {
                received.remove();
            }
        } else if (received.made() && memory.save() == 0) {
            received.remove();
        }
    }

    /** Numbers received that were there before this file stay where they are. */
    private boolean unused(long record) {
        boolean inbound = memory.getInt(record + SaSlot.DIRECTION_OFFSET) == SaSlot.code(SaSettings.Direction.INBOUND);
        boolean known = inbound && !received.made();
        return memory.getLong(record + SaSlot.PACKETS_OFFSET) == 0
                && (known || memory.getLong(record + SaSlot.SEQUENCE_OFFSET) == 0);
    }

    /** Every {@link Sad} that uses it must be closed. */
    @Override
    public void close() {
        memory.close();
        received.close();
    }
}
