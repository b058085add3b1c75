/**
 * The daemon: one switch, its run directory and its control server, from start to orderly end.
 *
 * <p>Threading: started and closed by one thread each; services run on gRPC's threads.
 */
@NullMarked
package io.weir.control.daemon;

import org.jspecify.annotations.NullMarked;
