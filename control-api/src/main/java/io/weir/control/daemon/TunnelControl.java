package io.weir.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.config.HostSettings;
import io.weir.control.config.PeerSettings;
import io.weir.crypto.CryptoLibrary;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.tunnel.Tunnels;
import io.weir.kernel.KernelException;

/** Makes the tunnels of the configuration known, before the switch that opens them. */
final class TunnelControl {
    private static final String STATE_FILE = "sa.state";
    private static final String RECEIVED_FILE = "sa.received";
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(TunnelControl.class);

    private TunnelControl() {}

    /**
     * The tunnels with their first SAs, whose keys are wiped here once they are there.
     *
     * @throws StartException when the state of SAs cannot be kept, or an SA cannot be
     */
    static Tunnels open(HostSettings settings, Undo undo) {
        try {
            SaStateFile state = state(settings);
            undo.after(state, state::discard);
            Tunnels tunnels = undo.after(new Tunnels(CryptoLibrary.best(), state));
            settings.peers().forEach(peer -> add(tunnels, peer));
            if (!settings.peers().isEmpty()) {
                report();
            }
            return tunnels;
        } catch (IOException | KernelException | IllegalArgumentException | IllegalStateException refused) {
            throw new StartException("the tunnels cannot start: " + refused.getMessage());
        }
    }

    /** On the disk, so that no IV is used again after a restart; in memory where there is no SA. */
    private static SaStateFile state(HostSettings settings) throws IOException {
        if (settings.peers().isEmpty()) {
            return SaStateFile.inMemory(TunnelControl::epochNs);
        }
        Path folder = settings.dataDir();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        }
        Path received = settings.runDir().resolve(RECEIVED_FILE);
        return SaStateFile.open(folder.resolve(STATE_FILE), received, TunnelControl::epochNs);
    }

    private static long epochNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NS_PER_SECOND + now.getNano();
    }

    private static void add(Tunnels tunnels, PeerSettings peer) {
        tunnels.add(peer.tunnel());
        peer.tunnel().sas().forEach(sa -> sa.key().destroy());
    }

    private static void report() {
        String slow = CryptoLibrary.fallbackReason();
        if (slow.isEmpty()) {
            LOG.info("ESP is encrypted by {}", CryptoLibrary.best().name());
        } else {
            LOG.warn(
                    "ESP is encrypted by {}, which is slow: {}",
                    CryptoLibrary.best().name(),
                    slow);
        }
    }
}
