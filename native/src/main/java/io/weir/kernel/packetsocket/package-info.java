/**
 * AF_PACKET: frames of an existing interface, by batches of messages or by a receive ring shared with the kernel.
 *
 * <p>Threading: a socket with its vectors and ring belongs to one worker; opening and closing by the owner.
 */
@NullMarked
package io.weir.kernel.packetsocket;

import org.jspecify.annotations.NullMarked;
