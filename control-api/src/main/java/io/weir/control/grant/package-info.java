/**
 * Temporary access: grants that end by themselves, whatever happens to the daemon or the wall clock.
 *
 * <p>Threading: entries are immutable; the store is guarded by its own lock.
 */
@NullMarked
package io.weir.control.grant;

import org.jspecify.annotations.NullMarked;
