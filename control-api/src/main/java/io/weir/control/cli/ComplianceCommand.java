package io.weir.control.cli;

import picocli.CommandLine.Command;

/** {@code weir compliance check}: questions about information flow. */
@Command(
        name = "compliance",
        description = "Answer questions about information flow.",
        synopsisSubcommandLabel = "check",
        subcommands = ComplianceCheckCommand.class)
final class ComplianceCommand {}
