/**
 * Tests of the contract's shape.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.v1;

import org.jspecify.annotations.NullMarked;
