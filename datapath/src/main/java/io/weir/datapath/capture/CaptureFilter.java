package io.weir.datapath.capture;

import java.util.List;

import io.weir.datapath.capture.BpfProgram.Instruction;

/**
 * A filter in libpcap's language (pcap-filter(7)), compiled by libpcap for Ethernet and run by {@link BpfProgram}.
 *
 * <p>Threading: immutable.
 */
public final class CaptureFilter {
    /** Matches every frame, and needs no libpcap. */
    public static final CaptureFilter ALL = new CaptureFilter(
            "", List.of(new Instruction(BpfProgram.RET | BpfProgram.K, 0, 0, PcapReader.MAX_CAPTURED_LENGTH)));

    private final String expression;
    private final List<Instruction> instructions;

    private CaptureFilter(String expression, List<Instruction> instructions) {
        this.expression = expression;
        this.instructions = instructions;
    }

    /**
     * Compiles an expression; a blank one matches every frame.
     *
     * @throws IllegalArgumentException for an expression that libpcap refuses, with its message, or that needs a loop (protochain)
     * @throws IllegalStateException when libpcap is not installed
     */
    public static CaptureFilter compile(String expression) {
        if (expression.isBlank()) {
            return ALL;
        }
        List<Instruction> instructions = LibpcapCompiler.compile(expression);
        try {
            BpfVerifier.verify(instructions.toArray(Instruction[]::new));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "capture filter \"" + FrameSummary.escape(expression) + "\" cannot be run: " + e.getMessage(), e);
        }
        return new CaptureFilter(expression, instructions);
    }

    /** The expression as it was given. */
    public String expression() {
        return expression;
    }

    /** A program to run, a new one for each worker. */
    public BpfProgram program() {
        return new BpfProgram(instructions.toArray(Instruction[]::new));
    }

    @Override
    public String toString() {
        return expression.isEmpty() ? "every frame" : expression;
    }
}
