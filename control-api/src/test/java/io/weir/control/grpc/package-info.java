/**
 * Tests of the grpc package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.grpc;

import org.jspecify.annotations.NullMarked;
