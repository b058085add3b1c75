package io.weir.datapath.capture;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;

import io.weir.datapath.capture.BpfProgram.Instruction;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** libpcap's own interpreter is the oracle: the same program over the same frame returns the same. */
@Timeout(60)
class BpfProgramOracleTest {
    private static final long SEED = 0xB9F_5EED;
    private static final int RANDOM_PROGRAMS = 3000;
    private static final int FRAMES_A_PROGRAM = 5;

    private static final int[] CODES = {
        0x20,
        0x28,
        0x30,
        0x40,
        0x48,
        0x50,
        0x00,
        0x60,
        0x80, // ld
        0xB1,
        0x01,
        0x61,
        0x81,
        0x02,
        0x03,
        0x07,
        0x87, // ldx, st, stx, tax, txa
        0x04,
        0x14,
        0x24,
        0x34,
        0x44,
        0x54,
        0x64,
        0x74,
        0x84,
        0x94,
        0xA4, // alu with k
        0x0C,
        0x1C,
        0x2C,
        0x3C,
        0x4C,
        0x5C,
        0x6C,
        0x7C,
        0x9C,
        0xAC, // alu with x
        0x05,
        0x15,
        0x25,
        0x35,
        0x45,
        0x1D,
        0x2D,
        0x3D,
        0x4D, // jmp
        0x06,
        0x16 // ret
    };

    private final OffHeapFrames memory = new OffHeapFrames();

    @AfterEach
    void unmap() {
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip",
                "ip6",
                "arp",
                "tcp",
                "udp",
                "icmp",
                "icmp6",
                "sctp",
                "igmp",
                "tcp port 443",
                "udp port 53",
                "port 5000",
                "src port 41000",
                "dst portrange 400-500",
                "not port 22",
                "host 10.0.0.1",
                "src host 10.0.0.1 and dst host 10.0.0.2",
                "net 10.0.2.0/24",
                "ip6 host 2001:db8::1",
                "ether host 52:54:00:00:00:01",
                "ether dst ff:ff:ff:ff:ff:ff",
                "ether broadcast",
                "ether multicast",
                "broadcast",
                "multicast",
                "ip multicast",
                "ip6 multicast",
                "vlan",
                "vlan 10",
                "vlan 10 and tcp",
                "vlan and vlan 10 and udp port 53",
                "not vlan and ip",
                "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn",
                "tcp[tcpflags] & tcp-push != 0",
                "tcp[13] = 2",
                "ip[6:2] & 0x1fff != 0",
                "ip[0] & 0xf > 5",
                "icmp[icmptype] = icmp-echo",
                "ip6[6] = 58 and ip6[40] = 135",
                "ip6 proto 17",
                "ip proto 17 and greater 40",
                "less 64",
                "ether[12:2] = 0x0800",
                "ether proto 0x806",
                "arp and arp[6:2] = 1",
                "stp",
                "llc",
                "mpls",
                "len % 7 = 3",
                "len / ether[5] > 10",
                "(ether[0] << ether[5]) ^ 4 > 9",
                "ip[2:2] * 3 - len > 40",
                "udp[8:4] = 0x01020304 or (tcp and ip[8] >= 64)",
                "host 10.0.0.2 and not (port 443 or port 53)"
            })
    void shouldAgreeWithLibpcapOnExpressions(String expression) throws Exception {
        BpfProgram program = CaptureFilter.compile(expression).program();
        List<byte[]> frames = Frames.damaged(new Random(SEED));

        try (PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, PcapReader.MAX_CAPTURED_LENGTH)) {
            var oracle = handle.compileFilter(expression, BpfCompileMode.OPTIMIZE, PcapHandle.PCAP_NETMASK_UNKNOWN);
            for (byte[] frame : frames) {
                assertEquals(
                        oracle.applyFilter(frame),
                        program.matches(memory.place(frame), frame.length),
                        () -> expression + " over " + HexFormat.of().formatHex(frame));
            }
            oracle.free();
        }
    }

    @Test
    void shouldAgreeWithLibpcapOnRandomPrograms() {
        Random random = new Random(SEED);
        List<byte[]> frames = Frames.damaged(random);
        Function oracle = NativeLibrary.getInstance("pcap").getFunction("bpf_filter");

        for (int i = 0; i < RANDOM_PROGRAMS; i++) {
            Instruction[] instructions = randomProgram(random);
            BpfProgram program = new BpfProgram(instructions);
            Memory nativeProgram = nativeProgram(instructions);
            for (int j = 0; j < FRAMES_A_PROGRAM; j++) {
                byte[] frame = frames.get(random.nextInt(frames.size()));
                int expected = oracle.invokeInt(new Object[] {nativeProgram, frame, frame.length, frame.length});
                int actual = program.run(memory.place(frame), frame.length);
                assertEquals(expected, actual, () -> describe(instructions, frame));
            }
        }
    }

    private static String describe(Instruction[] instructions, byte[] frame) {
        return "seed " + SEED + ": " + List.of(instructions) + " over "
                + HexFormat.of().formatHex(frame);
    }

    private static Memory nativeProgram(Instruction... instructions) {
        Memory program = new Memory(8L * instructions.length);
        for (int i = 0; i < instructions.length; i++) {
            program.setShort(8L * i, (short) instructions[i].code());
            program.setByte(8L * i + 2, (byte) instructions[i].jt());
            program.setByte(8L * i + 3, (byte) instructions[i].jf());
            program.setInt(8L * i + 4, instructions[i].k());
        }
        return program;
    }

    /** A program that the verifier takes, and that writes all scratch memory first, as libpcap's starts with garbage. */
    private static Instruction[] randomProgram(Random random) {
        List<Instruction> program = new ArrayList<>();
        program.add(new Instruction(BpfProgram.LD | BpfProgram.IMM, 0, 0, random.nextInt()));
        for (int word = 0; word < BpfProgram.SCRATCH_WORDS; word++) {
            program.add(new Instruction(BpfProgram.ST, 0, 0, word));
        }
        int length = 3 + random.nextInt(25);
        for (int i = 0; i < length; i++) {
            program.add(randomInstruction(random, length - i));
        }
        program.add(new Instruction(BpfProgram.RET | BpfProgram.A, 0, 0, 0));
        return program.toArray(Instruction[]::new);
    }

    private static Instruction randomInstruction(Random random, int following) {
        int code = CODES[random.nextInt(CODES.length)];
        if ((code & BpfProgram.CLASS_MASK) == BpfProgram.RET && random.nextInt(4) != 0) {
            code = CODES[random.nextInt(CODES.length - 2)];
        }
        int jt = (code & BpfProgram.CLASS_MASK) == BpfProgram.JMP ? random.nextInt(following) : 0;
        int jf = (code & BpfProgram.CLASS_MASK) == BpfProgram.JMP ? random.nextInt(following) : 0;
        if (code == (BpfProgram.JMP | BpfProgram.JA)) {
            return new Instruction(code, 0, 0, random.nextInt(following));
        }
        return new Instruction(code, jt, jf, randomConstant(code, random));
    }

    private static int randomConstant(int code, Random random) {
        if (BpfVerifier.usesScratch(code)) {
            return random.nextInt(BpfProgram.SCRATCH_WORDS);
        }
        boolean isAlu = (code & BpfProgram.CLASS_MASK) == BpfProgram.ALU;
        if (isAlu || random.nextInt(3) != 0) {
            return 1 + random.nextInt(31);
        }
        return random.nextInt();
    }
}
