/**
 * The switch behind gRPC: services of {@code weir.v1}, and the translation between their messages and the datapath's records.
 *
 * <p>Threading: services are called by gRPC's threads; translations are pure.
 */
@NullMarked
package io.weir.control.grpc;

import org.jspecify.annotations.NullMarked;
