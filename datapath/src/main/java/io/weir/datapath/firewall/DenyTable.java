package io.weir.datapath.firewall;

import java.util.concurrent.atomic.AtomicLong;

import io.weir.datapath.policy.FlowKey;

/**
 * Exact counts of what was denied, by source and destination identity, rule, reason, action and ingress port.
 *
 * <p>Several pages go round between worker and reader. The worker fills one and hands it over when it is full or when the
 * reader asks; the reader empties it. While the reader holds all others, keys beyond a full page are counted by reason and
 * action only: their number stays exact, however many there are.
 *
 * <p>Threading: {@link #add} and {@link #handOver} belong to the worker, {@link #drain} to one reader at a time. The two
 * counters of pages are the only thing both write, one each.
 */
public final class DenyTable implements AutoCloseable {
    /** Keys of a page that have rows of their own. */
    public static final int PAGE_CAPACITY = 1 << 15;

    private static final int PAGES = 4;

    private final DenyPage[] pages = new DenyPage[PAGES];
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong drained = new AtomicLong();

    public DenyTable() {
        this(PAGE_CAPACITY);
    }

    /** @param pageCapacity keys of a page, a power of two */
    DenyTable(int pageCapacity) {
        for (int i = 0; i < PAGES; i++) {
            pages[i] = new DenyPage(pageCapacity);
        }
    }

    /** Counts a denial; true when it is the first of its key since the page was begun. */
    boolean add(Denial denial, FlowKey flow) {
        DenyPage page = current();
        if (page.isFull() && handOver()) {
            page = current();
        }
        return page.add(denial, flow);
    }

    private DenyPage current() {
        return pages[(int) (handedOver.getPlain() % PAGES)];
    }

    /** On the worker: the reader may have what was counted so far. False while it still holds all other pages. */
    public boolean handOver() {
        long handed = handedOver.getPlain();
        if (current().isEmpty() || handed - drained.getAcquire() == PAGES - 1) {
            return false;
        }
        handedOver.setRelease(handed + 1);
        return true;
    }

    /**
     * On the reader: everything that was handed over before the call; returns how many rows that were. What is handed over
     * meanwhile waits, or a worker that counts as fast as the reader reads would hold it here.
     */
    public int drain(DenyHandler handler) {
        int rows = 0;
        long end = handedOver.getAcquire();
        for (long next = drained.getPlain(); next < end; next++) {
            rows += pages[(int) (next % PAGES)].drain(handler);
            drained.setRelease(next + 1);
        }
        return rows;
    }

    @Override
    public void close() {
        for (DenyPage page : pages) {
            page.close();
        }
    }
}
