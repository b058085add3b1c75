/**
 * Frames from files: ports that replay a capture and write one, and frames injected into a port.
 *
 * <p>Threading: a feeder thread on one side of a ring, the worker that owns the port on the other.
 */
@NullMarked
package io.weir.datapath.replay;

import org.jspecify.annotations.NullMarked;
