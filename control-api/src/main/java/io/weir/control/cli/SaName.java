package io.weir.control.cli;

import picocli.CommandLine.Option;

import io.weir.control.config.SpiText;
import io.weir.control.v1.SaDirection;

/** Which SA a verb is about: an SPI names one only within its peer and direction. */
final class SaName {
    /** As {@code weir.yaml} writes it. */
    enum Direction {
        IN,
        OUT
    }

    @Option(names = "--peer", required = true, paramLabel = "NAME", description = "The peer.")
    private String peer = "";

    @Option(names = "--direction", required = true, paramLabel = "in|out", description = "Which way its packets go.")
    private Direction direction = Direction.IN;

    @Option(names = "--spi", required = true, paramLabel = "SPI", description = "Its number, such as 0x1002.")
    private String spi = "";

    String peer() {
        return peer;
    }

    SaDirection direction() {
        return direction == Direction.IN ? SaDirection.SA_DIRECTION_IN : SaDirection.SA_DIRECTION_OUT;
    }

    int spi() {
        try {
            return SpiText.parse(spi);
        } catch (NumberFormatException none) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--spi must be 256 to 4294967295: was " + spi + "; write such as 0x1002");
        }
    }

    /** {@code out 0x1002 of hv2}. */
    String text() {
        return TunnelListing.word(direction(), "SA_DIRECTION_") + ' ' + SpiText.of(spi()) + " of " + peer;
    }
}
