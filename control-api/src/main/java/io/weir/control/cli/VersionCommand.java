package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import io.weir.control.daemon.Version;

/** {@code weir version}. */
@Command(name = "version", description = "Show the version of Weir and of its Java.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("weir " + Version.current() + " on Java " + Runtime.version());
        out.flush();
        return ExitCode.DONE;
    }
}
