package io.weir.datapath.capture;

import java.util.Arrays;

import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Runs a classic BPF program over a frame in off-heap memory, as bpf_filter of libpcap does (McCanne and Jacobson, "The BSD
 * Packet Filter", 1993).
 *
 * <p>The constructor refuses every program that could run for ever, leave its own code or its scratch memory, so that a run
 * needs no check but that of the frame's bounds: a load beyond the frame ends the program with 0, "no match".
 *
 * <p>Threading: not thread-safe, as registers and scratch memory are the instance's own; each worker has one.
 */
public final class BpfProgram {
    /** Most instructions of a program, that of the kernels (BPF_MAXINSNS). */
    public static final int MAX_INSTRUCTIONS = 4096;

    static final int SCRATCH_WORDS = 16;

    // Instruction classes, the lower three bits of a code.
    static final int LD = 0x00;
    static final int LDX = 0x01;
    static final int ST = 0x02;
    static final int STX = 0x03;
    static final int ALU = 0x04;
    static final int JMP = 0x05;
    static final int RET = 0x06;
    static final int MISC = 0x07;
    static final int CLASS_MASK = 0x07;

    // Sizes of loads.
    static final int W = 0x00;
    static final int H = 0x08;
    static final int B = 0x10;

    // Modes of loads.
    static final int IMM = 0x00;
    static final int ABS = 0x20;
    static final int IND = 0x40;
    static final int MEM = 0x60;
    static final int LEN = 0x80;
    static final int MSH = 0xA0;

    // Operations of ALU.
    static final int ADD = 0x00;
    static final int SUB = 0x10;
    static final int MUL = 0x20;
    static final int DIV = 0x30;
    static final int OR = 0x40;
    static final int AND = 0x50;
    static final int LSH = 0x60;
    static final int RSH = 0x70;
    static final int NEG = 0x80;
    static final int MOD = 0x90;
    static final int XOR = 0xA0;
    static final int OPERATION_MASK = 0xF0;

    // Operations of JMP.
    static final int JA = 0x00;
    static final int JEQ = 0x10;
    static final int JGT = 0x20;
    static final int JGE = 0x30;
    static final int JSET = 0x40;

    // Operands: the constant, register X, or (of RET) register A.
    static final int K = 0x00;
    static final int X = 0x08;
    static final int A = 0x10;

    static final int TAX = 0x00;
    static final int TXA = 0x80;

    private static final int WORD_BITS = 32;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    /**
     * One instruction, as in struct bpf_insn.
     *
     * @param code what to do, 0 to 65,535
     * @param jt instructions to pass over when a condition holds, 0 to 255
     * @param jf instructions to pass over when it does not, 0 to 255
     * @param k constant, unsigned
     */
    public record Instruction(int code, int jt, int jf, int k) {}

    private final int[] code;
    private final int[] whenTrue;
    private final int[] whenFalse;
    private final int[] constant;
    private final int[] scratch = new int[SCRATCH_WORDS];
    private final boolean usesScratch;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    // The machine's registers while a program runs.
    private int a;
    private int x;

    /** A program of the given instructions; throws {@link IllegalArgumentException} for one that is not safe to run. */
    public BpfProgram(Instruction... instructions) {
        BpfVerifier.verify(instructions);
        int length = instructions.length;
        code = new int[length];
        whenTrue = new int[length];
        whenFalse = new int[length];
        constant = new int[length];
        boolean scratchUsed = false;
        for (int i = 0; i < length; i++) {
            code[i] = instructions[i].code();
            whenTrue[i] = i + 1 + instructions[i].jt();
            whenFalse[i] = i + 1 + instructions[i].jf();
            constant[i] = instructions[i].k();
            scratchUsed |= BpfVerifier.usesScratch(code[i]);
        }
        usesScratch = scratchUsed;
    }

    /** Whether the program accepts the frame of {@code length} bytes at that off-heap address. */
    public boolean matches(long address, int length) {
        return run(address, length) != 0;
    }

    /** What the program returns: bytes to keep of the frame, unsigned, 0 for none. */
    int run(long address, int length) {
        view.wrap(address, length);
        if (usesScratch) {
            Arrays.fill(scratch, 0);
        }
        a = 0;
        x = 0;
        int pc = 0;
        while (true) {
            int now = code[pc];
            switch (now & CLASS_MASK) {
                case LD, LDX -> {
                    if (!load(now, constant[pc], length)) {
                        return 0;
                    }
                    pc++;
                }
                case ST -> scratch[constant[pc++]] = a;
                case STX -> scratch[constant[pc++]] = x;
                case ALU -> {
                    if (!compute(now & OPERATION_MASK, (now & X) != 0 ? x : constant[pc])) {
                        return 0;
                    }
                    pc++;
                }
                case JMP -> pc = jump(now, pc);
                case RET -> {
                    return (now & A) != 0 ? a : constant[pc];
                }
                default -> {
                    transfer(now);
                    pc++;
                }
            }
        }
    }

    /** False when the load lies beyond the frame. */
    private boolean load(int now, int k, int length) {
        switch (now) {
            case LD | W | ABS, LD | H | ABS, LD | B | ABS -> {
                return loadFrame(now, k & UNSIGNED, length);
            }
            case LD | W | IND, LD | H | IND, LD | B | IND -> {
                return loadFrame(now, (x & UNSIGNED) + (k & UNSIGNED), length);
            }
            case LDX | B | MSH -> {
                return loadHeaderLength(k & UNSIGNED, length);
            }
            case LD | IMM -> a = k;
            case LDX | IMM -> x = k;
            case LD | MEM -> a = scratch[k];
            case LDX | MEM -> x = scratch[k];
            case LD | LEN -> a = length;
            default -> x = length;
        }
        return true;
    }

    private boolean loadFrame(int now, long offset, int length) {
        int size = now & (H | B);
        int bytes = size == W ? Integer.BYTES : size == H ? Short.BYTES : Byte.BYTES;
        if (offset + bytes > length) {
            return false;
        }
        int at = (int) offset;
        a = size == W
                ? view.getInt(at, BIG_ENDIAN)
                : size == H ? view.getShort(at, BIG_ENDIAN) & 0xFFFF : view.getByte(at) & 0xFF;
        return true;
    }

    /** X becomes four times the lower half of a byte: the length of an IPv4 header. */
    private boolean loadHeaderLength(long offset, int length) {
        if (offset >= length) {
            return false;
        }
        x = (view.getByte((int) offset) & 0xF) << 2;
        return true;
    }

    /** False for a division by zero. */
    private boolean compute(int operation, int operand) {
        switch (operation) {
            case ADD -> a += operand;
            case SUB -> a -= operand;
            case MUL -> a *= operand;
            case OR -> a |= operand;
            case AND -> a &= operand;
            case XOR -> a ^= operand;
            case LSH -> a = Integer.compareUnsigned(operand, WORD_BITS) < 0 ? a << operand : 0;
            case RSH -> a = Integer.compareUnsigned(operand, WORD_BITS) < 0 ? a >>> operand : 0;
            case NEG -> a = -a;
            default -> {
                return divide(operation, operand);
            }
        }
        return true;
    }

    private boolean divide(int operation, int operand) {
        if (operand == 0) {
            return false;
        }
        a = operation == DIV ? Integer.divideUnsigned(a, operand) : Integer.remainderUnsigned(a, operand);
        return true;
    }

    private int jump(int now, int pc) {
        int operand = (now & X) != 0 ? x : constant[pc];
        boolean holds;
        switch (now & OPERATION_MASK) {
            case JA -> {
                return pc + 1 + constant[pc];
            }
            case JEQ -> holds = a == operand;
            case JGT -> holds = Integer.compareUnsigned(a, operand) > 0;
            case JGE -> holds = Integer.compareUnsigned(a, operand) >= 0;
            default -> holds = (a & operand) != 0;
        }
        return holds ? whenTrue[pc] : whenFalse[pc];
    }

    private void transfer(int now) {
        if (now == (MISC | TAX)) {
            x = a;
        } else {
            a = x;
        }
    }
}
