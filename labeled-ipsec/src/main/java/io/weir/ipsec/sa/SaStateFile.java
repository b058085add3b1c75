package io.weir.ipsec.sa;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.KernelException;
import io.weir.kernel.MappedFile;
import io.weir.kernel.Memory;

/**
 * What must be known of SAs after a restart, in a mapped file: sequence numbers and IVs that may have been sent, those received, and
 * what was used of its lifetime. A record belongs to a direction, an SPI and a key, of which it keeps a fingerprint.
 *
 * <p>Numbers are reserved ahead of their use and forced to the disk, so that neither a killed process nor a lost power supply makes a
 * host use one twice: with AES-GCM, two packets with one IV would give away the key of their authentication. IVs also begin no lower
 * than the wall clock in nanoseconds, which no host's packets outrun: an SA whose record is lost does not repeat one either, if only the
 * clock is not set back.
 *
 * <pre>
 *   header of 128 bytes: magic, version, records | records of {@link SaSlot#LENGTH} bytes each
 * </pre>
 *
 * <p>Threading: the control thread. One process at a time; it outlives every {@link Sad} that uses it.
 */
public final class SaStateFile implements AutoCloseable {
    /** SAs that a file has room for. */
    public static final int RECORDS = 4096;

    /** Sequence numbers reserved ahead: seconds of the fastest traffic; a kill costs as many, of 2^32 without ESN. */
    static final long BLOCK = 1L << 22;

    private static final long MAGIC = 0x5745_4952_5341_4631L; // "WEIRSAF1", written in the machine's own order
    private static final int VERSION = 2;
    private static final int VERSION_OFFSET = 8;
    private static final int RECORDS_OFFSET = 12;
    private static final int HEADER_LENGTH = 128;
    private static final long FILE_LENGTH = HEADER_LENGTH + (long) RECORDS * SaSlot.LENGTH;

    private final @Nullable MappedFile file;
    private final long base;
    private final LongSupplier epochNs;
    private final long block;
    private final List<SaSlot> open = new ArrayList<>();

    private SaStateFile(@Nullable MappedFile file, long base, LongSupplier epochNs, long block) {
        this.file = file;
        this.base = base;
        this.epochNs = epochNs;
        this.block = block;
    }

    /**
     * Opens the file, made when missing, for the owner only.
     *
     * @param epochNs the wall clock, in nanoseconds since 1970
     * @throws KernelException when it cannot be opened or mapped
     * @throws IllegalArgumentException when it is something else, or of another version
     */
    public static SaStateFile open(Path path, LongSupplier epochNs) {
        return open(path, epochNs, BLOCK);
    }

    /** With a smaller reserve, for tests. */
    static SaStateFile open(Path path, LongSupplier epochNs, long block) {
        MappedFile file = MappedFile.open(path, FILE_LENGTH);
        try {
            SaStateFile opened = new SaStateFile(file, file.address(), epochNs, block);
            opened.begin(path);
            return opened;
        } catch (IllegalArgumentException refused) {
            file.close();
            throw refused;
        }
    }

    /** State that ends with the process, for SAs whose keys do so too. IVs still begin at the wall clock. */
    public static SaStateFile inMemory(LongSupplier epochNs) {
        return new SaStateFile(null, Memory.map(FILE_LENGTH), epochNs, BLOCK);
    }

    private void begin(Path path) {
        if (Memory.readLong(base) == 0) {
            Memory.writeInt(base + VERSION_OFFSET, VERSION);
            Memory.writeInt(base + RECORDS_OFFSET, RECORDS);
            Memory.writeLong(base, MAGIC);
        }
        if (Memory.readLong(base) != MAGIC) {
            throw refusal(path, "is not a state file of SAs");
        }
        int version = Memory.readInt(base + VERSION_OFFSET);
        if (version != VERSION || Memory.readInt(base + RECORDS_OFFSET) != RECORDS) {
            throw refusal(path, "has version " + version + ", this Weir writes " + VERSION);
        }
    }

    private static IllegalArgumentException refusal(Path path, String what) {
        return new IllegalArgumentException(
                path + " " + what + "; remove it and give every SA a new key, since peers refuse numbers used before");
    }

