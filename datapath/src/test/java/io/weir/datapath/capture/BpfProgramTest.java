package io.weir.datapath.capture;

import java.util.Collections;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.datapath.capture.BpfProgram.Instruction;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(10)
class BpfProgramTest {
    private static final byte[] FRAME = Frames.bytes("0102030445060708ff");
    private static final int RET_A = BpfProgram.RET | BpfProgram.A;
    private static final int LDX_IMM = BpfProgram.LDX | BpfProgram.IMM;
    private static final int LD_IMM = BpfProgram.LD | BpfProgram.IMM;

    private final OffHeapFrames memory = new OffHeapFrames();

    @AfterEach
    void unmap() {
        memory.close();
    }

    private static Instruction op(int code, int k) {
        return new Instruction(code, 0, 0, k);
    }

    /** What register A holds after the instructions, or 0 when the program ended before. */
    private int accumulator(Instruction... instructions) {
        Instruction[] program =
                Stream.concat(Stream.of(instructions), Stream.of(op(RET_A, 0))).toArray(Instruction[]::new);
        return new BpfProgram(program).run(memory.place(FRAME), FRAME.length);
    }

    static Stream<Arguments> computations() {
        return Stream.of(
                Arguments.of(BpfProgram.ADD, 7, -1, 6),
                Arguments.of(BpfProgram.SUB, 3, 5, -2),
                Arguments.of(BpfProgram.MUL, 1 << 20, 1 << 13, 0),
                Arguments.of(BpfProgram.DIV, -1, 2, Integer.MAX_VALUE),
                Arguments.of(BpfProgram.MOD, -1, 10, 5),
                Arguments.of(BpfProgram.OR, 5, 3, 7),
                Arguments.of(BpfProgram.AND, 5, 3, 1),
                Arguments.of(BpfProgram.XOR, 5, 3, 6),
                Arguments.of(BpfProgram.LSH, 1, 31, Integer.MIN_VALUE),
                Arguments.of(BpfProgram.RSH, Integer.MIN_VALUE, 31, 1));
    }

    @ParameterizedTest
    @MethodSource("computations")
    void shouldComputeUnsignedWithConstantAndRegister(int operation, int left, int right, int expected) {
        int byConstant = accumulator(op(LD_IMM, left), op(BpfProgram.ALU | operation, right));
        int byRegister =
                accumulator(op(LD_IMM, left), op(LDX_IMM, right), op(BpfProgram.ALU | operation | BpfProgram.X, 0));

        assertEquals(expected, byConstant);
        assertEquals(expected, byRegister);
    }

    @Test
    void shouldMatchNothingWhenRegisterDivisorIsZero() {
        int quotient = accumulator(op(LD_IMM, 7), op(BpfProgram.ALU | BpfProgram.DIV | BpfProgram.X, 0));
        int remainder = accumulator(op(LD_IMM, 7), op(BpfProgram.ALU | BpfProgram.MOD | BpfProgram.X, 0));

        assertEquals(0, quotient);
        assertEquals(0, remainder);
    }

    @Test
    void shouldShiftEverythingOutWhenRegisterIsBeyondTheWord() {
        int shifted =
                accumulator(op(LD_IMM, 7), op(LDX_IMM, 32), op(BpfProgram.ALU | BpfProgram.LSH | BpfProgram.X, 0));

        assertEquals(0, shifted);
    }

    @Test
    void shouldLoadBigEndianOfEachSize() {
        assertEquals(0x0102_0304, accumulator(op(BpfProgram.LD | BpfProgram.W | BpfProgram.ABS, 0)));
        assertEquals(0x0708, accumulator(op(BpfProgram.LD | BpfProgram.H | BpfProgram.ABS, 6)));
        assertEquals(0xFF, accumulator(op(BpfProgram.LD | BpfProgram.B | BpfProgram.ABS, 8)));
        assertEquals(FRAME.length, accumulator(op(BpfProgram.LD | BpfProgram.LEN, 0)));
    }

    @Test
    void shouldLoadRelativeToHeaderLength() {
        int loaded = accumulator(
                op(BpfProgram.LDX | BpfProgram.B | BpfProgram.MSH, 3), // 4 * (0x04 & 0xf) = 16
                op(BpfProgram.MISC | BpfProgram.TXA, 0),
                op(BpfProgram.ALU | BpfProgram.SUB, 12),
                op(BpfProgram.MISC | BpfProgram.TAX, 0),
                op(BpfProgram.LD | BpfProgram.H | BpfProgram.IND, 1));

        assertEquals(0x0607, loaded);
    }

    @Test
    void shouldMatchNothingWhenLoadLeavesTheFrame() {
        assertEquals(0, accumulator(op(BpfProgram.LD | BpfProgram.W | BpfProgram.ABS, 6)));
        assertEquals(0, accumulator(op(BpfProgram.LD | BpfProgram.B | BpfProgram.ABS, -1)));
        assertEquals(0, accumulator(op(LDX_IMM, -1), op(BpfProgram.LD | BpfProgram.B | BpfProgram.IND, 2)));
        assertEquals(0, accumulator(op(BpfProgram.LDX | BpfProgram.B | BpfProgram.MSH, 9), op(LD_IMM, 1)));
    }

    @Test
    void shouldForgetScratchMemoryBetweenRuns() {
        BpfProgram program = new BpfProgram(
                op(BpfProgram.LD | BpfProgram.MEM, 15), op(LDX_IMM, 9), op(BpfProgram.STX, 15), op(RET_A, 0));
        long address = memory.place(FRAME);

        int first = program.run(address, FRAME.length);
        int second = program.run(address, FRAME.length);

        assertEquals(0, first);
        assertEquals(0, second);
    }

    @Test
    void shouldRefuseWhatIsNotSafeToRun() {
        Instruction end = op(BpfProgram.RET | BpfProgram.K, 0);
        Instruction[] tooLong =
                Collections.nCopies(BpfProgram.MAX_INSTRUCTIONS + 1, end).toArray(Instruction[]::new);

        assertRefused("1 to 4096");
        assertRefused("1 to 4096", tooLong);
        assertRefused("must be a return", op(LD_IMM, 0));
        assertRefused("out of the program", op(BpfProgram.JMP | BpfProgram.JA, 1), end);
        assertRefused("out of the program", op(BpfProgram.JMP | BpfProgram.JA, -1), end);
        assertRefused("out of the program", new Instruction(BpfProgram.JMP | BpfProgram.JEQ, 0, 1, 0), end);
        assertRefused("out of the program", new Instruction(BpfProgram.JMP | BpfProgram.JEQ, 256, 0, 0), end);
        assertRefused("divides by zero", op(BpfProgram.ALU | BpfProgram.DIV, 0), end);
        assertRefused("divides by zero", op(BpfProgram.ALU | BpfProgram.MOD, 0), end);
        assertRefused("shifts", op(BpfProgram.ALU | BpfProgram.LSH, 32), end);
        assertRefused("scratch memory", op(BpfProgram.ST, 16), end);
        assertRefused("scratch memory", op(BpfProgram.LDX | BpfProgram.MEM, -1), end);
        assertRefused("unknown", op(BpfProgram.ALU | 0xB0, 1), end);
        assertRefused("unknown", op(BpfProgram.RET | BpfProgram.X, 0), end);
        assertRefused("unknown", op(0x100, 0), end);
    }

    private static void assertRefused(String why, Instruction... instructions) {
        Refusals.assertRefused(IllegalArgumentException.class, () -> new BpfProgram(instructions), why);
    }
}
