/**
 * Tests of who may call what, over real sockets.
 *
 * <p>Threading: each test has its own daemon.
 */
@NullMarked
package io.weir.control.access;

import org.jspecify.annotations.NullMarked;
