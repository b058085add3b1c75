package io.weir.control.cli;

import java.io.PrintWriter;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

import io.weir.control.config.ConfigException;

/** The command line's entry: {@code weir VERB}. */
@Command(
        name = "weir",
        description = "Userspace virtual switch for hypervisor hosts.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            RunCommand.class,
            ValidateCommand.class,
            PortsCommand.class,
            PortCommand.class,
            FdbCommand.class,
            GroupsCommand.class,
            StatsCommand.class,
            EventsCommand.class,
            CaptureCommand.class,
            ReplayCommand.class,
            DoctorCommand.class,
            VersionCommand.class
        },
        footer = {
            "",
            "Exit status: 0 done, 1 refused or a check failed, 2 bad input, 3 no daemon answers.",
            "The launcher adds: demo, test, bench, build. weir VERB --help says more about a verb."
        })
public final class Weir {
    private Weir() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** A fresh command line, writing to standard output and standard error unless told otherwise. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Weir());
        line.setExecutionExceptionHandler(failures());
        line.setParameterExceptionHandler((wrong, args) -> {
            PrintWriter err = wrong.getCommandLine().getErr();
            err.println("weir: " + TerminalText.escape(String.valueOf(wrong.getMessage())));
            err.println("try: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return ExitCode.BAD_INPUT;
        });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        return withHelp(line);
    }

    private static CommandLine withHelp(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getSubcommands().values().forEach(Weir::withHelp);
        return line;
    }

    private static IExecutionExceptionHandler failures() {
        return (failed, line, parsed) -> {
            PrintWriter err = line.getErr();
            switch (failed) {
                case ConfigException config ->
                    config.errors().forEach(error -> err.println(TerminalText.escape(error.toString())));
                case CommandException command ->
                    err.println("weir: " + TerminalText.escape(String.valueOf(command.getMessage())));
                case StatusRuntimeException call ->
                    err.println("weir: " + TerminalText.escape(call.getStatus().toString()));
                default ->
                    err.println(
                            "weir: unexpected failure, please report it: " + TerminalText.escape(failed.toString()));
            }
            return switch (failed) {
                case ConfigException config -> ExitCode.BAD_INPUT;
                case CommandException command -> command.exitCode();
                default -> ExitCode.REFUSED;
            };
        };
    }
}
