package io.weir.datapath.bridge;

import java.util.ArrayList;
import java.util.List;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.VlanSettings;

/**
 * What a former process left in the buffer of a {@link MacTable}, which may be anything: checked header and slots.
 *
 * <p>Threading: used while the table is opened, by one thread.
 */
final class MacTableFile {
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;

    private final UnsafeBuffer buffer;
    private final int capacity;

    /** An address as it was, of a kind that outlives the process. */
    record Saved(long key, long seenNs, int port, int kind) {}

    MacTableFile(UnsafeBuffer buffer, int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("mac table capacity must be a power of two: was " + capacity);
        }
        if (buffer.capacity() < MacTable.bufferLength(capacity)) {
            throw new IllegalArgumentException("mac table of " + capacity + " addresses needs "
                    + MacTable.bufferLength(capacity) + " bytes: the buffer has " + buffer.capacity());
        }
        this.buffer = buffer;
        this.capacity = capacity;
    }

    /** Whether the header says that a table of this format, capacity and boot lies here. */
    boolean matches(long bootId) {
        return buffer.getLong(MacSlots.MAGIC_OFFSET) == MacSlots.MAGIC
                && buffer.getInt(MacSlots.VERSION_OFFSET) == MacSlots.VERSION
                && buffer.getInt(MacSlots.CAPACITY_OFFSET) == capacity
                && buffer.getLong(MacSlots.BOOT_OFFSET) == bootId
                && (buffer.getLong(MacSlots.SEED_A_OFFSET) & buffer.getLong(MacSlots.SEED_B_OFFSET) & 1) == 1;
    }

    /** Writes a header and empties all slots. The magic comes last, so that a half-written header is none. */
    void format(long seed, long bootId) {
        buffer.setMemory(0, MacTable.bufferLength(capacity), (byte) 0);
        buffer.putInt(MacSlots.VERSION_OFFSET, MacSlots.VERSION);
        buffer.putInt(MacSlots.CAPACITY_OFFSET, capacity);
        buffer.putLong(MacSlots.SEED_A_OFFSET, mix(seed) | 1);
        buffer.putLong(MacSlots.SEED_B_OFFSET, mix(seed + 1) | 1);
        buffer.putLong(MacSlots.BOOT_OFFSET, bootId);
        buffer.putLongOrdered(MacSlots.MAGIC_OFFSET, MacSlots.MAGIC);
    }

    /** Takes all usable entries out and empties the slots. */
    List<Saved> drain(long nowNs) {
        List<Saved> saved = new ArrayList<>();
        for (int slot = 0; slot < 2 * capacity; slot++) {
            int at = MacSlots.HEADER_LENGTH + slot * MacSlots.SLOT_LENGTH;
            Saved entry = new Saved(
                    buffer.getLong(at + MacSlots.KEY_OFFSET),
                    buffer.getLong(at + MacSlots.SEEN_OFFSET),
                    buffer.getInt(at + MacSlots.PORT_OFFSET),
                    buffer.getInt(at + MacSlots.KIND_OFFSET) & 0xFFFF);
            if (usable(entry, buffer.getInt(at + MacSlots.KIND_OFFSET) >>> 16, nowNs)) {
                saved.add(entry);
            }
        }
        int slotsLength = 2 * capacity * MacSlots.SLOT_LENGTH;
        buffer.setMemory(MacSlots.HEADER_LENGTH, slotsLength, (byte) 0);
        return saved;
    }

    private static boolean usable(Saved entry, int check, long nowNs) {
        int vlan = MacTable.vlanOf(entry.key());
        long mac = entry.key() & MAC_MASK;
        return vlan >= VlanSettings.MIN_VLAN
                && vlan <= VlanSettings.MAX_VLAN
                && mac != 0
                && !GroupAddresses.isGroup(mac)
                && entry.port() >= 0
                && entry.port() < PortSet.MAX_PORTS
                && (entry.kind() == MacTable.LEARNED || entry.kind() == MacTable.STICKY)
                && check == MacSlots.check(entry.key(), entry.port(), entry.kind())
                && nowNs - entry.seenNs() >= 0;
    }

    /** Spreads a seed over 64 bits (the finalizer of SplitMix64). */
    private static long mix(long seed) {
        long z = seed + 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
