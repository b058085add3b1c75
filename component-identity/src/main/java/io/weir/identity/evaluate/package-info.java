/**
 * One epoch of policy as the packet path asks it, and what explains its answers: flat tables of ints, built by the compiler.
 *
 * <p>Threading: an epoch and all its tables are immutable.
 */
@NullMarked
package io.weir.identity.evaluate;

import org.jspecify.annotations.NullMarked;
