package io.weir.perf.ipsec;

import java.util.List;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.packet.PacketBatch;
import io.weir.ipsec.esp.EspOpener;
import io.weir.ipsec.esp.EspSealer;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Memory;
import io.weir.perf.firewall.FirewallPipeline;
import io.weir.perf.firewall.StubPolicy;
import io.weir.perf.firewall.UdpBatch;

/**
 * Batches of frames on their way from a guest through the firewall into ESP packets, and from ESP packets through the firewall to a guest,
 * without the network in between. Both ways have sessions, and a level that the policy gives to what comes from the guest.
 *
 * <p>Threading: one thread.
 */
final class SealedTraffic implements AutoCloseable {
    static final int LEVEL = 7;

    private static final List<String> PORTS = List.of("guest", "tunnel");
    private static final int SESSIONS = 64;
    private static final int SPI = 0x1007;
    private static final int ETHERNET = 143;
    // An odd number of cache lines, as in the packet pool, so that the headers of a batch spread over the cache's sets.
    private static final int SLOT = 2048 + 64;
    static final int MAINTAINED_FOR = 1024;

    private final UdpBatch frames;
    private final StubPolicy policy = new StubPolicy(PORTS);
    private final FirewallPipeline sending = new FirewallPipeline(PORTS, SESSIONS);
    private final FirewallPipeline receiving = new FirewallPipeline(PORTS, SESSIONS);
    // Two of each, as of two hosts: one refuses a key that it has already.
    private final SaStateFile ourState = SaStateFile.inMemory(() -> 0);
    private final SaStateFile theirState = SaStateFile.inMemory(() -> 0);
    private final Sad ours = new Sad(CryptoLibrary.best(), ourState);
    private final Sad theirs = new Sad(CryptoLibrary.best(), theirState);
    private final EspSealer sealer = new EspSealer(ours);
    private final EspOpener opener = EspOpener.ofEthernet(theirs);
    private final PacketBatch opened = new PacketBatch();
    private PacketBatch batch;
    private final long packets = Memory.map((long) SLOT * PacketBatch.CAPACITY);
    private final long inner = Memory.map((long) SLOT * (PacketBatch.CAPACITY + 1));
    private final int[] lengths = new int[PacketBatch.CAPACITY];

    /** @param frameLength bytes of a frame, at most 1,600 */
    SealedTraffic(int frameLength) {
        frames = new UdpBatch(frameLength);
        batch = frames.refilled();
        policy.level(LEVEL);
        for (FirewallPipeline pipeline : List.of(sending, receiving)) {
            pipeline.take(policy);
            // Frames come at the time of the clock, by which an address that was seen at its begin is long forgotten.
            pipeline.learn(UdpBatch.RECEIVER_MAC, UdpBatch.EGRESS_PORT, System.nanoTime());
        }
        ours.add(settings(Direction.OUTBOUND), UdpBatch.NOW_NS);
        theirs.add(settings(Direction.INBOUND), UdpBatch.NOW_NS);
    }

    private static SaSettings settings(Direction direction) {
        byte[] material = new byte[EspCipher.AES_256_GCM_16.algorithm().materialLength()];
        return new SaSettings(
                direction,
                SPI,
                LEVEL,
                "s7",
                EspCipher.AES_256_GCM_16,
                new SaKey(material),
                true,
                SaSettings.DEFAULT_REPLAY_WINDOW,
                0,
                Lifetime.UNLIMITED);
    }

    /** What the control thread does now and then: reserves sequence numbers. To be called before each {@link #MAINTAINED_FOR} batches. */
    void maintain() {
        require(ours.maintain() == 0, "no reserve");
    }

    /** Fills the batch, which is what a port does: to be called before each {@link #seal}, and not a part of it. */
    void receive(long nowNs) {
        batch = frames.refilled(UdpBatch.INGRESS_PORT, nowNs);
    }

    /** From received frames to ESP packets. */
    void seal() {
        require(sending.process(batch) == PacketBatch.CAPACITY, "not all frames pass");
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            lengths[i] = sealer.seal(
                    batch.label(i),
                    batch.address(i),
                    batch.length(i),
                    ETHERNET,
                    packets + (long) i * SLOT,
                    batch.nowNs());
        }
    }

    /** From the ESP packets of the last batch to frames. */
    void open(long nowNs) {
        opened.reset(UdpBatch.INGRESS_PORT, nowNs);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            long frame = inner + (long) (i + 1) * SLOT - SLOT / 2;
            int length = opener.open(packets + (long) i * SLOT, lengths[i], frame, nowNs);
            require(length > 0, "a packet does not open");
            opened.add(frame, length, i);
            opened.label(i, opener.level());
        }
        require(receiving.process(opened) == PacketBatch.CAPACITY, "not all packets pass");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    @Override
    public void close() {
        frames.close();
        sending.close();
        receiving.close();
        sealer.close();
        opener.close();
        ours.close();
        theirs.close();
        ourState.close();
        theirState.close();
        Memory.unmap(packets, (long) SLOT * PacketBatch.CAPACITY);
        Memory.unmap(inner, (long) SLOT * (PacketBatch.CAPACITY + 1));
    }
}
