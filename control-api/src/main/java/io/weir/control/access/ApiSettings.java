package io.weir.control.access;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * How callers reach the daemon and what they may do there, as {@code api} of weir.yaml says it.
 *
 * @param socket unix socket of the gRPC services
 * @param group name or number of the group that the socket is given to; null leaves it with the daemon's own
 * @param roles who has which role on the socket
 * @param tcp the listener for other hosts, null for none
 */
public record ApiSettings(
        Path socket,
        @Nullable String group,
        SocketRoles roles,
        @Nullable TcpSettings tcp) {}
