package io.weir.perf.ipsec;

import java.util.List;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.packet.PacketBatch;
import io.weir.ipsec.esp.EspSealer;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Memory;
import io.weir.perf.firewall.FirewallPipeline;
import io.weir.perf.firewall.StubPolicy;
import io.weir.perf.firewall.UdpBatch;

/**
 * Packets of sixteen levels, all with the same five-tuple and in turns, through the firewall's sessions into ESP: each must leave on the SA
 * of its own level.
 */
final class LevelIsolation {
    private static final int LEVELS = 16;
    private static final int FIRST_SPI = 0x1000;
    private static final int ETHERNET = 143;
    private static final int ROOM = 2048;
    private static final long MAINTAINED_EVERY = 1024;
    private static final List<String> PORTS = List.of("guest", "tunnel");

    /** How many of so many packets leave on an SA that is not their level's, or not at all. */
    long wrong(long packets) {
        StubPolicy policy = new StubPolicy(PORTS);
        long out = Memory.map(ROOM);
        try (SaStateFile state = SaStateFile.inMemory(() -> 0);
                Sad sad = new Sad(CryptoLibrary.best(), state);
                EspSealer sealer = new EspSealer(sad);
                FirewallPipeline pipeline = new FirewallPipeline(PORTS, 1 << 10);
                UdpBatch frames = new UdpBatch()) {
            for (int level = 1; level <= LEVELS; level++) {
                sad.add(settings(level), UdpBatch.NOW_NS);
            }
            pipeline.take(policy);
            pipeline.learn(UdpBatch.RECEIVER_MAC, UdpBatch.EGRESS_PORT, UdpBatch.NOW_NS);
            return wrong(packets, sad, sealer, pipeline, frames, out);
        } finally {
            Memory.unmap(out, ROOM);
        }
    }

    private static long wrong(
            long packets, Sad sad, EspSealer sealer, FirewallPipeline pipeline, UdpBatch frames, long out) {
        long wrong = 0;
        long batches = 0;
        for (long done = 0; done < packets; done += PacketBatch.CAPACITY) {
            if (batches++ % MAINTAINED_EVERY == 0) {
                int _ = sad.maintain();
            }
            PacketBatch batch = frames.refilled();
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                batch.label(i, level(done + i));
            }
            int _ = pipeline.process(batch);
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                wrong += sealedRightly(sealer, batch, i, level(done + i), out) ? 0 : 1;
            }
        }
        return wrong;
    }

    /** Runs of one level have all lengths, so that neither batches nor the four flows of a batch hide a mistake. */
    private static int level(long packet) {
        return 1 + (int) (((packet * 0x9E37_79B9L) >>> 13) % LEVELS);
    }

    private static boolean sealedRightly(EspSealer sealer, PacketBatch batch, int i, int level, long out) {
        if (!batch.forwarded(i)) {
            return false;
        }
        int length = sealer.seal(batch.label(i), batch.address(i), batch.length(i), ETHERNET, out, UdpBatch.NOW_NS);
        return length > 0 && Integer.reverseBytes(Memory.readInt(out)) == FIRST_SPI + level;
    }

    private static SaSettings settings(int level) {
        byte[] material = new byte[EspCipher.AES_256_GCM_16.algorithm().materialLength()];
        material[0] = (byte) level;
        return new SaSettings(
                SaSettings.Direction.OUTBOUND,
                FIRST_SPI + level,
                level,
                "s" + (level - 1),
                EspCipher.AES_256_GCM_16,
                new SaKey(material),
                true,
                SaSettings.DEFAULT_REPLAY_WINDOW,
                0,
                Lifetime.UNLIMITED);
    }
}
