package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A verb that asks the running daemon. */
abstract class DaemonVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private DaemonAddress address = new DaemonAddress();

    /** Asks and prints. */
    abstract int ask(ControlChannel daemon, PrintWriter out);

    @Override
    public final Integer call() {
        try (ControlChannel daemon = address.connect()) {
            try {
                return ask(daemon, spec.commandLine().getOut());
            } catch (StatusRuntimeException failed) {
                throw daemon.failure(failed);
            }
        }
    }
}
