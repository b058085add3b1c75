package io.weir.control.audit;

/**
 * Where counts of denied packets come from: the datapath, which counts exactly and forgets what it handed over.
 *
 * <p>Threading: one thread drains.
 */
@FunctionalInterface
public interface DenySource {
    /** Takes one count; the view is used again for the next. */
    @FunctionalInterface
    interface Handler {
        void onDenies(DenyView denies);
    }

    /**
     * Hands over everything counted since the last call.
     *
     * @return counts handed over
     */
    int drainDenies(Handler handler);
}
