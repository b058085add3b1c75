package io.weir.identity.evaluate;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Limits;

/**
 * Numbers for what limits apply to a flow together: those of its egress rule, its source, its ingress rule and its destination.
 *
 * <p>The combinations that flows really have are few, those that they could have are not, so a combination gets its number, and
 * its chain, when a flow is first under it; from then on asking for it allocates nothing. Numbers are one epoch's, and go with
 * it. When {@link #CAPACITY} of them are in use, all are let go but for {@link #get}, which knows the last {@link #CAPACITY} at
 * least, and a combination that is still in use gets a new number: traffic can neither fill memory nor use up all numbers.
 *
 * <p>Threading: any thread. Entries are published by compare-and-set and never change.
 */
public final class LimitChains {
    static final int CAPACITY = 1 << 16;
    private static final int BUCKETS = 1 << 14;
    private static final int BUCKET_SHIFT = Long.SIZE - 14;

    private final AtomicReference<Held> held = new AtomicReference<>(new Held(new Generation(1, 0), null));

    /** What is known: numbers are given by the first, and still mean something in the second. */
    private record Held(Generation now, @Nullable Generation before) {}

    /** One combination, by its four numbers; the next in its bucket. */
    private record Chain(
            int number, long egress, long ingress, @Nullable Chain next) {
        boolean is(long egressPair, long ingressPair) {
            return egress == egressPair && ingress == ingressPair;
        }
    }

    /** Numbers from {@code first} on, {@code capacity} of them. */
    private static final class Generation {
        private final int first;
        private final int capacity;
        private final AtomicInteger used = new AtomicInteger();
        private final AtomicReferenceArray<@Nullable Chain> buckets;
        private final AtomicReferenceArray<@Nullable Limits> heads;

        Generation(int first, int capacity) {
            this.first = first;
            this.capacity = capacity;
            this.buckets = new AtomicReferenceArray<>(capacity == 0 ? 1 : BUCKETS);
            this.heads = new AtomicReferenceArray<>(capacity);
        }

        /** A policy without limits has a generation for nothing. */
        Generation next() {
            boolean last = first > Integer.MAX_VALUE - 2 * CAPACITY;
            return new Generation(last ? 1 : first + capacity, CAPACITY);
        }

        int find(int bucket, long egress, long ingress) {
            for (Chain chain = buckets.get(bucket % buckets.length()); chain != null; chain = chain.next) {
                if (chain.is(egress, ingress)) {
                    return chain.number;
                }
            }
            return 0;
        }

        /** Its new number, or the one that another thread gave it meanwhile; 0 when there is none left. */
        int add(int bucket, long egress, long ingress, Limits head) {
            int at = used.get() < capacity ? used.getAndIncrement() : capacity;
            if (at >= capacity) {
                return 0;
            }
            heads.set(at, head);
            while (true) {
                int known = find(bucket, egress, ingress);
                Chain next = buckets.get(bucket);
                if (known != 0 || buckets.compareAndSet(bucket, next, new Chain(first + at, egress, ingress, next))) {
                    return known != 0 ? known : first + at;
                }
            }
        }

        @Nullable
        Limits get(int number) {
            int at = number - first;
            return at < 0 || at >= capacity ? null : heads.get(at);
        }
    }

    /**
     * Number of the combination, 0 for no limits.
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
        int bucket = (int) (((egress * 31 + ingress) * 0x9E37_79B9_7F4A_7C15L) >>> BUCKET_SHIFT);
        int known = held().now.find(bucket, egress, ingress);
        return known != 0 ? known : add(limits, bucket, egress, ingress);
    }

    private Held held() {
        return Objects.requireNonNull(held.get(), "never cleared");
    }

    private int add(Limits[] limits, int bucket, long egress, long ingress) {
        Limits head = chain(limits, egress, ingress);
        while (true) {
            Held now = held();
            int number = now.now.add(bucket, egress, ingress, head);
            if (number != 0) {
                return number;
            }
            // Whoever comes second finds the first's.
            boolean _ = held.compareAndSet(now, new Held(now.now.next(), now.now));
        }
    }

    private static Limits chain(Limits[] limits, long egress, long ingress) {
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
        return Objects.requireNonNull(head, "a combination has a limit");
    }

    /** The chain of the combination, null for 0 and for numbers never given or long let go. */
    @Nullable
    Limits get(int number) {
        Held now = held();
        Limits found = now.now.get(number);
        return found != null || now.before == null ? found : now.before.get(number);
    }
}
