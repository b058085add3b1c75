/**
 * Tests of the daemon package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.daemon;

import org.jspecify.annotations.NullMarked;
