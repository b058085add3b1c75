package io.weir.datapath.capture;

import java.util.Locale;

import io.weir.datapath.capture.BpfProgram.Instruction;

/**
 * Refuses classic BPF programs that are not safe to run: an unknown instruction, a jump out of the program (jumps only go
 * forward, so that every program ends), an end without RET, scratch memory out of range, a constant shift of the whole word
 * or more, a division by a constant zero.
 *
 * <p>Threading: the methods are static and share nothing.
 */
final class BpfVerifier {
    private static final int WORD_BITS = 32;

    private BpfVerifier() {}

    /** Throws {@link IllegalArgumentException} with the first fault found. */
    static void verify(Instruction... instructions) {
        int length = instructions.length;
        if (length == 0 || length > BpfProgram.MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException("BPF program must have 1 to " + BpfProgram.MAX_INSTRUCTIONS
                    + " instructions: was " + length + "; shorten the filter expression");
        }
        for (int i = 0; i < length; i++) {
            check(instructions[i], i, length - i - 1);
        }
        if ((instructions[length - 1].code() & BpfProgram.CLASS_MASK) != BpfProgram.RET) {
            throw fault(instructions[length - 1], length - 1, "must be a return, as it is the last");
        }
    }

    /** Whether an instruction reads or writes scratch memory. */
    static boolean usesScratch(int code) {
        return switch (code) {
            case BpfProgram.LD | BpfProgram.MEM, BpfProgram.LDX | BpfProgram.MEM, BpfProgram.ST, BpfProgram.STX -> true;
            default -> false;
        };
    }

    private static void check(Instruction instruction, int at, int following) {
        if (!isKnown(instruction.code())) {
            throw fault(instruction, at, "is unknown");
        }
        int kind = instruction.code() & BpfProgram.CLASS_MASK;
        if (kind == BpfProgram.JMP && !staysInside(instruction, following)) {
            throw fault(instruction, at, "jumps backwards or out of the program");
        }
        if (usesScratch(instruction.code())
                && Integer.compareUnsigned(instruction.k(), BpfProgram.SCRATCH_WORDS) >= 0) {
            throw fault(instruction, at, "uses scratch memory beyond word " + (BpfProgram.SCRATCH_WORDS - 1));
        }
        if (kind == BpfProgram.ALU && (instruction.code() & BpfProgram.X) == 0) {
            checkConstant(instruction, at);
        }
    }

    private static boolean staysInside(Instruction instruction, int following) {
        if (instruction.code() == (BpfProgram.JMP | BpfProgram.JA)) {
            return Integer.compareUnsigned(instruction.k(), following) < 0;
        }
        boolean isOctet = (instruction.jt() | instruction.jf()) >>> 8 == 0;
        return isOctet && instruction.jt() < following && instruction.jf() < following;
    }

    private static void checkConstant(Instruction instruction, int at) {
        int operation = instruction.code() & BpfProgram.OPERATION_MASK;
        boolean isDivision = operation == BpfProgram.DIV || operation == BpfProgram.MOD;
        if (isDivision && instruction.k() == 0) {
            throw fault(instruction, at, "divides by zero");
        }
        boolean isShift = operation == BpfProgram.LSH || operation == BpfProgram.RSH;
        if (isShift && Integer.compareUnsigned(instruction.k(), WORD_BITS) >= 0) {
            throw fault(instruction, at, "shifts by more than " + (WORD_BITS - 1) + " bits");
        }
    }

    private static boolean isKnown(int code) {
        return switch (code & BpfProgram.CLASS_MASK) {
            case BpfProgram.LD -> isKnownLoad(code);
            case BpfProgram.LDX -> isKnownIndexLoad(code);
            case BpfProgram.ST -> code == BpfProgram.ST;
            case BpfProgram.STX -> code == BpfProgram.STX;
            case BpfProgram.ALU -> isKnownOperation(code);
            case BpfProgram.JMP -> isKnownJump(code);
            case BpfProgram.RET -> code == (BpfProgram.RET | BpfProgram.K) || code == (BpfProgram.RET | BpfProgram.A);
            default -> code == (BpfProgram.MISC | BpfProgram.TAX) || code == (BpfProgram.MISC | BpfProgram.TXA);
        };
    }

    private static boolean isKnownLoad(int code) {
        return switch (code) {
            case BpfProgram.W | BpfProgram.ABS,
                    BpfProgram.H | BpfProgram.ABS,
                    BpfProgram.B | BpfProgram.ABS,
                    BpfProgram.W | BpfProgram.IND,
                    BpfProgram.H | BpfProgram.IND,
                    BpfProgram.B | BpfProgram.IND,
                    BpfProgram.IMM,
                    BpfProgram.MEM,
                    BpfProgram.LEN -> true;
            default -> false;
        };
    }

    private static boolean isKnownIndexLoad(int code) {
        return switch (code ^ BpfProgram.LDX) {
            case BpfProgram.B | BpfProgram.MSH, BpfProgram.IMM, BpfProgram.MEM, BpfProgram.LEN -> true;
            default -> false;
        };
    }

    private static boolean isKnownOperation(int code) {
        int operation = code & BpfProgram.OPERATION_MASK;
        boolean isPlain = code >>> 8 == 0 && operation <= BpfProgram.XOR;
        return isPlain && (operation != BpfProgram.NEG || (code & BpfProgram.X) == 0);
    }

    private static boolean isKnownJump(int code) {
        int operation = code & BpfProgram.OPERATION_MASK;
        boolean isPlain = code >>> 8 == 0 && operation <= BpfProgram.JSET;
        return isPlain && (operation != BpfProgram.JA || (code & BpfProgram.X) == 0);
    }

    private static IllegalArgumentException fault(Instruction instruction, int at, String fault) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "BPF instruction %d (code 0x%02x, jt %d, jf %d, k %d) %s; write the filter expression in another way",
                at,
                instruction.code(),
                instruction.jt(),
                instruction.jf(),
                Integer.toUnsignedLong(instruction.k()),
                fault));
    }
}
