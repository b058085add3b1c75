/**
 * Tests of the policy engine.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.policy;

import org.jspecify.annotations.NullMarked;
