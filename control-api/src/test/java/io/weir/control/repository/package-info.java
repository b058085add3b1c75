/**
 * Tests of the store.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.repository;

import org.jspecify.annotations.NullMarked;
