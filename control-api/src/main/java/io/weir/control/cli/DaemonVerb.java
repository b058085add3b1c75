package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A verb that asks the running daemon. */
abstract class DaemonVerb implements Callable<Integer> {
    static final String DEFAULT_SOCKET = "/run/weir/weir.sock";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = "${env:WEIR_SOCKET:-" + DEFAULT_SOCKET + "}",
            description = "The daemon's unix socket (default: WEIR_SOCKET, else " + DEFAULT_SOCKET + ").")
    private Path socket = Path.of(DEFAULT_SOCKET);

    /** Asks and prints. */
    abstract int ask(ControlChannel daemon, PrintWriter out);

    @Override
    public final Integer call() {
        try (ControlChannel daemon = new ControlChannel(socket)) {
            try {
                return ask(daemon, spec.commandLine().getOut());
            } catch (StatusRuntimeException failed) {
                throw daemon.failure(failed);
            }
        }
    }
}
