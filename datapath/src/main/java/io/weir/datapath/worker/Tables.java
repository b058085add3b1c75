package io.weir.datapath.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.MulticastTable;
import io.weir.datapath.bridge.NeighbourTable;
import io.weir.datapath.bridge.TableUpdates;
import io.weir.datapath.port.SwitchSettings;
import io.weir.kernel.MappedFile;

/**
 * What one worker's stages remember: who is behind which port, who listens to which group, who has which IP address. The MAC
 * table lies in a mapped file, so that a restart does not flood.
 *
 * <p>Threading: one worker.
 */
final class Tables implements AutoCloseable {
    private static final int GROUPS = 4096;
    private static final int NEIGHBOURS = 16_384;
    private static final long NEIGHBOUR_EXPIRY_NS = 300_000_000_000L;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final @Nullable MappedFile file;
    private final MacTable macs;
    private final MulticastTable groups;
    private final NeighbourTable neighbours;

    Tables(int worker, SwitchSettings settings, TableUpdates updates, long nowNs) {
        SecureRandom random = new SecureRandom();
        Path folder = settings.stateDir();
        int capacity = settings.macTableCapacity();
        if (folder == null) {
            file = null;
            macs = MacTable.create(capacity, random.nextLong(), settings.ageingNs(), updates);
        } else {
            file = MappedFile.open(folder.resolve("fdb-" + worker + ".state"), MacTable.bufferLength(capacity));
            macs = MacTable.open(
                    new UnsafeBuffer(file.address(), MacTable.bufferLength(capacity)),
                    capacity,
                    random.nextLong(),
                    bootId(),
                    settings.ageingNs(),
                    nowNs,
                    port -> port,
                    updates);
        }
        groups = new MulticastTable(GROUPS, random.nextLong(), updates);
        neighbours = new NeighbourTable(NEIGHBOURS, NEIGHBOUR_EXPIRY_NS, random.nextLong(), updates);
    }

    /** Times of the monotonic clock mean something only within one boot; without an id, saved tables start anew. */
    private static long bootId() {
        try {
            return Files.readString(BOOT_ID).hashCode();
        } catch (IOException e) {
            return System.nanoTime();
        }
    }

    MacTable macs() {
        return macs;
    }

    MulticastTable groups() {
        return groups;
    }

    NeighbourTable neighbours() {
        return neighbours;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
