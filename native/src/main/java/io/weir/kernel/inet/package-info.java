/**
 * IPv4 and IPv6 datagram sockets: UDP with segmentation and coalescing by the kernel, and raw IP protocols.
 *
 * <p>Threading: a socket with its vectors belongs to one worker; opening and closing by the owner.
 */
@NullMarked
package io.weir.kernel.inet;

import org.jspecify.annotations.NullMarked;
