package io.weir.datapath.replay;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;

/**
 * Writes frames to a capture file (pcap with nanoseconds, little endian, Ethernet), gathered in off-heap memory and written
 * at the batch's end. Without a file, frames are only counted.
 *
 * <p>The time of all records is zero: the same frames make the same file.
 *
 * <p>Threading: one worker.
 */
final class PcapTransmitter implements Transmitter, AutoCloseable {
    private static final int BUFFER_LENGTH = 1 << 20;
    private static final int RECORD_LENGTH = 16;
    private static final int MAGIC_NANOSECONDS = 0xA1B23C4D;
    private static final int VERSION_2_4 = 2 | (4 << 16);
    private static final int FILE_HEADER_LENGTH = 24;
    private static final int SNAPLEN = 262_144;
    private static final int ETHERNET = 1;
    private static final int O_WRONLY_CREATE_TRUNCATE = 0x1 | 0x40 | 0x200;
    private static final int OWNER_WRITES_ALL_READ = 0644;
    private static final int NO_FILE = -1;

    private final int number;
    private final CounterTable counters;
    private final long buffer;
    private int fd = NO_FILE;
    private int filled;
    private int frames;
    private long bytes;

    PcapTransmitter(int number, @Nullable Path file, CounterTable counters) {
        this.number = number;
        this.counters = counters;
        if (file != null) {
            fd = Errno.require(
                    Syscall.open(file.toString(), O_WRONLY_CREATE_TRUNCATE, OWNER_WRITES_ALL_READ),
                    "create capture file " + file,
                    "make its folder and let it be written");
        }
        buffer = Memory.map(BUFFER_LENGTH);
        header();
    }

    private void header() {
        Memory.writeInt(buffer, MAGIC_NANOSECONDS);
        Memory.writeInt(buffer + 4, VERSION_2_4);
        Memory.writeLong(buffer + 8, 0);
        Memory.writeInt(buffer + 16, SNAPLEN);
        Memory.writeInt(buffer + 20, ETHERNET);
        filled = FILE_HEADER_LENGTH;
        flush();
    }

    @Override
    public int offloads() {
        return 0;
    }

    @Override
    public void transmit(long address, int length) {
        if (filled + RECORD_LENGTH + length > BUFFER_LENGTH) {
            flush();
        }
        long record = buffer + filled;
        Memory.writeLong(record, 0);
        Memory.writeInt(record + 8, length);
        Memory.writeInt(record + 12, length);
        Memory.copy(address, record + RECORD_LENGTH, length);
        filled += RECORD_LENGTH + length;
        frames++;
        bytes += length;
    }

    /** Frames of a write that failed (a full disk) count as refused. */
    @Override
    public void flush() {
        boolean written = fd == NO_FILE || Syscall.write(fd, buffer, filled) == filled;
        if (written) {
            counters.add(number, CounterTable.TX_FRAMES, frames);
            counters.add(number, CounterTable.TX_BYTES, bytes);
        } else {
            counters.drop(number, DropReason.EGRESS_REFUSED.code(), frames);
        }
        filled = 0;
        frames = 0;
        bytes = 0;
    }

    @Override
    public void close() {
        if (fd != NO_FILE) {
            Syscall.close(fd);
        }
        Memory.unmap(buffer, BUFFER_LENGTH);
    }
}
