package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

import io.weir.identity.document.ProblemException;

/** The command line's entry: {@code weir VERB}. */
@Command(
        name = "weir",
        description = "Userspace virtual switch and inline firewall for hypervisor hosts.",
        synopsisSubcommandLabel = "VERB",
        footer = {
            "",
            "Exit status: 0 done, 1 refused or a check failed, 2 bad input, 3 no daemon answers.",
            "The launcher adds: demo, test, bench, build. weir VERB --help, or weir help VERB, says more about a verb."
        })
public final class Weir {
    /** In the order of the help text. */
    private static final Map<String, Supplier<Object>> VERBS = verbs();

    private Weir() {}

    private static Map<String, Supplier<Object>> verbs() {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("run", RunCommand::new);
        verbs.put("validate", ValidateCommand::new);
        verbs.put("ports", PortsCommand::new);
        verbs.put("port", PortCommand::new);
        verbs.put("fdb", FdbCommand::new);
        verbs.put("groups", GroupsCommand::new);
        verbs.put("stats", StatsCommand::new);
        verbs.put("events", EventsCommand::new);
        verbs.put("flows", FlowsCommand::new);
        verbs.put("sessions", SessionsCommand::new);
        verbs.put("map", MapCommand::new);
        verbs.put("top", TopCommand::new);
        verbs.put("capture", CaptureCommand::new);
        verbs.put("replay", ReplayCommand::new);
        verbs.put("tunnels", TunnelsCommand::new);
        verbs.put("sas", SasCommand::new);
        verbs.put("apply", ApplyCommand::new);
        verbs.put("confirm", ConfirmCommand::new);
        verbs.put("history", HistoryCommand::new);
        verbs.put("show", ShowCommand::new);
        verbs.put("diff", DiffCommand::new);
        verbs.put("rollback", RollbackCommand::new);
        verbs.put("components", ComponentsCommand::new);
        verbs.put("explain", ExplainCommand::new);
        verbs.put("mode", ModeCommand::new);
        verbs.put("grant", GrantCommand::new);
        verbs.put("quarantine", QuarantineCommand::new);
        verbs.put("label", LabelCommand::new);
        verbs.put("compliance", ComplianceCommand::new);
        verbs.put("schema", SchemaCommand::new);
        verbs.put("doctor", DoctorCommand::new);
        verbs.put("version", VersionCommand::new);
        return verbs;
    }

    public static void main(String[] args) {
        System.exit(execute(args, Optional.of(Output.standard()), Optional.empty()));
    }

    /** Runs a verb and returns its exit code; without writers it prints to standard output and standard error. */
    static int execute(String[] args, Optional<PrintWriter> out, Optional<PrintWriter> err) {
        CommandLine line = commandLine(args.length > 0 ? args[0] : "");
        out.ifPresent(line::setOut);
        err.ifPresent(line::setErr);
        return line.execute(args);
    }

    /** A fresh command line; it knows one verb where that is enough, because describing all of them costs a tenth of a second. */
    private static CommandLine commandLine(String verb) {
        CommandLine line = new CommandLine(new Weir());
        VERBS.forEach((name, command) -> {
            if (name.equals(verb) || !VERBS.containsKey(verb)) {
                line.addSubcommand(name, command.get());
            }
        });
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
                case ProblemException config ->
                    config.errors().forEach(error -> err.println(TerminalText.escape(error.toString())));
                case CommandException command -> {
                    command.problems().forEach(problem -> err.println(TerminalText.escape(problem.toString())));
                    err.println("weir: " + TerminalText.escape(String.valueOf(command.getMessage())));
                }
                case StatusRuntimeException call ->
                    err.println("weir: " + TerminalText.escape(call.getStatus().toString()));
                default ->
                    err.println(
                            "weir: unexpected failure, please report it: " + TerminalText.escape(failed.toString()));
            }
            return switch (failed) {
                case ProblemException config -> ExitCode.BAD_INPUT;
                case CommandException command -> command.exitCode();
                default -> ExitCode.REFUSED;
            };
        };
    }
}
