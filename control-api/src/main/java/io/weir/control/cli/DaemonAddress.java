package io.weir.control.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import io.weir.control.access.AccessException;
import io.weir.control.access.HostPort;
import io.weir.control.access.MutualTls;

/**
 * Options of every verb that asks a daemon: where it is, and how the caller proves who he is. On this host the unix socket
 * does both; over TCP it takes a certificate. What the line says goes before the environment, and there a TCP address before
 * a socket.
 */
final class DaemonAddress {
    static final String DEFAULT_SOCKET = "/run/weir/weir.sock";

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The daemon's unix socket (default: WEIR_SOCKET, else " + DEFAULT_SOCKET + ").")
    private @Nullable Path socket;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            description = "A daemon on another host, over TLS (default: WEIR_ADDRESS, else the socket).")
    private @Nullable String address;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "With an address: PEM file of your certificate (default: WEIR_CERTIFICATE).")
    private @Nullable Path certificate;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "With an address: PEM file of its private key (default: WEIR_KEY).")
    private @Nullable Path key;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "With an address: PEM file of the authority of the daemon's certificate (default: WEIR_CA).")
    private @Nullable Path ca;

    /** @throws CommandException when the options or their files cannot be used, or no socket is there */
    ControlChannel connect() {
        if (socket != null && address != null) {
            throw badInput("--socket and --address name two daemons; keep one of them");
        }
        String remote = address == null && socket == null ? System.getenv("WEIR_ADDRESS") : address;
        if (remote == null || remote.isEmpty()) {
            return new ControlChannel(socketPath());
        }
        InetSocketAddress target = HostPort.parse(remote)
                .orElseThrow(() -> badInput("the address must be host and port: was " + remote
                        + "; write it as hv7.example.org:7443 or [2001:db8::1]:7443"));
        try {
            return new ControlChannel(target, tls().client());
        } catch (AccessException unusable) {
            throw badInput(String.valueOf(unusable.getMessage()));
        }
    }

    /** The unix socket that is said or, when none is, the usual one. */
    private Path socketPath() {
        String usual = System.getenv().getOrDefault("WEIR_SOCKET", DEFAULT_SOCKET);
        return socket == null ? Path.of(usual) : socket;
    }

    private MutualTls tls() {
        return new MutualTls(
                file(certificate, "--certificate", "WEIR_CERTIFICATE"),
                file(key, "--key", "WEIR_KEY"),
                file(ca, "--ca", "WEIR_CA"));
    }

    private static Path file(@Nullable Path said, String option, String variable) {
        String usual = System.getenv(variable);
        if (said == null && (usual == null || usual.isEmpty())) {
            throw badInput(option + " is missing, and a daemon on TCP wants mutual TLS; name the PEM file with "
                    + option + " or " + variable);
        }
        return said == null ? Path.of(usual) : said;
    }

    private static CommandException badInput(String message) {
        return new CommandException(ExitCode.BAD_INPUT, message);
    }
}
