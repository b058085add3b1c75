/**
 * Tests of the audit package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.audit;

import org.jspecify.annotations.NullMarked;
