/**
 * How fast the transports of tunnels are, side by side.
 *
 * <p>Threading: one thread.
 */
@NullMarked
package io.weir.perf.transport;

import org.jspecify.annotations.NullMarked;
