/**
 * Tests of the flow package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.flow;

import org.jspecify.annotations.NullMarked;
