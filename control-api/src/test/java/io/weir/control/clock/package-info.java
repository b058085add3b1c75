/**
 * Tests of clocks.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.clock;

import org.jspecify.annotations.NullMarked;
