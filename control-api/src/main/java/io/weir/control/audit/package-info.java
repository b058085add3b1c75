/**
 * What must not be forgotten: denies in exact numbers, changes, grants and quarantines one by one, handed to sinks.
 *
 * <p>Threading: entries are immutable; the aggregator is driven by one thread and read by any.
 */
@NullMarked
package io.weir.control.audit;

import org.jspecify.annotations.NullMarked;
