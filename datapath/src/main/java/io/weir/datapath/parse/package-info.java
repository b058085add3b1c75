/**
 * From bytes to offsets: checks every header of a frame, and tracks the fragments of a datagram.
 *
 * <p>Threading: stages belong to one worker.
 */
@NullMarked
package io.weir.datapath.parse;

import org.jspecify.annotations.NullMarked;
