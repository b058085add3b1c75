package io.weir.perf.ipsec;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import com.sun.management.ThreadMXBean;

import io.weir.crypto.AeadOpener;
import io.weir.crypto.AeadSealer;
import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.packet.PacketBatch;
import io.weir.ipsec.sa.EspCipher;
import io.weir.kernel.Memory;

/**
 * What one core seals and opens, of frames that pass the whole firewall with sessions and levels: AES-256-GCM, extended sequence numbers,
 * replay window; beside what the cipher alone does with as many bytes in the same run, in turns. And whether packets of many
 * levels on one five-tuple ever meet another level's SA.
 *
 * <p>Prints {@code esp_seal} and {@code esp_open} in Gbit/s of 1,420-byte packets, {@code esp_seal_ratio} and {@code esp_open_ratio},
 * {@code esp_small} in millions of 64-byte frames a second, {@code esp_allocation} in bytes a packet, {@code esp_wrong_sa} in packets.
 */
public final class EspRate {
    private static final int PACKET_BYTES = 1420;
    private static final int ETHERNET_BYTES = 14;
    private static final int SMALL_FRAME_BYTES = 64;
    private static final int ROUNDS = 15;
    private static final int QUICK_ROUNDS = 5;
    private static final int WARM_UP_ROUNDS = 6;
    private static final long ROUND_NS = 400_000_000;
    private static final int ALLOCATION_RUNS = 16;
    private static final int IV_BYTES = 8;
    private static final int AAD_BYTES = 12;
    private static final int ROOM = 2048 + 64;
    private static final long ISOLATED_PACKETS = 10_000_000;
    private static final long QUICK_ISOLATED_PACKETS = 1_000_000;
    // Held, for to ask for it allocates.
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private EspRate() {}

    /** {@code --quick}: fewer rounds. */
    public static void main(String[] arguments) {
        boolean quick = List.of(arguments).contains("--quick");
        int rounds = quick ? QUICK_ROUNDS : ROUNDS;
        large(rounds);
        small(rounds);
        long packets = quick ? QUICK_ISOLATED_PACKETS : ISOLATED_PACKETS;
        System.out.printf("esp_wrong_sa %d%n", new LevelIsolation().wrong(packets));
    }

