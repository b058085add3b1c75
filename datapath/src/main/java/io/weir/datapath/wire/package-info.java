/**
 * Flyweights over the headers of the wire formats, named field by field after their RFCs.
 *
 * <p>Threading: a flyweight belongs to one worker, which wraps it again for each packet.
 */
@NullMarked
package io.weir.datapath.wire;

import org.jspecify.annotations.NullMarked;
