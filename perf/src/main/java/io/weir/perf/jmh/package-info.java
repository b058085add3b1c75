/**
 * Micro-benchmarks of the datapath's parts, through JMH, with what each operation allocates.
 *
 * <p>Threading: JMH's; every state is private to one benchmark thread, as a worker's parts are.
 */
@NullMarked
package io.weir.perf.jmh;

import org.jspecify.annotations.NullMarked;
