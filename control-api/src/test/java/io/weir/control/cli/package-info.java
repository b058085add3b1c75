/**
 * Tests of the cli package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.cli;

import org.jspecify.annotations.NullMarked;
