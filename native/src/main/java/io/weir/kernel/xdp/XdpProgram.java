package io.weir.kernel.xdp;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * The eBPF program of an interface: it hands each frame to the socket registered for its receive queue, and drops it
 * when there is none, so that nothing ever reaches the host's own stack past the switch. A bpf_link holds it, so the
 * kernel detaches it when this process ends, however it ends.
 *
 * <pre>
 * r2 = context.rx_queue_index
 * r1 = socket map
 * r3 = XDP_DROP                  // bpf_redirect_map's answer for an empty slot
 * call bpf_redirect_map
 * exit
 * </pre>
 *
 * <p>Threading: the owner.
 */
public final class XdpProgram implements AutoCloseable {
    /** Where the program runs. */
    public enum Mode {
        /** In the driver, before the kernel makes its own packet object. */
        NATIVE(4),
        /** In the generic receive path: any interface, slower. */
        SKB(2);

        private final int flag;

        Mode(int flag) {
            this.flag = flag;
        }
    }

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_UPDATE_ELEM = 2;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;
    private static final int MAP_TYPE_XSKMAP = 17;
    private static final int PROG_TYPE_XDP = 6;
    private static final int ATTACH_TYPE_XDP = 37;
    private static final int ATTRIBUTES_LENGTH = 72;
    private static final int LOG_BYTES = 1 << 16;
    private static final int MAX_QUEUES = 4096;

    private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    private static final int LOAD_MAP = 0x18; // BPF_LD | BPF_IMM | BPF_DW, two slots
    private static final int PSEUDO_MAP_FD = 1;
    private static final int MOVE_IMMEDIATE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int RX_QUEUE_INDEX_OFFSET = 16; // in struct xdp_md
    private static final int XDP_DROP = 1;
    private static final int HELPER_REDIRECT_MAP = 51;

    private final int ifIndex;
    private final int queues;
    private final Mode mode;
    private final int mapFd;
    private int linkFd;

    private XdpProgram(int ifIndex, int queues, Mode mode, int mapFd, int linkFd) {
        this.ifIndex = ifIndex;
        this.queues = queues;
        this.mode = mode;
        this.mapFd = mapFd;
        this.linkFd = linkFd;
    }

