/**
 * Driver and offloads of an interface, as ethtool shows them.
 *
 * <p>Threading: one thread at a time.
 */
@NullMarked
package io.weir.kernel.ethtool;

import org.jspecify.annotations.NullMarked;
