/**
 * Who may call what: callers from the unix socket's peer credentials or from client certificates, their roles, the role that
 * each method needs, and the interceptor that compares the two.
 *
 * <p>Threading: everything is immutable; interceptors run on gRPC's threads.
 */
@NullMarked
package io.weir.control.access;

import org.jspecify.annotations.NullMarked;
