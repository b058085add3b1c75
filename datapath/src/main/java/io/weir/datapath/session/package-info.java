/**
 * Who talks to whom just now: sessions in off-heap memory, the TCP window of each, what ICMP errors quote, and what was
 * decided for the first fragment of a datagram.
 *
 * <p>Threading: everything here belongs to one worker.
 */
@NullMarked
package io.weir.datapath.session;

import org.jspecify.annotations.NullMarked;
