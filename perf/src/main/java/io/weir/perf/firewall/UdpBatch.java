package io.weir.perf.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.InternetChecksum;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * A full batch of frames of 64 bytes, or as many as asked for (without frame check sequence), as a tap hands them over: untagged,
 * IPv4, UDP, a plain virtio-net header in front. A few flows of two hosts, as in the flood of {@code weir bench}.
 *
 * <p>Threading: one thread.
 */
public final class UdpBatch implements AutoCloseable {
    public static final int FRAME_LENGTH = 64;
    public static final int INGRESS_PORT = 0;
    public static final int EGRESS_PORT = 1;
    /** Behind {@link #INGRESS_PORT}. */
    public static final long SENDER_MAC = 0x5254_0000_000AL;
    /** Behind {@link #EGRESS_PORT}. */
    public static final long RECEIVER_MAC = 0x5254_0000_000BL;

    /** When the frames of {@link #refilled()} come. */
    public static final long NOW_NS = 1;

    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int SENDER_IP = 0x0A4D_0001; // 10.77.0.1
    private static final int RECEIVER_IP = 0x0A4D_0002;
    private static final int DISCARD_PORT = 9;
    private static final int FLOWS = 4;

    private final PacketPool pool = new PacketPool();
    private final PacketBatch batch = new PacketBatch();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final int frameLength;

    public UdpBatch() {
        this(FRAME_LENGTH);
    }

    /** @param frameLength bytes of each frame, {@link #FRAME_LENGTH} or more */
    public UdpBatch(int frameLength) {
        this.frameLength = frameLength;
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            view.wrap(pool.receiveAddress(i), VirtioNetHeader.LENGTH);
            view.setMemory(0, VirtioNetHeader.LENGTH, (byte) 0);
            view.wrap(frame(i), frameLength);
            writeFrame(40_000 + i % FLOWS);
        }
    }

    private void writeFrame(int sourcePort) {
        view.setMemory(0, frameLength, (byte) 0);
        writeMac(0, RECEIVER_MAC);
        writeMac(6, SENDER_MAC);
        view.putShort(12, (short) 0x0800, BIG_ENDIAN);
        int ip = ETHERNET_LENGTH;
        view.putByte(ip, (byte) 0x45);
        view.putShort(ip + 2, (short) (frameLength - ETHERNET_LENGTH), BIG_ENDIAN);
        view.putByte(ip + 8, (byte) 64);
        view.putByte(ip + 9, (byte) 17);
        view.putInt(ip + 12, SENDER_IP, BIG_ENDIAN);
        view.putInt(ip + 16, RECEIVER_IP, BIG_ENDIAN);
        view.putShort(ip + 10, (short) InternetChecksum.of(view, ip, IPV4_LENGTH), BIG_ENDIAN);
        int udp = ip + IPV4_LENGTH;
        view.putShort(udp, (short) sourcePort, BIG_ENDIAN);
        view.putShort(udp + 2, (short) DISCARD_PORT, BIG_ENDIAN);
        view.putShort(udp + 4, (short) (frameLength - udp), BIG_ENDIAN);
    }

    private void writeMac(int offset, long mac) {
        view.putShort(offset, (short) (mac >>> 32), BIG_ENDIAN);
        view.putInt(offset + 2, (int) mac, BIG_ENDIAN);
    }

    private long frame(int i) {
        return pool.receiveAddress(i) + VirtioNetHeader.LENGTH;
    }

    /** The batch as a port fills it: 64 frames, nothing decided. */
    public PacketBatch refilled() {
        return refilled(INGRESS_PORT, NOW_NS);
    }

    /** The batch as another port fills it. */
    public PacketBatch refilled(int ingressPort, long nowNs) {
        batch.reset(ingressPort, nowNs);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            batch.add(frame(i), frameLength, i);
        }
        return batch;
    }

    @Override
    public void close() {
        pool.close();
    }
}
