package io.weir.control.access;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Who has which role on the unix socket, as {@code api.roles} of weir.yaml says it: users and groups by name or number.
 *
 * @param members per role, NONE excepted; empty when nothing is said, which makes the socket's group operators
 */
public record SocketRoles(Map<Role, Members> members) {
    /** Nothing is said. */
    public static final SocketRoles DEFAULT = new SocketRoles(Map.of());

    /** Names or numbers, in the order of the document. */
    public record Members(List<String> users, List<String> groups) {
        public Members {
            users = List.copyOf(users);
            groups = List.copyOf(groups);
        }
    }

    public SocketRoles {
        members = members.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(members));
    }
}
