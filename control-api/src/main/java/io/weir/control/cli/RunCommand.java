package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import io.weir.control.config.HostConfig;
import io.weir.control.daemon.Daemon;
import io.weir.control.daemon.StartException;

/** {@code weir run -c weir.yaml}: the daemon, in the foreground. */
@Command(name = "run", description = "Run the switch in the foreground until SIGTERM or SIGINT.")
final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration.")
    private Path config = Path.of("weir.yaml");

    @Override
    public Integer call() throws InterruptedException {
        Daemon daemon = new Daemon(HostConfig.read(config));
        Thread stop = new Thread(() -> stop(daemon), "weir-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            daemon.start();
        } catch (StartException refused) {
            forget(stop);
            throw new CommandException(ExitCode.REFUSED, String.valueOf(refused.getMessage()));
        } catch (RuntimeException unexpected) {
            forget(stop);
            throw unexpected;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(daemon.readyLine());
        out.flush();
        new CountDownLatch(1).await();
        return ExitCode.DONE;
    }

    private static void forget(Thread stop) {
        try {
            boolean _ = Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException stopping) {
            // A signal came meanwhile: the hook runs and ends the process.
        }
    }

    /** A signal that was obeyed is no failure, so the status is 0 and not the signal's. */
    private static void stop(Daemon daemon) {
        daemon.close();
        Runtime.getRuntime().halt(ExitCode.DONE);
    }
}
