/**
 * Tests of the metrics package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.metrics;

import org.jspecify.annotations.NullMarked;
