/**
 * Tests of the journal package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.journal;

import org.jspecify.annotations.NullMarked;
