package io.weir.kernel.xdp;

import java.util.ArrayList;
import java.util.List;

import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * Frame memory shared with the kernel, and among all sockets opened on it. Descriptors name a frame by its offset from
 * {@link #address()}. It must stay mapped until the last of its sockets is closed.
 *
 * <p>Threading: sockets are opened and closed by one owner; frames belong to whoever the rings gave them to.
 */
public final class Umem {
    private static final int XDP_UMEM_REG = 4;
    private static final int REGISTRATION_LENGTH = 32;

    private final long address;
    private final long lengthBytes;
    private final int frameBytes;
    private final int headroomBytes;
    private final List<XdpSocket> sockets = new ArrayList<>();

    /**
     * Nothing is told to the kernel before the first socket opens.
     *
     * @param address page aligned
     * @param lengthBytes a multiple of {@code frameBytes}
     * @param frameBytes 2048 or 4096; a received frame must fit behind 256 bytes of XDP room and the headroom
     * @param headroomBytes left free in front of every received frame
     */
    public Umem(long address, long lengthBytes, int frameBytes, int headroomBytes) {
        if (address % Memory.PAGE_BYTES != 0) {
            throw new IllegalArgumentException("address must be page aligned: was " + Long.toHexString(address));
        }
        if (frameBytes != 2048 && frameBytes != 4096) {
            throw new IllegalArgumentException("frameBytes must be 2048 or 4096: was " + frameBytes);
        }
        if (lengthBytes < frameBytes || lengthBytes % frameBytes != 0) {
            throw new IllegalArgumentException("lengthBytes must be a multiple of frameBytes: was " + lengthBytes);
        }
        if (headroomBytes < 0 || headroomBytes > frameBytes / 2) {
            throw new IllegalArgumentException("headroomBytes must be 0 to half a frame: was " + headroomBytes);
        }
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.frameBytes = frameBytes;
        this.headroomBytes = headroomBytes;
    }

    public long address() {
        return address;
    }

    public int frameBytes() {
        return frameBytes;
    }

    public int frames() {
        return (int) (lengthBytes / frameBytes);
    }

    /** Start of the frame that contains this offset. */
    public long frameStart(long offset) {
        return offset & -(long) frameBytes;
    }

    /** An open socket whose registration the next one shares, -1 when the next one must register. */
    int sharedFd() {
        return sockets.isEmpty() ? -1 : sockets.getFirst().fd();
    }

    // struct xdp_umem_reg { u64 address; u64 length; u32 frame; u32 headroom; u32 flags; u32 tx_metadata; }
    void register(int fd) {
        try (var registration = new Scratch(REGISTRATION_LENGTH)) {
            long base = registration.address();
            Memory.writeLong(base, address);
            Memory.writeLong(base + 8, lengthBytes);
            Memory.writeInt(base + 16, frameBytes);
            Memory.writeInt(base + 20, headroomBytes);
            Errno.require(
                    Syscall.setsockopt(fd, XdpSocket.SOL_XDP, XDP_UMEM_REG, base, REGISTRATION_LENGTH),
                    "register umem of " + lengthBytes + " bytes",
                    "give the process CAP_IPC_LOCK or raise its locked-memory limit (ulimit -l)");
        }
    }

    void opened(XdpSocket socket) {
        sockets.add(socket);
    }

    void closed(XdpSocket socket) {
        sockets.remove(socket);
    }
}
