/**
 * {@code weir.yaml}: its keys, how it is read, every mistake in it at once, and its reference document.
 *
 * <p>Threading: values are immutable; a reader belongs to one thread.
 */
@NullMarked
package io.weir.control.config;

import org.jspecify.annotations.NullMarked;
