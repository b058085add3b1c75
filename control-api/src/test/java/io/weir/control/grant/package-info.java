/**
 * Tests of grants.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.grant;

import org.jspecify.annotations.NullMarked;
