package io.weir.control.cli;

import picocli.CommandLine.Command;

/** {@code weir port add|set|remove}: changes the ports of the running switch. */
@Command(
        name = "port",
        description = "Change the ports of the running switch; frames of the other ports flow on.",
        synopsisSubcommandLabel = "(add | set | remove)",
        subcommands = {PortAddCommand.class, PortSetCommand.class, PortRemoveCommand.class})
final class PortCommand {}
