package io.weir.identity.evaluate;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Limits;

/**
 * Numbers for what limits apply to a flow together: those of its egress rule, its source, its ingress rule and its destination.
 *
 * <p>The combinations that flows really have are few, those that they could have are not, so a combination gets its number, and
 * its chain, when a flow is first under it; from then on asking for it allocates nothing. Combinations outlive epochs, because
 * sessions may, and a limit whose numbers change is another limit. There are at most {@link #CAPACITY}.
 *
 * <p>Threading: any thread. Entries are published by compare-and-set and never change.
 */
public final class LimitChains {
    /** What {@link #number} returns when there is no room. */
    public static final int FULL = -1;

    static final int CAPACITY = 1 << 20;
    private static final int SEGMENT = 1 << 12;
    private static final int BUCKETS = 1 << 14;

    private final AtomicReferenceArray<@Nullable Chain> buckets = new AtomicReferenceArray<>(BUCKETS);
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Limits>> heads =
            new AtomicReferenceArray<>(CAPACITY / SEGMENT);
    private final AtomicInteger last = new AtomicInteger();

    /** One combination, by its four numbers; the next in its bucket. */
    private record Chain(
            int number, long egress, long ingress, @Nullable Chain next) {
        boolean is(long egressPair, long ingressPair) {
            return egress == egressPair && ingress == ingressPair;
        }
    }

    /**
     * Number of the combination, 0 for no limits, {@link #FULL}.
     *
     * @param limits of the epoch: by number, each without {@code next}
     */
    int number(Limits[] limits, int egressRule, int source, int ingressRule, int destination) {
        if ((egressRule | source | ingressRule | destination) == 0) {
            return 0;
        }
        long egress = (long) egressRule << 32 | source;
        // A rule that stands on both sides limits the flow once.
        long ingress = (ingressRule == egressRule ? 0L : (long) ingressRule << 32) | destination;
        int bucket = (int) (((egress * 31 + ingress) * 0x9E37_79B9_7F4A_7C15L) >>> 50);
        for (Chain chain = buckets.get(bucket); chain != null; chain = chain.next) {
            if (chain.is(egress, ingress)) {
                return chain.number;
            }
        }
        return add(limits, bucket, egress, ingress);
    }

    private int add(Limits[] limits, int bucket, long egress, long ingress) {
        int number = last.get() >= CAPACITY - 1 ? FULL : last.incrementAndGet();
        if (number == FULL || number >= CAPACITY) {
            return FULL;
        }
        segment(number).set(number % SEGMENT, chain(limits, egress, ingress));
        while (true) {
            Chain first = buckets.get(bucket);
            for (Chain chain = first; chain != null; chain = chain.next) {
                if (chain.is(egress, ingress)) {
                    return chain.number;
                }
            }
            if (buckets.compareAndSet(bucket, first, new Chain(number, egress, ingress, first))) {
                return number;
            }
        }
    }

    private AtomicReferenceArray<@Nullable Limits> segment(int number) {
        int at = number / SEGMENT;
        if (heads.get(at) == null) {
            heads.compareAndSet(at, null, new AtomicReferenceArray<>(SEGMENT));
        }
        return java.util.Objects.requireNonNull(heads.get(at), "set above, and never cleared");
    }

    private static @Nullable Limits chain(Limits[] limits, long egress, long ingress) {
        Limits head = null;
        for (int number : new int[] {(int) ingress, (int) (ingress >>> 32), (int) egress, (int) (egress >>> 32)}) {
            if (number != 0) {
                Limits own = limits[number];
                head = new Limits(
                        own.scope(),
                        own.newConnectionsPerSecond(),
                        own.connections(),
                        own.bitsPerSecond(),
                        own.packetsPerSecond(),
                        head);
            }
        }
        return head;
    }

    /** The chain of the combination, null for 0 and for numbers never given. */
    @Nullable
    Limits get(int number) {
        AtomicReferenceArray<@Nullable Limits> segment =
                number <= 0 || number >= CAPACITY ? null : heads.get(number / SEGMENT);
        return segment == null ? null : segment.get(number % SEGMENT);
    }
}
