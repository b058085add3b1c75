/**
 * Revisions of the policy and small named records, kept over restarts: the interface, and the store that needs nobody else.
 *
 * <p>Threading: a {@link io.weir.control.repository.Repository} takes calls from any thread, one at a time; the rest is immutable.
 */
@NullMarked
package io.weir.control.repository;

import org.jspecify.annotations.NullMarked;
