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
import io.weir.datapath.firewall.FlowRing;
import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.session.SessionTable;
import io.weir.kernel.MappedFile;

/**
 * What one worker's stages remember: who is behind which port, who listens to which group, who has which IP address, who
 * is talking to whom. The MAC table lies in a mapped file, so that a restart does not flood, and the sessions do where policy can
 * be on, so that it cuts nobody off.
 *
 * <p>Threading: one worker.
 */
final class Tables implements AutoCloseable {
    private static final int GROUPS = 4096;
    private static final int NEIGHBOURS = 16_384;
    private static final long NEIGHBOUR_EXPIRY_NS = 300_000_000_000L;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final @Nullable MappedFile file;
    private final @Nullable MappedFile sessionFile;
    private final MacTable macs;
    private final MulticastTable groups;
    private final NeighbourTable neighbours;
    private final Sessions sessions;

    Tables(int worker, SwitchSettings settings, TableUpdates updates, FlowRing flows, long nowNs) {
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
        sessionFile = sessionFile(worker, settings);
        sessions = sessionFile == null
                ? new Sessions(settings.sessions(), random.nextLong(), flows)
                : new Sessions(sessionFile.address(), settings.sessions(), random.nextLong(), bootId(), flows, nowNs);
        groups = new MulticastTable(GROUPS, random.nextLong(), updates);
        neighbours = new NeighbourTable(NEIGHBOURS, NEIGHBOUR_EXPIRY_NS, random.nextLong(), updates);
    }

    /** Several workers have no sessions, as policy is off then. */
    private static @Nullable MappedFile sessionFile(int worker, SwitchSettings settings) {
        Path folder = settings.stateDir();
        return folder == null || settings.workers() > 1
                ? null
                : MappedFile.open(
                        folder.resolve("sessions-" + worker + ".state"), SessionTable.lengthBytes(settings.sessions()));
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

    Sessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        sessions.close();
        if (sessionFile != null) {
            sessionFile.close();
        }
        if (file != null) {
            file.close();
        }
    }
}
