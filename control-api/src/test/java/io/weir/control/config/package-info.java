/**
 * Tests of the configuration.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.config;

import org.jspecify.annotations.NullMarked;
