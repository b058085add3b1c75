/**
 * The Linux system calls that Weir needs, on raw addresses and with negative errno out.
 *
 * <p>Threading: the static calls may be used from any thread; every object says who may call it.
 */
@NullMarked
package io.weir.kernel;

import org.jspecify.annotations.NullMarked;
