/**
 * Tap interfaces that Weir owns.
 *
 * <p>Threading: a queue's descriptor is used by one worker; opening and closing by any thread.
 */
@NullMarked
package io.weir.kernel.tuntap;

import org.jspecify.annotations.NullMarked;