    private static void large(int rounds) {
        try (SealedTraffic traffic = new SealedTraffic(ETHERNET_BYTES + PACKET_BYTES);
                BareCipher cipher = new BareCipher(ETHERNET_BYTES + PACKET_BYTES)) {
            double[] seal = new double[rounds];
            double[] open = new double[rounds];
            double[] sealAlone = new double[rounds];
            double[] openAlone = new double[rounds];
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                Pair whole = whole(traffic);
                Pair alone = alone(cipher);
                if (round >= 0) {
                    seal[round] = whole.sealNs;
                    open[round] = whole.openNs;
                    sealAlone[round] = alone.sealNs;
                    openAlone[round] = alone.openNs;
                }
            }
            print("esp_seal", PACKET_BYTES * Byte.SIZE / median(seal));
            print("esp_open", PACKET_BYTES * Byte.SIZE / median(open));
            print("esp_seal_ratio", median(sealAlone) / median(seal));
            print("esp_open_ratio", median(openAlone) / median(open));
            print("esp_allocation", allocation(traffic));
            System.err.printf(
                    Locale.ROOT,
                    "esp: seal %.0f ns, cipher alone %.0f; open %.0f ns, cipher alone %.0f%n",
                    median(seal),
                    median(sealAlone),
                    median(open),
                    median(openAlone));
        }
    }

    private static void small(int rounds) {
        try (SealedTraffic traffic = new SealedTraffic(SMALL_FRAME_BYTES)) {
            double[] seal = new double[rounds];
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                double ns = whole(traffic).sealNs;
                if (round >= 0) {
                    seal[round] = ns;
                }
            }
            print("esp_small", 1e3 / median(seal));
        }
    }

    /** Bytes a packet on this thread, without what the control thread would do. */
    private static double allocation(SealedTraffic traffic) {
        long allocated = 0;
        for (int run = -1; run < ALLOCATION_RUNS; run++) {
            traffic.maintain();
            long before = allocatedBytes();
            for (int batch = 0; batch < SealedTraffic.MAINTAINED_FOR; batch++) {
                traffic.receive(batch);
                traffic.seal();
                traffic.open(batch);
            }
            // The first run is for what this loop and the counter themselves need once.
            allocated += run < 0 ? 0 : allocatedBytes() - before;
        }
        return (double) allocated / ((long) ALLOCATION_RUNS * SealedTraffic.MAINTAINED_FOR * PacketBatch.CAPACITY);
    }

    /** Nanoseconds a packet of both directions. */
    private record Pair(double sealNs, double openNs) {}

    private static Pair whole(SealedTraffic traffic) {
        long sealNs = 0;
        long openNs = 0;
        long packets = 0;
        for (long batches = 0; sealNs + openNs < ROUND_NS; batches++) {
            if (batches % SealedTraffic.MAINTAINED_FOR == 0) {
                traffic.maintain();
            }
            traffic.receive(System.nanoTime());
            long begin = System.nanoTime();
            traffic.seal();
            long between = System.nanoTime();
            traffic.open(between);
            openNs += System.nanoTime() - between;
            sealNs += between - begin;
            packets += PacketBatch.CAPACITY;
        }
        return new Pair((double) sealNs / packets, (double) openNs / packets);
    }

    private static Pair alone(BareCipher cipher) {
        long sealNs = 0;
        long openNs = 0;
        long packets = 0;
        while (sealNs + openNs < ROUND_NS) {
            long begin = System.nanoTime();
            cipher.seal();
            long between = System.nanoTime();
            cipher.open();
            openNs += System.nanoTime() - between;
            sealNs += between - begin;
            packets += PacketBatch.CAPACITY;
        }
        return new Pair((double) sealNs / packets, (double) openNs / packets);
    }

    /** AES-256-GCM over as many texts of the length as a batch has packets, a fresh IV each, and nothing else. */
    private static final class BareCipher implements AutoCloseable {
        private final AeadSealer sealer;
        private final AeadOpener opener;
        private final int length;
        private final long room = Memory.map((long) ROOM * PacketBatch.CAPACITY);
        private final long plain = Memory.map(ROOM);
        private long counter;

        BareCipher(int length) {
            byte[] material = new byte[EspCipher.AES_256_GCM_16.algorithm().materialLength()];
            this.length = length;
            this.sealer = CryptoLibrary.best().sealer(EspCipher.AES_256_GCM_16.algorithm(), material);
            this.opener = CryptoLibrary.best().opener(EspCipher.AES_256_GCM_16.algorithm(), material);
        }

        private long text(int packet) {
            return room + (long) packet * ROOM + IV_BYTES + AAD_BYTES;
        }

        void seal() {
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                long iv = text(i) - IV_BYTES - AAD_BYTES;
                if ((sealer.iv(++counter, iv) | sealer.seal(iv, iv + IV_BYTES, AAD_BYTES, text(i), length, text(i)))
                        != 0) {
                    throw new IllegalStateException("the cipher does not seal");
                }
            }
        }

        void open() {
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                long iv = text(i) - IV_BYTES - AAD_BYTES;
                if (opener.open(iv, iv + IV_BYTES, AAD_BYTES, text(i), length, plain) != 0) {
                    throw new IllegalStateException("the cipher does not open");
                }
            }
        }

        @Override
        public void close() {
            sealer.close();
            opener.close();
            Memory.unmap(room, (long) ROOM * PacketBatch.CAPACITY);
            Memory.unmap(plain, ROOM);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.3f%n", name, value);
    }

    private static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
