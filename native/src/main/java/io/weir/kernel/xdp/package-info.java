/**
 * AF_XDP: frames in shared memory through four rings a socket, and the eBPF program that steers them there.
 *
 * <p>Threading: a socket and its rings belong to one worker; frame memory may be shared between the sockets of that
 * worker. Opening and closing by the owner.
 */
@NullMarked
package io.weir.kernel.xdp;

import org.jspecify.annotations.NullMarked;
