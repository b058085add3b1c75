package io.weir.ipsec.tunnel;

import java.util.HashSet;
import java.util.Set;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.esp.EspInbound;
import io.weir.ipsec.esp.EspOutbound;
import io.weir.kernel.Memory;

/**
 * ESP's shape without its cryptography, for tests that look at the device around it: SPI (256 and the level), sequence number, the
 * inner packet, and its next header as the last byte.
 */
final class ClearEsp implements EspOutbound, EspInbound {
    static final int HEADER = 8;
    static final int OVERHEAD = HEADER + 1;

    /** Levels that have an SA. */
    final Set<Integer> levels = new HashSet<>(Set.of(0));

    /** Bytes that each inner packet is padded to at least. */
    int tfcLength;

    int refuseNext;
    private int sequence;
    private int nextHeader;
    private int level;

    ClearEsp(Integer... levels) {
        this.levels.addAll(Set.of(levels));
    }

    @Override
    public int seal(int level, long inner, int innerLength, int nextHeader, long out, long nowNs) {
        if (!levels.contains(level)) {
            return -DropReason.ESP_NO_SA.code();
        }
        Memory.writeInt(out, Integer.reverseBytes(256 + level));
        Memory.writeInt(out + 4, Integer.reverseBytes(++sequence));
        Memory.copy(inner, out + HEADER, innerLength);
        Memory.writeByte(out + HEADER + innerLength, (byte) nextHeader);
        return Math.max(innerLength, tfcLength) + OVERHEAD;
    }

    @Override
    public int innerCapacity(int level, int espLength) {
        if (!levels.contains(level)) {
            return -DropReason.ESP_NO_SA.code();
        }
        int capacity = espLength - OVERHEAD;
        return capacity < tfcLength ? -DropReason.ESP_MTU_EXCEEDED.code() : capacity;
    }

    @Override
    public int open(long packet, int length, long out, long nowNs) {
        if (refuseNext != 0) {
            int reason = refuseNext;
            refuseNext = 0;
            return -reason;
        }
        if (length < OVERHEAD) {
            return -DropReason.ESP_TRUNCATED.code();
        }
        level = Integer.reverseBytes(Memory.readInt(packet)) - 256;
        if (!levels.contains(level)) {
            return -DropReason.ESP_SPI_UNKNOWN.code();
        }
        nextHeader = Memory.readByte(packet + length - 1) & 0xFF;
        int inner = length - OVERHEAD;
        Memory.copy(packet + HEADER, out, inner);
        // What lies behind the inner packet is anybody's: real ciphers write padding there.
        for (int i = inner; i < length; i++) {
            Memory.writeByte(out + i, (byte) 0xEE);
        }
        return inner;
    }

    @Override
    public int nextHeader() {
        return nextHeader;
    }

    @Override
    public int level() {
        return level;
    }

    @Override
    public void close() {}
}
