/**
 * The firewall in memory: the stages from parse to verdict, policies and frames for benchmarks, and the programs that measure what a
 * micro-benchmark cannot, because two threads meet in it.
 *
 * <p>Threading: as each class says; a program has one thread that plays the worker, and one that plays the control plane.
 */
@NullMarked
package io.weir.perf.firewall;

import org.jspecify.annotations.NullMarked;