    /**
     * Attaches the program, in the driver when that can, else generically. From here on the interface's frames are
     * dropped until a socket is registered for their queue.
     *
     * @param queues receive queues of the interface, 1 to 4096
     * @throws KernelException when another XDP program is attached, or for lack of permission
     */
    public static XdpProgram attach(@Nullable NetworkNamespace namespace, int ifIndex, int queues) {
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new IllegalArgumentException("queues must be 1 to 4096: was " + queues);
        }
        return NetworkNamespace.callIn(namespace, () -> attachHere(ifIndex, queues));
    }

    private static XdpProgram attachHere(int ifIndex, int queues) {
        int map = createMap(queues);
        int program = -1;
        try {
            program = load(map);
            Mode mode = Mode.NATIVE;
            int link = link(program, ifIndex, mode);
            // Another program is in the way of both modes; do not report it as lack of driver support.
            if (link < 0 && link != -Errno.EBUSY && link != -Errno.EEXIST) {
                mode = Mode.SKB;
                link = link(program, ifIndex, mode);
            }
            require(link, "attach XDP program to interface " + ifIndex);
            return new XdpProgram(ifIndex, queues, mode, map, link);
        } catch (KernelException e) {
            Syscall.close(map);
            throw e;
        } finally {
            if (program >= 0) {
                Syscall.close(program); // the link holds it
            }
        }
    }

    // union bpf_attr for BPF_MAP_CREATE: u32 type, key size, value size, entries
    private static int createMap(int entries) {
        try (var attributes = new Scratch(ATTRIBUTES_LENGTH)) {
            long at = attributes.address();
            Memory.writeInt(at, MAP_TYPE_XSKMAP);
            Memory.writeInt(at + 4, Integer.BYTES);
            Memory.writeInt(at + 8, Integer.BYTES);
            Memory.writeInt(at + 12, entries);
            return require(Syscall.bpf(BPF_MAP_CREATE, at, ATTRIBUTES_LENGTH), "create XDP socket map");
        }
    }

    // union bpf_attr for BPF_PROG_LOAD: u32 type, count; u64 instructions, license; u32 log level, size; u64 log
    private static int load(int map) {
        long[] instructions = {
            instruction(LOAD_WORD, 2, 1, RX_QUEUE_INDEX_OFFSET, 0),
            instruction(LOAD_MAP, 1, PSEUDO_MAP_FD, 0, map),
            0L,
            instruction(MOVE_IMMEDIATE, 3, 0, 0, XDP_DROP),
            instruction(CALL, 0, 0, 0, HELPER_REDIRECT_MAP),
            instruction(EXIT, 0, 0, 0, 0)
        };
        try (var code = new Scratch((long) instructions.length * Long.BYTES);
                var license = new Scratch(16);
                var log = new Scratch(LOG_BYTES);
                var attributes = new Scratch(ATTRIBUTES_LENGTH)) {
            for (int i = 0; i < instructions.length; i++) {
                Memory.writeLong(code.address() + (long) i * Long.BYTES, instructions[i]);
            }
            license.ascii(0, "GPL");
            long at = attributes.address();
            Memory.writeInt(at, PROG_TYPE_XDP);
            Memory.writeInt(at + 4, instructions.length);
            Memory.writeLong(at + 8, code.address());
            Memory.writeLong(at + 16, license.address());
            Memory.writeInt(at + 24, 1);
            Memory.writeInt(at + 28, LOG_BYTES);
            Memory.writeLong(at + 32, log.address());
            int result = Syscall.bpf(BPF_PROG_LOAD, at, ATTRIBUTES_LENGTH);
            return require(
                    result,
                    "load XDP program" + (result < 0 ? " [" + log.text(0).strip() + "]" : ""));
        }
    }

    // u8 opcode; 4 bits destination, 4 bits source; i16 offset; i32 immediate
    private static long instruction(int opcode, int destination, int source, int offset, int immediate) {
        return opcode | (long) (destination | source << 4) << 8 | (long) offset << 16 | (long) immediate << 32;
    }

    // union bpf_attr for BPF_LINK_CREATE: u32 program, interface, attach type, flags
    private static int link(int program, int ifIndex, Mode mode) {
        try (var attributes = new Scratch(ATTRIBUTES_LENGTH)) {
            long at = attributes.address();
            Memory.writeInt(at, program);
            Memory.writeInt(at + 4, ifIndex);
            Memory.writeInt(at + 8, ATTACH_TYPE_XDP);
            Memory.writeInt(at + 12, mode.flag);
            return Syscall.bpf(BPF_LINK_CREATE, at, ATTRIBUTES_LENGTH);
        }
    }

    private static int require(int result, String operation) {
        String remedy = switch (-result) {
            case Errno.EPERM, Errno.EACCES -> "run as root or with CAP_BPF and CAP_NET_ADMIN";
            case Errno.EBUSY, Errno.EEXIST ->
                "another XDP program is attached: remove it with `ip link set dev NAME xdp off`";
            case Errno.ENODEV -> "check that the interface still exists: `ip link`";
            default -> "use a kernel of at least 5.10, or `io: packet`";
        };
        return Errno.require(result, operation, remedy);
    }

    public int ifIndex() {
        return ifIndex;
    }

    public Mode mode() {
        return mode;
    }

    /** Steers the frames of the socket's queue to it. 0 or a negative errno. */
    public int register(XdpSocket socket) {
        if (socket.queue() >= queues) {
            return -Errno.EINVAL;
        }
        // union bpf_attr for BPF_MAP_UPDATE_ELEM: u32 map; u64 key, value, flags; key and value follow
        try (var attributes = new Scratch(ATTRIBUTES_LENGTH + 2L * Integer.BYTES)) {
            long at = attributes.address();
            long key = at + ATTRIBUTES_LENGTH;
            Memory.writeInt(at, mapFd);
            Memory.writeLong(at + 8, key);
            Memory.writeLong(at + 16, key + Integer.BYTES);
            Memory.writeInt(key, socket.queue());
            Memory.writeInt(key + Integer.BYTES, socket.fd());
            return Syscall.bpf(BPF_MAP_UPDATE_ELEM, at, ATTRIBUTES_LENGTH);
        }
    }

    /** Detaches the program: the interface's frames go to the host's stack again. */
    @Override
    public void close() {
        if (linkFd >= 0) {
            Syscall.close(linkFd);
            Syscall.close(mapFd);
            linkFd = -1;
        }
    }
}
