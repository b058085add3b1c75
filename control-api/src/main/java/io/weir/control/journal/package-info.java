/**
 * The flow journal: what the firewall recorded, on Chronicle Queue, bounded by size and age.
 *
 * <p>Threading: entries are taken by any thread and written by the journal's own; each reader belongs to one thread.
 */
@NullMarked
package io.weir.control.journal;

import org.jspecify.annotations.NullMarked;
