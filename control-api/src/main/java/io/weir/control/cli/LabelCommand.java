package io.weir.control.cli;

import picocli.CommandLine.Command;

/** {@code weir label check}: questions about security labels. */
@Command(
        name = "label",
        description = "Answer questions about security labels.",
        synopsisSubcommandLabel = "check",
        subcommands = LabelCheckCommand.class)
final class LabelCommand {}
