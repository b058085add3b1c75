package io.weir.kernel.packetsocket;

import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * A TPACKET_V3 receive ring: the kernel fills blocks with frames and hands over whole blocks, without a system call
 * or a copy to the reader.
 *
 * <pre>
 * int frames = ring.acquire();               // 0: nothing yet, wait on the socket
 * for (int i = 0; i &lt; frames; i++, ring.next()) {
 *     ... ring.address(), ring.length(), ring.vlanTci() ...
 * }
 * if (frames &gt; 0) ring.release();            // the frames are the kernel's again
 * </pre>
 *
 * <p>Threading: one worker; the status word of a block passes it between kernel and worker with acquire and release.
 */
public final class RxRing implements AutoCloseable {
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_VERSION = 10;
    private static final int TPACKET_V3 = 2;
    private static final int REQUEST_LENGTH = 28;
    private static final int NOMINAL_FRAME_BYTES = 2048;
    private static final String REMEDY = "make the ring smaller, or free memory for physically contiguous blocks";

    private static final int BLOCK_STATUS_OFFSET = 8;
    private static final int BLOCK_FRAMES_OFFSET = 12;
    private static final int BLOCK_FIRST_OFFSET = 16;
    private static final int STATUS_KERNEL = 0;
    private static final int STATUS_USER = 1;

    private static final int FRAME_NEXT_OFFSET = 0;
    private static final int FRAME_CAPTURED_OFFSET = 12;
    private static final int FRAME_LENGTH_OFFSET = 16;
    private static final int FRAME_STATUS_OFFSET = 20;
    private static final int FRAME_MAC_OFFSET = 24;
    private static final int FRAME_VLAN_TCI_OFFSET = 32;
    private static final int FRAME_VLAN_TPID_OFFSET = 36;
    private static final int CHECKSUM_NOT_READY = 1 << 3;
    private static final int VLAN_VALID = 1 << 4;
    private static final int VLAN_TPID_VALID = 1 << 6;
    private static final int TPID_8021Q = 0x8100;

    private final RingGeometry geometry;
    private long base;
    private int block;
    private long frame; // address of the current tpacket3_hdr

    private RxRing(RingGeometry geometry, long base) {
        this.geometry = geometry;
        this.base = base;
    }

    /** A ring on a packet socket that is not bound yet. @throws io.weir.kernel.KernelException when it is refused */
    static RxRing attach(int fd, RingGeometry geometry) {
        int version = Syscall.setsockoptInt(fd, PacketSocket.SOL_PACKET, PACKET_VERSION, TPACKET_V3);
        Errno.require(version, "choose TPACKET_V3", "use a kernel of at least 3.2");
        try (var request = new Scratch(REQUEST_LENGTH)) {
            int frameBytes = Math.min(NOMINAL_FRAME_BYTES, geometry.blockBytes());
            Memory.writeInt(request.address(), geometry.blockBytes());
            Memory.writeInt(request.address() + 4, geometry.blocks());
            Memory.writeInt(request.address() + 8, frameBytes);
            Memory.writeInt(request.address() + 12, geometry.lengthBytes() / frameBytes);
            Memory.writeInt(request.address() + 16, geometry.retireMs());
            int result =
                    Syscall.setsockopt(fd, PacketSocket.SOL_PACKET, PACKET_RX_RING, request.address(), REQUEST_LENGTH);
            Errno.require(result, "make receive ring " + geometry, REMEDY);
        }
        return new RxRing(geometry, Memory.mapFd(fd, geometry.lengthBytes(), 0L));
    }

    /** Frames in the next block, 0 while the kernel still fills it; the first frame is then the current one. */
    public int acquire() {
        long address = block();
        if ((Memory.readIntAcquire(address + BLOCK_STATUS_OFFSET) & STATUS_USER) == 0) {
            return 0;
        }
        int frames = Memory.readInt(address + BLOCK_FRAMES_OFFSET);
        frame = address + Memory.readInt(address + BLOCK_FIRST_OFFSET);
        if (frames == 0) {
            release(); // retired empty: a caller that sees 0 does not release
        }
        return frames;
    }

    /** Makes the next frame of the block the current one; not behind the last. */
    public void next() {
        frame += Integer.toUnsignedLong(Memory.readInt(frame + FRAME_NEXT_OFFSET));
    }

    /** Gives the block back to the kernel; its addresses are invalid from here on. */
    public void release() {
        Memory.writeIntRelease(block() + BLOCK_STATUS_OFFSET, STATUS_KERNEL);
        block = block + 1 == geometry.blocks() ? 0 : block + 1;
    }

    /** Where the current frame's Ethernet header starts; with vnet header, that lies in the 10 bytes before. */
    public long address() {
        return frame + Memory.readUnsignedShort(frame + FRAME_MAC_OFFSET);
    }

    /** Bytes of the current frame that were captured. */
    public int length() {
        return Memory.readInt(frame + FRAME_CAPTURED_OFFSET);
    }

    /** Whether the current frame was longer than what was captured. */
    public boolean truncated() {
        return Memory.readInt(frame + FRAME_LENGTH_OFFSET) != length();
    }

    /** Whether the kernel took a VLAN tag off the current frame. */
    public boolean vlanPresent() {
        return (status() & VLAN_VALID) != 0;
    }

    /** Priority, drop-eligible bit and VLAN of the tag taken off; 0 when there was none. */
    public int vlanTci() {
        return vlanPresent() ? Memory.readUnsignedShort(frame + FRAME_VLAN_TCI_OFFSET) : 0;
    }

    /** EtherType of the tag taken off, 0x8100 or 0x88a8; 0 when there was none. */
    public int vlanTpid() {
        if (!vlanPresent()) {
            return 0;
        }
        boolean named = (status() & VLAN_TPID_VALID) != 0;
        return named ? Memory.readUnsignedShort(frame + FRAME_VLAN_TPID_OFFSET) : TPID_8021Q;
    }

    /** Whether a checksum of the current frame is still to be filled in. */
    public boolean checksumNotReady() {
        return (status() & CHECKSUM_NOT_READY) != 0;
    }

    private int status() {
        return Memory.readInt(frame + FRAME_STATUS_OFFSET);
    }

    private long block() {
        return base + (long) block * geometry.blockBytes();
    }

    @Override
    public void close() {
        if (base != 0) {
            Memory.unmap(base, geometry.lengthBytes());
            base = 0;
        }
    }
}
