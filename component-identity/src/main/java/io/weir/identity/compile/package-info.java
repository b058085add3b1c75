/**
 * Turns documents into an epoch: checks them against each other, numbers what they name, and builds the evaluator's tables.
 *
 * <p>Threading: a compiler belongs to one thread at a time; requests and what it returns are immutable.
 */
@NullMarked
package io.weir.identity.compile;

import org.jspecify.annotations.NullMarked;
