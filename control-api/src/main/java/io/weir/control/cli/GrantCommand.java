package io.weir.control.cli;

import picocli.CommandLine.Command;

/** {@code weir grant create|revoke|list}: temporary access. */
@Command(
        name = "grant",
        description = "Give access for a time, end it, and list what stands.",
        synopsisSubcommandLabel = "(create | revoke | list)",
        subcommands = {GrantCreateCommand.class, GrantRevokeCommand.class, GrantListCommand.class})
final class GrantCommand {}
