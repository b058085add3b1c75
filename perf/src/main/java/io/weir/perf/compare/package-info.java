/**
 * Weir beside its peers: the same traffic through Weir, Open vSwitch, a Linux bridge and a bare C forwarder, in one run.
 *
 * <p>Threading: everything runs on the main thread, one contender at a time; a shutdown hook cleans up after a signal.
 */
@NullMarked
package io.weir.perf.compare;

import org.jspecify.annotations.NullMarked;
