package io.weir.ipsec.sa;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.MappedFile;
import io.weir.kernel.Memory;

/**
 * The highest sequence number received of each inbound SA, where the worker stores it for every packet: memory that outlives the process
 * but no disk is behind. It is mapped from a file on tmpfs, which is never forced, whose pages are there from the start and whose stores
 * neither wait nor fail. {@link SaStateFile} copies the numbers to the disk and takes the higher of both after a restart.
 *
 * <p>A place belongs to the SA that it names, as SPI, direction and fingerprint stand in the first half of an {@link SaSlot}; there is
 * one for each record, at a distance that keeps workers out of each other's cache lines.
 *
 * <p>Threading: the control thread; the address of a place goes to the worker, which alone stores there.
 */
final class ReceivedNumbers implements AutoCloseable {
    private final @Nullable MappedFile file;
    private final long length;
    private final long base;

    private ReceivedNumbers(@Nullable MappedFile file, long length, long base) {
        this.file = file;
        this.length = length;
        this.base = base;
    }

    /** Kept in that file while the machine runs. @throws KernelException when it cannot be opened or mapped */
    static ReceivedNumbers open(Path path, int places) {
        long length = (long) places * SaSlot.LENGTH;
        MappedFile file = MappedFile.open(path, length);
        return new ReceivedNumbers(file, length, file.address());
    }

    /** Lost with the process. */
    static ReceivedNumbers unkept(int places) {
        long length = (long) places * SaSlot.LENGTH;
        return new ReceivedNumbers(null, length, Memory.map(length));
    }

    /**
     * Address of the number of an SA, which is at least {@code sequence} now. A worker may be storing there for a removed SA of the same
     * name: such a number is higher, and stays.
     */
    long address(int place, int spi, int direction, SaKey.Fingerprint key, long sequence) {
        long at = base + (long) place * SaSlot.LENGTH;
        long number = at + SaSlot.SEQUENCE_OFFSET;
        boolean same = Memory.readInt(at + SaSlot.SPI_OFFSET) == spi
                && Memory.readInt(at + SaSlot.DIRECTION_OFFSET) == direction
                && Memory.readLong(at + SaSlot.FINGERPRINT_OFFSET) == key.high()
                && Memory.readLong(at + SaSlot.FINGERPRINT_OFFSET + Long.BYTES) == key.low();
        if (!same) {
            Memory.writeInt(at + SaSlot.DIRECTION_OFFSET, 0);
            Memory.writeInt(at + SaSlot.SPI_OFFSET, spi);
            Memory.writeLong(at + SaSlot.FINGERPRINT_OFFSET, key.high());
            Memory.writeLong(at + SaSlot.FINGERPRINT_OFFSET + Long.BYTES, key.low());
            Memory.writeLong(number, sequence);
            Memory.writeInt(at + SaSlot.DIRECTION_OFFSET, direction);
        } else if (Memory.readLong(number) < sequence) {
            Memory.writeLong(number, sequence);
        }
        return number;
    }

    /** Whether there was no such file before. */
    boolean made() {
        return file != null && file.made();
    }

    /** Removes the file; the memory stays. */
    void remove() {
        if (file != null) {
            file.remove();
        }
    }

    @Override
    public void close() {
        if (file == null) {
            Memory.unmap(base, length);
        } else {
            file.close();
        }
    }
}
