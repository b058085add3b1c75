/**
 * Workers: threads that poll ports, run batches through the pipeline, and sleep when idle.
 *
 * <p>Threading: each worker owns its ports, tables and counters; others send it commands.
 */
@NullMarked
package io.weir.datapath.worker;

import org.jspecify.annotations.NullMarked;
