/**
 * What the firewall tells, on its way to people: drained from the switch, named, journalled, streamed and summed up.
 *
 * <p>Threading: one thread drains; streams and pictures are asked for by any.
 */
@NullMarked
package io.weir.control.flow;

import org.jspecify.annotations.NullMarked;
