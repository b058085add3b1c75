package io.weir.datapath.worker;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.PortException;
import io.weir.kernel.MappedFile;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Which number each port name has. Tables that outlive the process (the MAC table) speak of ports by number, so names keep
 * their numbers across restarts.
 *
 * <pre>
 *   header (64 bytes): magic, version | 1,024 names of 32 ASCII bytes, zero padded
 * </pre>
 *
 * <p>Threading: the control thread.
 */
final class PortNumbers implements AutoCloseable {
    private static final long MAGIC = 0x5745_4952_504F_5254L; // "WEIRPORT"
    private static final int VERSION = 1;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int HEADER_LENGTH = 64;
    private static final int NAME_LENGTH = 32;
    private static final int LENGTH = HEADER_LENGTH + PortSet.MAX_PORTS * NAME_LENGTH;

    private final UnsafeBuffer names = new UnsafeBuffer(0, 0);
    private final PortSet inUse = new PortSet();
    private final @Nullable MappedFile file;

    /** Numbers kept in the file, or in memory only. A file of another version starts anew. */
    PortNumbers(@Nullable MappedFile file) {
        this.file = file;
        if (file == null) {
            names.wrap(BufferUtil.allocateDirectAligned(LENGTH, 64));
        } else {
            names.wrap(file.address(), LENGTH);
        }
        if (names.getLong(MAGIC_OFFSET) != MAGIC || names.getInt(VERSION_OFFSET) != VERSION) {
            names.setMemory(0, LENGTH, (byte) 0);
            names.putInt(VERSION_OFFSET, VERSION);
            names.putLong(MAGIC_OFFSET, MAGIC);
        }
    }

    static int length() {
        return LENGTH;
    }

    /** Whether the name has a number, and no port has it yet. */
    boolean knows(String name) {
        return find(name) >= 0;
    }

    /** The number the name had before, else a number that no name has, else one whose port is gone. */
    int take(String name) {
        int number = find(name);
        if (number < 0) {
            number = find("");
        }
        for (int i = 0; number < 0 && i < PortSet.MAX_PORTS; i++) {
            number = inUse.contains(i) ? -1 : i;
        }
        if (number < 0) {
            throw new PortException(
                    "port \"" + name + "\" is one too many: a switch has " + PortSet.MAX_PORTS + " ports",
                    "remove a port first");
        }
        write(number, name);
        inUse.add(number);
        return number;
    }

    /** The port is gone; its number stays reserved for its name until numbers run out. */
    void release(int number) {
        inUse.remove(number);
    }

    private int find(String name) {
        for (int i = 0; i < PortSet.MAX_PORTS; i++) {
            if (!inUse.contains(i) && name.equals(read(i))) {
                return i;
            }
        }
        return -1;
    }

    private String read(int number) {
        byte[] bytes = new byte[NAME_LENGTH];
        names.getBytes(HEADER_LENGTH + number * NAME_LENGTH, bytes);
        return new String(bytes, US_ASCII).trim();
    }

    private void write(int number, String name) {
        int index = HEADER_LENGTH + number * NAME_LENGTH;
        names.setMemory(index, NAME_LENGTH, (byte) 0);
        names.putBytes(index, name.getBytes(US_ASCII));
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
