package io.weir.control.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.control.access.ApiSettings;
import io.weir.control.access.CertificateRole;
import io.weir.control.access.CertificateRole.Attribute;
import io.weir.control.access.HostPort;
import io.weir.control.access.Role;
import io.weir.control.access.SocketRoles;
import io.weir.control.access.SocketRoles.Members;
import io.weir.control.access.TcpSettings;

/** Reads the {@code api} section. What it names on this host (files, users, groups) is looked at when the daemon starts. */
final class ApiConfig {
    /** {@code sun_path} of {@code sockaddr_un} without its closing zero, unix(7). */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private ApiConfig() {}

    static ApiSettings read(Section api, Path runDir) {
        return new ApiSettings(
                socket(api, runDir),
                api.text(ConfigKey.API_GROUP).orElse(null),
                roles(api.section(ConfigKey.API_ROLES)),
                api.has(ConfigKey.API_TCP) ? tcp(api.section(ConfigKey.API_TCP)) : null);
    }

    private static Path socket(Section api, Path runDir) {
        Path socket = api.path(ConfigKey.API_SOCKET).orElse(runDir.resolve("weir.sock"));
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (api.has(ConfigKey.API_SOCKET) && !socket.isAbsolute()) {
            api.problem(ConfigKey.API_SOCKET, "must be an absolute path: was " + socket, "begin it with /");
        } else if (bytes > MAX_SOCKET_PATH_BYTES) {
            api.problem(
                    ConfigKey.API_SOCKET,
                    "must be at most " + MAX_SOCKET_PATH_BYTES + " bytes long: was " + bytes,
                    "choose a shorter path");
        }
        return socket;
    }

    private static SocketRoles roles(Section roles) {
        Map<Role, Members> members = new EnumMap<>(Role.class);
        if (roles.has(ConfigKey.API_ROLES_VIEWER)) {
            Section viewer = roles.section(ConfigKey.API_ROLES_VIEWER);
            members.put(Role.VIEWER, members(viewer, ConfigKey.API_VIEWER_USERS, ConfigKey.API_VIEWER_GROUPS));
        }
        if (roles.has(ConfigKey.API_ROLES_OPERATOR)) {
            Section operator = roles.section(ConfigKey.API_ROLES_OPERATOR);
            members.put(Role.OPERATOR, members(operator, ConfigKey.API_OPERATOR_USERS, ConfigKey.API_OPERATOR_GROUPS));
        }
        if (roles.has(ConfigKey.API_ROLES_ADMIN)) {
            Section admin = roles.section(ConfigKey.API_ROLES_ADMIN);
            members.put(Role.ADMIN, members(admin, ConfigKey.API_ADMIN_USERS, ConfigKey.API_ADMIN_GROUPS));
        }
        return new SocketRoles(members);
    }

    private static Members members(Section role, ConfigKey users, ConfigKey groups) {
        return new Members(role.texts(users), role.texts(groups));
    }

    /** Everything must be said: without any of it the listener would not know whom to trust, or would trust anybody. */
    private static @Nullable TcpSettings tcp(Section tcp) {
        Optional<InetSocketAddress> address =
                tcp.required(ConfigKey.TCP_ADDRESS).flatMap(text -> address(tcp, text));
        Optional<Path> certificate = file(tcp, ConfigKey.TCP_CERTIFICATE);
        Optional<Path> key = file(tcp, ConfigKey.TCP_KEY);
        Optional<Path> clientCa = file(tcp, ConfigKey.TCP_CLIENT_CA);
        List<CertificateRole> roles = certificateRoles(tcp);
        if (address.isEmpty() || certificate.isEmpty() || key.isEmpty() || clientCa.isEmpty()) {
            return null;
        }
        return new TcpSettings(address.get(), certificate.get(), key.get(), clientCa.get(), roles);
    }

    private static Optional<InetSocketAddress> address(Section tcp, String text) {
        Optional<InetSocketAddress> address = HostPort.parse(text)
                .flatMap(written ->
                        literal(written.getHostString()).map(host -> new InetSocketAddress(host, written.getPort())));
        if (address.isEmpty()) {
            tcp.problem(
                    ConfigKey.TCP_ADDRESS,
                    "must be " + ConfigKey.TCP_ADDRESS.allowed() + ": was " + text,
                    "write it as 192.0.2.1:7443, or [::]:7443 for every address of the host");
        }
        return address;
    }

    /** Names are refused: what a resolver answers must not decide where the daemon listens. */
    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private static Optional<Path> file(Section tcp, ConfigKey key) {
        if (!tcp.has(key)) {
            tcp.problem(
                    key,
                    "is missing, and a TCP listener without mutual TLS is refused",
                    "write " + key.word() + ": (" + key.allowed() + "), or remove api.tcp");
            return Optional.empty();
        }
        Optional<Path> path = tcp.path(key);
        if (path.isPresent() && !path.get().isAbsolute()) {
            tcp.problem(key, "must be an absolute path: was " + path.get(), "begin it with /");
        }
        return path;
    }

    private static List<CertificateRole> certificateRoles(Section tcp) {
        List<Section> entries = tcp.sections(ConfigKey.TCP_ROLES);
        if (entries.isEmpty()) {
            tcp.problem(
                    ConfigKey.TCP_ROLES,
                    "says no role, so that nobody could call anything",
                    "write roles: [{role: viewer, cn: a-name}]");
        }
        return entries.stream()
                .map(ApiConfig::certificateRole)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<CertificateRole> certificateRole(Section entry) {
        Optional<Role> role = entry.required(ConfigKey.TCP_ROLE_ROLE).flatMap(word -> role(entry, word));
        List<Attribute> said = Stream.of(Attribute.values())
                .filter(attribute -> entry.has(key(attribute)))
                .toList();
        if (said.size() != 1) {
            entry.problem(
                    ConfigKey.TCP_ROLE_ROLE,
                    "must go with exactly one of cn, ou, uri: was with " + said.size(),
                    "say which certificates have the role");
            return Optional.empty();
        }
        Attribute attribute = said.getFirst();
        Optional<String> value = entry.text(key(attribute));
        return role.flatMap(known -> value.map(text -> new CertificateRole(attribute, text, known)));
    }

    private static ConfigKey key(Attribute attribute) {
        return switch (attribute) {
            case CN -> ConfigKey.TCP_ROLE_CN;
            case OU -> ConfigKey.TCP_ROLE_OU;
            case URI -> ConfigKey.TCP_ROLE_URI;
        };
    }

    private static Optional<Role> role(Section entry, String word) {
        for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)) {
            if (role.toString().equals(word)) {
                return Optional.of(role);
            }
        }
        entry.problem(
                ConfigKey.TCP_ROLE_ROLE,
                "must be " + ConfigKey.TCP_ROLE_ROLE.allowed() + ": was " + word,
                "choose one of them");
        return Optional.empty();
    }
}