    /**
     * The record of an SA, an old one if there is one. Removed SAs with its key keep theirs until {@link SaSlot#succeed}.
     *
     * @throws IllegalArgumentException when another SA of either direction uses the key
     * @throws IllegalStateException when the file is full
     */
    SaSlot slot(SaSettings settings) {
        SaKey.Fingerprint key = settings.key().fingerprint();
        List<SaSlot> former = former(settings, key);
        long now = epochNs.getAsLong();
        long[] sameKey = IntStream.range(0, RECORDS)
                .mapToLong(this::record)
                .filter(record -> matches(record, settings.direction(), key))
                .toArray();
        long ivFloor = Math.max(now, highest(sameKey, SaSlot.IV_OFFSET));
        // A clock that was set back does not make an SA younger than it was at its last start.
        long opened = Math.max(now, highest(sameKey, SaSlot.OPENED_OFFSET));
        // Of all its SPIs: what a key may encrypt does not begin anew with another one.
        long added = LongStream.of(sameKey)
                .map(record -> Memory.readLong(record + SaSlot.ADDED_OFFSET))
                .min()
                .orElse(now);
        long bytes = highest(sameKey, SaSlot.BYTES_OFFSET);
        long packets = highest(sameKey, SaSlot.PACKETS_OFFSET);
        long address = LongStream.of(sameKey)
                .filter(record -> Memory.readInt(record + SaSlot.SPI_OFFSET) == settings.spi())
                .findFirst()
                .orElseGet(() -> fresh(settings, key));
        Memory.writeLong(address + SaSlot.OPENED_OFFSET, opened);
        Memory.writeLong(address + SaSlot.ADDED_OFFSET, added);
        Memory.writeLong(address + SaSlot.BYTES_OFFSET, bytes);
        Memory.writeLong(address + SaSlot.PACKETS_OFFSET, packets);
        SaSlot slot = new SaSlot(this, address, settings.name(), key, ivFloor, former);
        open.add(slot);
        return slot;
    }

    private static long highest(long[] records, int offset) {
        return LongStream.of(records)
                .map(record -> Memory.readLong(record + offset))
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
                .filter(other -> matches(other.address(), settings.direction(), key))
                .toList();
    }

    private static boolean matches(long record, SaSettings.Direction direction, SaKey.Fingerprint key) {
        return Memory.readInt(record + SaSlot.DIRECTION_OFFSET) == SaSlot.code(direction)
                && Memory.readLong(record + SaSlot.FINGERPRINT_OFFSET) == key.high()
                && Memory.readLong(record + SaSlot.FINGERPRINT_OFFSET + Long.BYTES) == key.low();
    }

    private long fresh(SaSettings settings, SaKey.Fingerprint key) {
        long address = free().orElseThrow(() -> new IllegalStateException(settings.name() + ": " + RECORDS
                + " SAs are in use, which is all that their state file has room for; remove some"));
        Memory.writeInt(address + SaSlot.DIRECTION_OFFSET, 0);
        Memory.writeLong(address + SaSlot.SEQUENCE_OFFSET, 0);
        Memory.writeLong(address + SaSlot.IV_OFFSET, 0);
        Memory.writeLong(address + SaSlot.FINGERPRINT_OFFSET, key.high());
        Memory.writeLong(address + SaSlot.FINGERPRINT_OFFSET + Long.BYTES, key.low());
        Memory.writeInt(address + SaSlot.SPI_OFFSET, settings.spi());
        Memory.writeInt(address + SaSlot.DIRECTION_OFFSET, SaSlot.code(settings.direction()));
        return address;
    }

    /** A record never used, else the one that was opened the longest ago. */
    private Optional<Long> free() {
        for (int i = 0; i < RECORDS; i++) {
            if (Memory.readInt(record(i) + SaSlot.DIRECTION_OFFSET) == 0) {
                return Optional.of(record(i));
            }
        }
        Set<Long> inUse = open.stream().map(SaSlot::address).collect(Collectors.toSet());
        return IntStream.range(0, RECORDS)
                .mapToObj(this::record)
                .filter(record -> !inUse.contains(record))
                .min(Comparator.comparingLong(SaStateFile::opened));
    }

    private static long opened(long record) {
        return Memory.readLong(record + SaSlot.OPENED_OFFSET);
    }

    private long record(int index) {
        return base + HEADER_LENGTH + (long) index * SaSlot.LENGTH;
    }

    /** Puts everything on the disk. 0 or a negative errno. */
    public int force() {
        return file == null ? 0 : file.force();
    }

    long block() {
        return block;
    }

    void closed(SaSlot slot) {
        open.remove(slot);
    }

    /** Unmaps; every {@link Sad} that uses it must be closed. */
    @Override
    public void close() {
        if (file == null) {
            Memory.unmap(base, FILE_LENGTH);
        } else {
            int ignored = file.force();
            file.close();
        }
    }
}
