/**
 * Counters for Prometheus: what they are called, and the address where they are read.
 *
 * <p>Threading: scrapes run on threads of the endpoint; they read snapshots and never wait for a worker's packets.
 */
@NullMarked
package io.weir.control.metrics;

import org.jspecify.annotations.NullMarked;
