/**
 * Packet capture as a debugging mode: filter, shed and count in the worker; write elsewhere.
 *
 * <p>Threading: recorders belong to workers, sessions to the control thread; a ring of one producer and one consumer between them.
 */
@NullMarked
package io.weir.datapath.capture;

import org.jspecify.annotations.NullMarked;
