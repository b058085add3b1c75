package io.weir.perf.compare;

/** A switch under comparison, in one way of attaching and running it. A new instance serves each round. */
interface Contender extends AutoCloseable {
    /**
     * Starts the switch on {@code testbed} so that both hosts have their {@link Testbed#HOST_DEVICE}; the bench then
     * gives these their addresses. Throws {@link BenchException} with the reason when that cannot be had here.
     */
    void start(Testbed testbed);

    /** Ends every process that {@link #start} began. The testbed is removed afterwards. */
    @Override
    default void close() {}
}
